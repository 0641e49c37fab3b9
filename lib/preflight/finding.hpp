// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/core/exit_code.hpp"

namespace consolidador::preflight {

enum class Result {
  ok,
  warning,  ///< it works, but somebody should know
  failed,   ///< days cannot be brought
};

std::string_view to_string(Result result) noexcept;

struct Finding {
  std::string
      place;  ///< `configuration`, `operational`, `local`, `vps`, `vps (b.example.com:3306)`
  std::string check;  ///< `connection`, `version`, `grants`...
  Result result;
  std::string text;
  std::string remedy;  ///< empty: nothing to do, or said in the text
};

/// What was found, in order. The checks write into it for the place that was last named.
class Report {
 public:
  void enter(std::string place) { place_ = std::move(place); }

  void ok(std::string_view check, std::string_view text);
  void warn(std::string_view check, std::string_view text, std::string_view remedy);
  void fail(std::string_view check, std::string_view text, std::string_view remedy);

  /// Runs a check; an Error that it throws becomes its finding. False then.
  bool attempt(std::string_view check, const std::function<void()>& work);

  const std::vector<Finding>& findings() const noexcept { return findings_; }
  ExitCode exit_code() const noexcept { return exit_code_; }  ///< of the worst

 private:
  void add(std::string_view check, Result result, std::string_view text, std::string_view remedy);

  std::string place_;
  std::vector<Finding> findings_;
  ExitCode exit_code_ = ExitCode::ok;
};

}  // namespace consolidador::preflight
