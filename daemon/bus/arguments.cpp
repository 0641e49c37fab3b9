// SPDX-License-Identifier: MIT
#include "daemon/bus/arguments.hpp"

#include <fmt/format.h>

#include "daemon/bus/error.hpp"
#include "lib/core/error.hpp"
#include "lib/core/reason.hpp"
#include "lib/core/text.hpp"

namespace consolidador::bus {
namespace {

constexpr std::size_t longest_text = 200;
constexpr std::size_t date_length = 10;

[[noreturn]] void refuse(const std::string& message) {
  throw BusError(error_invalid_argument, message);
}

}  // namespace

Date date_argument(const char* name, const Value& value) {
  const auto& text = std::get<std::string>(value);
  // Looked at before anything quotes it: it may be of any length.
  if (text.size() != date_length) refuse(fmt::format("{}: not a date YYYY-MM-DD", name));
  try {
    return parse_date(text);
  } catch (const DataError& error) {
    refuse(fmt::format("{}: {}", name, one_line(error.what())));
  }
}

DateRange range_arguments(const Value& from, const Value& to) {
  const DateRange range{date_argument("from", from), date_argument("to", to)};
  if (range.empty())
    refuse(fmt::format("from {} is after to {}", to_string(range.first), to_string(range.last)));
  return range;
}

std::string text_argument(const char* name, const Value& value) {
  const auto& text = std::get<std::string>(value);
  if (text.size() > longest_text)
    refuse(fmt::format("{}: at most {} bytes, not {}", name, longest_text, text.size()));
  return one_line(text);
}

std::string reason_argument(const char* name, const Value& value) {
  const auto& text = std::get<std::string>(value);
  if (const auto problem = reason_problem(text); !problem.empty())
    refuse(fmt::format("{}: {}", name, problem));
  return text;
}

}  // namespace consolidador::bus
