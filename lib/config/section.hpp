// SPDX-License-Identifier: MIT
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/config/loader.hpp"
#include "lib/config/value.hpp"
#include "lib/config/yaml_tree.hpp"
#include "lib/core/error.hpp"

namespace consolidador::config {

/// A section of the file (a YAML map), read key by key. It remembers which keys it was asked for,
/// and refuses what else stands in it. A key with an override in the environment takes its value
/// from there, also when the file has no such section. Refers to the file's name, tree and
/// environment; it does not own them. Everything throws ConfigError.
class Section {
 public:
  /// The whole file. A key that it has twice is refused here, as in each section.
  Section(const std::string& file, const Node& root, const Environment& environment);

  /// What `reader` makes of this section; then what `reader` did not ask for is refused. Where it
  /// throws, a misspelled key or a password comes first: it may be the cause.
  template <typename Reader>
  auto read_whole(const Reader& reader) const try {
    auto result = reader(*this);
    refuse_rest();
    return result;
  } catch (const ConfigError&) {
    refuse_misspelled();
    throw;
  }

  /// The same with the section `key` in this one. Missing or empty: a section without values.
  template <typename Reader>
  auto read_section(std::string_view key, const Reader& reader) const {
    return Section(*this, key).read_whole(reader);
  }

  /// `databases.vps`; empty for the whole file.
  const std::string& path() const noexcept { return path_; }

  /// True when anything in it is written in the file or set in the environment.
  bool given() const;

  /// The same of the section `key` in this one.
  bool given(std::string_view key) const { return Section(*this, key).given(); }

  /// The value of `key`: the environment's, else the file's; nothing when neither has one.
  std::optional<Value> find(std::string_view key) const;

  /// The value that the environment sets for `key`.
  std::optional<Value> find_override(std::string_view key) const;

  /// Stores the value of `key` in `target`, which keeps its default when there is none.
  template <typename T, typename Reader>
  void read(std::string_view key, T& target, const Reader& reader) const {
    if (const auto value = find(key)) target = reader(*value);
  }

  /// True when the file has `key`, whatever stands there.
  bool has(std::string_view key) const { return asked_entry(key) != nullptr; }

  /// The values of the list `key`, from the file alone; none when it is not there or empty.
  std::vector<Value> list(std::string_view key) const;

  /// The value of `key`, which must be there.
  Value require(std::string_view key) const;

  /// A key of an earlier version, without effect now: the log says so when the file has it.
  void retired(std::string_view key) const;

  /// Refuses `key`, at its own line or, when it is missing, at the section's.
  [[noreturn]] void fail(std::string_view key, std::string_view problem) const;

  /// Refuses the section itself.
  [[noreturn]] void fail(std::string_view problem) const;

  /// The environment variable `name`; nothing when it is unset or empty.
  std::optional<std::string> variable(const std::string& name) const;

 private:
  Section(const Section& parent, std::string_view key);

  void check_is_map() const;
  void refuse_duplicates() const;
  void refuse_rest() const;
  void refuse_misspelled() const;
  [[noreturn]] void refuse(const Node::Entry& entry) const;
  bool is_asked_for(const Node::Entry& entry) const;
  void ask_for(std::string_view key) const;
  const Node::Entry* asked_entry(std::string_view key) const;
  const Node::Entry* entry(std::string_view key) const;
  [[noreturn]] void fail_at(int line, std::string_view full_key, std::string_view problem) const;
  std::string full_key(std::string_view key) const;
  std::string place(int line, std::string_view full_key) const;

  const std::string& file_;
  const Environment& environment_;
  const Node* node_;
  std::string path_;
  int line_;
  mutable std::vector<std::string> asked_;  ///< in the order of asking
};

}  // namespace consolidador::config
