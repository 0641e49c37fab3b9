// SPDX-License-Identifier: MIT
#include "lib/preflight/finding.hpp"

#include <algorithm>

#include "lib/core/error.hpp"
#include "lib/core/text.hpp"

namespace consolidador::preflight {

std::string_view to_string(Result result) noexcept {
  switch (result) {
    case Result::ok:
      return "ok";
    case Result::warning:
      return "warning";
    case Result::failed:
      break;
  }
  return "FAILED";
}

void Report::ok(std::string_view check, std::string_view text) {
  add(check, Result::ok, text, "");
}

void Report::warn(std::string_view check, std::string_view text, std::string_view remedy) {
  add(check, Result::warning, text, remedy);
}

void Report::fail(std::string_view check, std::string_view text, std::string_view remedy) {
  add(check, Result::failed, text, remedy);
  exit_code_ = std::max(exit_code_, ExitCode::day_failed);
}

bool Report::attempt(std::string_view check, const std::function<void()>& work) try {
  work();
  return true;
} catch (const Error& error) {
  fail(check, error.what(), "");
  if (error.cause() == ErrorCause::link) exit_code_ = std::max(exit_code_, ExitCode::unreachable);
  return false;
}

void Report::add(std::string_view check, Result result, std::string_view text,
                 std::string_view remedy) {
  findings_.push_back({place_, std::string(check), result, one_line(text), one_line(remedy)});
}

}  // namespace consolidador::preflight
