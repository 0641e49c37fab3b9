// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <string_view>
#include <utility>

namespace consolidador::config {

/// `text` in quotes for an error: one printable line of at most 40 bytes.
std::string excerpt(std::string_view text);

/// One value of the configuration, still as text, and the place where it stands.
class Value {
 public:
  /// `place` is `FILE:LINE: KEY` or `environment variable NAME`.
  Value(std::string text, std::string place, bool quoted)
      : text_(std::move(text)), place_(std::move(place)), quoted_(quoted) {}

  const std::string& text() const noexcept { return text_; }
  bool quoted() const noexcept { return quoted_; }

  /// A part of the text, in the same place.
  Value part(std::string text) const { return {std::move(text), place_, quoted_}; }

  /// Throws ConfigError; `problem` says what is wrong and what to do.
  [[noreturn]] void fail(std::string_view problem) const;

 private:
  std::string text_;
  std::string place_;
  bool quoted_;
};

}  // namespace consolidador::config
