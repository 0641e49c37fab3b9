// SPDX-License-Identifier: MIT
#include "lib/config/python_bot.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <sstream>

#include "lib/config/overrides.hpp"
#include "lib/core/error.hpp"
#include "lib/core/outlet.hpp"
#include "lib/core/text.hpp"

namespace consolidador {
namespace {

using Values = std::map<std::string, std::string, std::less<>>;

struct Setting {
  const char* name;
  const char* usual;    // the bot's default
  const char* section;  // "": at the top
  const char* key;
};

constexpr std::array<Setting, 10> settings{{
    {"REPROCESS_DAYS", "1", "window", "reprocess_days"},
    {"UPSERT_BATCH_SIZE", "500", "upsert", "batch_size"},
    {"MAX_RETRIES", "3", "retry", "attempts"},
    {"RETRY_DELAY_SECONDS", "5", "retry", "initial"},
    {"ENABLE_AUDIT", "True", "audit", "enabled"},
    {"AUDIT_TOLERANCE", "0.01", "audit", "tolerance"},
    {"LOG_LEVEL", "INFO", "log", "level"},
    {"LOG_FILE", "logs/bot.log", "log", "file"},
    {"DRY_RUN", "False", "", "dry_run"},
    {"RUN_LOCAL_ONLY", "False", "", "local_only"},
}};

constexpr std::array databases{"operational", "local", "vps"};

std::string trimmed(const std::string& text) {
  constexpr const char* blanks = " \t\r";
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

bool is_name(const std::string& text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
  });
}

/// Without the quotes, or without a comment behind it.
std::string value_of(const std::string& text, const std::string& place) {
  if (!text.starts_with('"') && !text.starts_with('\''))
    return trimmed(text.substr(0, text.find(" #")));
  const auto end = text.find(text.front(), 1);
  if (end == std::string::npos)
    throw ConfigError(fmt::format("{}: a quote is not closed; close it", place));
  return text.substr(1, end - 1);
}

/// The lines `NAME = VALUE` of a `.env` or of settings.py; whatever else stands there is not ours.
Values read_values(const std::string& text, const char* file) {
  Values values;
  std::istringstream lines(text);
  int number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    const auto equals = line.find('=');
    if (equals == std::string::npos) continue;
    auto name = trimmed(line.substr(0, equals));
    if (name.starts_with("export ")) name = trimmed(name.substr(7));
    if (!is_name(name)) continue;
    values[name] = value_of(trimmed(line.substr(equals + 1)), fmt::format("{}:{}", file, number));
  }
  return values;
}

std::string find(const Values& values, std::string_view name) {
  const auto found = values.find(name);
  return found == values.end() || found->second == "None" ? std::string() : found->second;
}

bool is_number(const std::string& text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::string scalar(const std::string& text) {
  return is_number(text) ? text : for_json(text);
}

std::string translated(const Setting& setting, const std::string& value) {
  const std::string_view name = setting.name;
  if (value == "True") return "true";
  if (value == "False") return "false";
  if (name == "RETRY_DELAY_SECONDS") return value + "s";
  if (name == "LOG_FILE") return scalar(std::filesystem::path(value).filename());
  if (name == "AUDIT_TOLERANCE") return value;
  return scalar(value);
}

std::string settings_yaml(const Values& values) {
  std::map<std::string, std::string> sections;
  std::string top;
  for (const Setting& setting : settings) {
    const auto value = find(values, setting.name);
    if (value.empty() || value == setting.usual) continue;
    const auto entry = fmt::format("{}: {}", setting.key, translated(setting, value));
    auto& section = sections[setting.section];
    section += (section.empty() ? "" : ", ") + entry;
    if (*setting.section == '\0') top += entry + '\n';
  }
  std::string yaml = top;
  for (const auto& [name, entries] : sections)
    if (!name.empty()) yaml += fmt::format("{}: {{{}}}\n", name, entries);
  return yaml;
}

/// The bot's history without an end goes on to today; the service brings today by itself.
std::string historical_yaml(const Values& values, Date today) {
  const auto first = find(values, "HISTORICAL_START_DATE");
  if (find(values, "HISTORICAL_MODE") != "True" || first.empty()) return {};
  const auto last = find(values, "HISTORICAL_END_DATE");
  return fmt::format("historical: {{from: {}, to: {}}}\n", first,
                     last.empty() ? to_string(today) : last);
}

class Databases {
 public:
  Databases(const Values& env, const std::filesystem::path& folder, ImportedBot& imported)
      : env_(env), folder_(folder), imported_(imported) {}

  std::string yaml() const {
    std::string yaml;
    for (const char* name : databases)
      if (const auto entries = entries_of(name); !entries.empty())
        yaml += fmt::format("  {}: {{{}}}\n", name, entries);
    return yaml.empty() ? yaml : "databases:\n" + yaml;
  }

 private:
  std::string entries_of(const std::string& name) const {
    const auto prefix = fmt::format("databases.{}.", name);
    std::string entries;
    for (const auto& [key, variable] : config::overrides()) {
      const auto value = find(env_, variable);
      if (value.empty() || !key.starts_with(prefix)) continue;
      const auto own = std::string(key.substr(prefix.size()));
      entries += (entries.empty() ? "" : ", ") + entry(name, own, value);
    }
    return entries;
  }

  std::string entry(const std::string& name, const std::string& key,
                    const std::string& value) const {
    if (key != "password") return fmt::format("{}: {}", key, scalar(value));
    imported_.passwords.emplace(name, Secret(value));
    return fmt::format("password_file: {}",
                       for_json(password_path(folder_, imported_.branch, name).string()));
  }

  const Values& env_;
  const std::filesystem::path& folder_;
  ImportedBot& imported_;
};

}  // namespace

ImportedBot import_bot(const BotFiles& files, const std::filesystem::path& folder, Date today) {
  const Values env = read_values(files.env, ".env");
  const Values set = read_values(files.settings, "settings.py");
  ImportedBot imported;
  for (const auto& id : {files.branch, find(env, "ID_SUCURSAL"), find(set, "ID_SUCURSAL")})
    if (imported.branch.empty()) imported.branch = id;
  if (!is_number(imported.branch))
    throw ConfigError("the bot's files name no ID_SUCURSAL; give the branch with --branch ID");
  imported.yaml = fmt::format("branch: {{id: {}}}\n", imported.branch) +
                  Databases(env, folder, imported).yaml() + historical_yaml(set, today) +
                  settings_yaml(set);
  return imported;
}

std::filesystem::path password_path(const std::filesystem::path& folder, const std::string& branch,
                                    const std::string& database) {
  return folder / fmt::format("{}.{}.password", branch, database);
}

}  // namespace consolidador
