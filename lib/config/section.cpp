// SPDX-License-Identifier: MIT
#include "lib/config/section.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <strings.h>

#include <algorithm>
#include <array>

#include "lib/config/nearest.hpp"
#include "lib/config/overrides.hpp"
#include "lib/core/log.hpp"

namespace consolidador::config {
namespace {

const Node no_node;

constexpr std::string_view inline_password =
    "a password does not belong in this file; put it in a 0600 file and name it with password_file";

/// What may be shown of an unknown key: `{password:secret}` without a blank is one key in YAML.
std::string shown_key(const std::string& key) {
  const std::string quoted = excerpt(key.substr(0, key.find_first_of(" :=")));
  return quoted.substr(1, quoted.size() - 2);
}

bool names_a_password(const std::string& key) {
  constexpr std::array<std::string_view, 4> words{"pass", "pwd", "contras", "clave"};
  if (key == "password_file") return false;
  return std::any_of(words.begin(), words.end(), [&](auto word) {
    return strncasecmp(key.c_str(), word.data(), word.size()) == 0;
  });
}

}  // namespace

Section::Section(const std::string& file, const Node& root, const Environment& environment)
    : file_(file), environment_(environment), node_(&root), line_(1) {
  check_is_map();
  refuse_duplicates();
}

Section::Section(const Section& parent, std::string_view key)
    : file_(parent.file_),
      environment_(parent.environment_),
      node_(&no_node),
      path_(parent.full_key(key)),
      line_(parent.line_) {
  if (const auto* found = parent.asked_entry(key)) {
    node_ = &found->value;
    line_ = found->line;
  }
  check_is_map();
  refuse_duplicates();
}

bool Section::given() const {
  const auto is_set = [&](const Override& o) {
    return o.key.starts_with(path_ + '.') && variable(o.variable);
  };
  const auto all = overrides();
  return !node_->entries.empty() || std::any_of(all.begin(), all.end(), is_set);
}

std::optional<Value> Section::find(std::string_view key) const {
  const auto* found = asked_entry(key);
  if (auto value = find_override(key)) return value;
  if (!found) return std::nullopt;
  switch (found->value.kind) {
    case Node::Kind::nothing:
      fail(key, "has no value; write one or delete the line");
    case Node::Kind::list:
      fail(key, "is a list where one value is expected; write one value");
    case Node::Kind::map:
      fail(key, "is a section where one value is expected; write one value");
    case Node::Kind::text:
      break;
  }
  return Value(found->value.text, place(found->line, full_key(key)), found->value.quoted);
}

std::vector<Value> Section::list(std::string_view key) const {
  const auto* found = asked_entry(key);
  if (!found) return {};
  if (found->value.kind != Node::Kind::list)
    fail(key, "is no list; write its values in brackets: [a, b]");
  std::vector<Value> values;
  for (const auto& [none, line, item] : found->value.entries) {
    if (item.kind != Node::Kind::text)
      fail_at(line, full_key(key), "holds something that is not one value; write [a, b]");
    values.emplace_back(item.text, place(line, full_key(key)), item.quoted);
  }
  return values;
}

std::optional<Value> Section::find_override(std::string_view key) const {
  const auto* known = config::find_override(full_key(key));
  if (!known) return std::nullopt;
  const auto text = variable(known->variable);
  if (!text) return std::nullopt;
  return Value(*text, "environment variable " + known->variable, false);
}

Value Section::require(std::string_view key) const {
  if (auto value = find(key)) return *value;
  const auto* known = config::find_override(full_key(key));
  fail(key, fmt::format("is missing; add it{}",
                        known ? " or set the environment variable " + known->variable : ""));
}

void Section::retired(std::string_view key) const {
  const auto* found = entry(key);
  if (!found) return;
  ask_for(key);
  log::warning("{}: has no effect any more; delete it", place(found->line, full_key(key)));
}

void Section::fail(std::string_view key, std::string_view problem) const {
  const auto* found = entry(key);
  fail_at(found ? found->line : line_, full_key(key), problem);
}

void Section::fail(std::string_view problem) const {
  fail_at(line_, path_, problem);
}

void Section::fail_at(int line, std::string_view full_key, std::string_view problem) const {
  throw ConfigError(fmt::format("{}: {}", place(line, full_key), problem));
}

std::optional<std::string> Section::variable(const std::string& name) const {
  auto value = environment_(name);
  return value && !value->empty() ? value : std::nullopt;
}

void Section::check_is_map() const {
  if (node_->kind == Node::Kind::list)
    fail("is a list where a section is expected; write `key: value` lines");
  if (node_->kind == Node::Kind::text)
    fail("is one value where a section is expected; write `key: value` lines");
}

void Section::refuse_duplicates() const {
  for (const auto& each : node_->entries)
    if (const auto* first = entry(each.key); first != &each)
      fail_at(each.line, full_key(each.key),
              fmt::format("is also in line {}; keep one of them", first->line));
}

void Section::refuse_rest() const {
  for (const auto& each : node_->entries)
    if (!is_asked_for(each)) refuse(each);
}

/// A key is misspelled when one that is much like it was asked for in vain.
void Section::refuse_misspelled() const {
  std::vector<std::string_view> missing;
  for (const auto& key : asked_)
    if (!entry(key)) missing.push_back(key);
  for (const auto& each : node_->entries) {
    const auto key = shown_key(each.key);
    if (!is_asked_for(each) && (names_a_password(key) || !nearest(key, missing).empty()))
      refuse(each);
  }
}

void Section::refuse(const Node::Entry& entry) const {
  const std::string key = shown_key(entry.key);
  const auto meant = nearest(key, std::vector<std::string_view>(asked_.begin(), asked_.end()));
  if (!meant.empty())
    fail_at(entry.line, full_key(key), fmt::format("unknown key; did you mean {}?", meant));
  if (names_a_password(key)) fail_at(entry.line, full_key(key), inline_password);
  fail_at(entry.line, full_key(key), fmt::format("unknown key; use {}", fmt::join(asked_, ", ")));
}

bool Section::is_asked_for(const Node::Entry& entry) const {
  return std::ranges::find(asked_, entry.key) != asked_.end();
}

void Section::ask_for(std::string_view key) const {
  if (std::ranges::find(asked_, key) == asked_.end()) asked_.emplace_back(key);
}

const Node::Entry* Section::asked_entry(std::string_view key) const {
  ask_for(key);
  return entry(key);
}

const Node::Entry* Section::entry(std::string_view key) const {
  const auto& all = node_->entries;
  const auto found = std::find_if(all.begin(), all.end(), [&](auto& e) { return e.key == key; });
  return found == all.end() ? nullptr : &*found;
}

std::string Section::full_key(std::string_view key) const {
  return path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key);
}

std::string Section::place(int line, std::string_view full_key) const {
  if (full_key.empty()) return fmt::format("{}:{}", file_, line);
  return fmt::format("{}:{}: {}", file_, line, full_key);
}

}  // namespace consolidador::config
