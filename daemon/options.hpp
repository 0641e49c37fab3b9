// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <initializer_list>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace consolidador {

/// A wrong command line; what() says what, exit code 64.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// What a command line may hold beside its words, and what is done with it.
struct Option {
  const char* name;                              ///< without the dashes
  std::function<void(const char* value)> store;  ///< throws UsageError for a value that is not one
  bool has_value = true;                         ///< `--name VALUE` or `--name=VALUE`
};

/// An option without a value, which sets `target`.
Option flag(const char* name, bool& target);

/// An option whose value `target` gets, as `parse` reads it.
template <typename T, typename Parse>
Option option(const char* name, T& target, Parse parse) {
  return {name, [&target, parse](const char* value) { target = parse(value); }};
}

/// The same with the value as it stands.
template <typename T>
Option option(const char* name, T& target) {
  return {name, [&target](const char* value) { target = value; }};
}

/// Throws UsageError: `--name: 'value' is not a, b or c`.
[[noreturn]] void refuse_choice(std::string_view name, std::string_view value,
                                std::span<const std::string_view> words);

/// An option whose value is one of these words.
template <typename T, typename Choice>
Option choice(const char* name, T& target,
              std::initializer_list<std::pair<std::string_view, Choice>> choices) {
  return {name, [name, &target, choices = std::vector(choices)](const char* value) {
            std::vector<std::string_view> words;
            for (const auto& [word, meant] : choices) {
              if (word == value) return void(target = meant);
              words.push_back(word);
            }
            refuse_choice(name, value, words);
          }};
}

/// An option whose value is kept beside a decision: one line that says why.
Option reason(const char* name, std::string& target);

/// Stores the options, wherever they stand, and returns the words between them. Throws UsageError.
std::vector<std::string> parse_options(int argc, char* const* argv,
                                       std::span<const Option> options);

}  // namespace consolidador
