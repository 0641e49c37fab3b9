// SPDX-License-Identifier: MIT
#include "lib/config/secrets.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include "lib/config/readers.hpp"
#include "lib/config/small_file.hpp"
#include "lib/core/error.hpp"

namespace consolidador::config {
namespace {

constexpr std::size_t size_limit = 4096;
constexpr mode_t open_to_others = 077;

void strip_newline(std::string& text) {
  if (text.ends_with('\n')) text.pop_back();
  if (text.ends_with('\r')) text.pop_back();
}

Secret to_secret(std::string text) {
  strip_newline(text);
  if (text.empty()) throw FileProblem("the file is empty; write the password in it");
  if (text.find_first_of("\n\r") != std::string::npos || text.find('\0') != std::string::npos)
    throw FileProblem("the file has several lines; keep only the password in it");
  return Secret(std::move(text));
}

std::optional<Secret> from_credential(const Section& endpoint, const std::string& name) {
  const auto directory = endpoint.variable("CREDENTIALS_DIRECTORY");
  if (!directory) return std::nullopt;
  const auto file = std::filesystem::path(*directory) / (name + ".password");
  std::error_code error;
  if (!std::filesystem::exists(file, error) && !error) return std::nullopt;
  try {
    return to_secret(read_small_file(file, size_limit).text);
  } catch (const FileProblem& problem) {
    throw ConfigError(fmt::format("{}: {}", file.string(), problem.what()));
  }
}

Secret read_private_file(const std::filesystem::path& path) {
  auto file = read_small_file(path, size_limit);
  const Secret content(std::move(file.text));
  if (file.mode & open_to_others)
    throw FileProblem(fmt::format("the file's mode {:04o} lets others at it; run `chmod 600 {}`",
                                  file.mode, path.string()));
  return to_secret(content.reveal());
}

/// Never shows the value: it may be the password itself, written in the wrong place.
Secret read_password_file(const Value& value) try {
  const std::filesystem::path path = value.text();
  if (!path.is_absolute())
    value.fail(
        "is not an absolute path; write the password in a 0600 file and name that file here");
  return read_private_file(path);
} catch (const FileProblem& problem) {
  value.fail(problem.what());
}

}  // namespace

Secret find_password(const Section& endpoint, const std::string& name) {
  const bool in_file = endpoint.has("password_file");
  if (auto credential = from_credential(endpoint, name)) return *std::move(credential);
  if (in_file) return read_password_file(endpoint.require("password_file"));
  if (const auto variable = endpoint.find_override("password")) return Secret(variable->text());
  return {};
}

}  // namespace consolidador::config
