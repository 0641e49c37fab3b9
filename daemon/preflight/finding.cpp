// SPDX-License-Identifier: MIT
#include "daemon/preflight/finding.hpp"

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

void Report::ok(std::string_view check, std::string text) {
  add(check, Result::ok, std::move(text), "");
}

void Report::warn(std::string_view check, std::string text, std::string remedy) {
  add(check, Result::warning, std::move(text), std::move(remedy));
}

void Report::fail(std::string_view check, std::string text, std::string remedy) {
  add(check, Result::failed, std::move(text), std::move(remedy));
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

void Report::add(std::string_view check, Result result, std::string text, std::string remedy) {
  findings_.push_back({place_, std::string(check), result, valid_utf8(one_line(text)),
                       valid_utf8(one_line(remedy))});
}

}  // namespace consolidador::preflight
