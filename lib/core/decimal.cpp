// SPDX-License-Identifier: MIT
#include "lib/core/decimal.hpp"

#include <fmt/compile.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <limits>

#include "lib/core/error.hpp"

namespace consolidador {
namespace {

using Units = Decimal::Units;

/// A number as written: the digits without the point, and how many of them stand before it.
struct Digits {
  bool negative = false;
  std::string digits;
  int point = 0;
};

[[noreturn]] void not_a_number(std::string_view text) {
  throw DataError(fmt::format("'{}' is not a decimal number", text.substr(0, 40)));
}

[[noreturn]] void too_large(std::string_view text) {
  throw DataError(fmt::format("'{}' is out of range for an amount", text.substr(0, 60)));
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::string_view take_digits(std::string_view& rest) {
  const auto end = std::find_if_not(rest.begin(), rest.end(), is_digit);
  const auto count = static_cast<std::size_t>(end - rest.begin());
  const auto digits = rest.substr(0, count);
  rest.remove_prefix(count);
  return digits;
}

bool take_sign(std::string_view& rest) {
  if (rest.empty() || (rest[0] != '-' && rest[0] != '+')) return false;
  const bool negative = rest[0] == '-';
  rest.remove_prefix(1);
  return negative;
}

int take_exponent(std::string_view& rest, std::string_view text) {
  if (rest.empty() || (rest[0] != 'e' && rest[0] != 'E')) return 0;
  rest.remove_prefix(1);
  const bool negative = take_sign(rest);
  const auto digits = take_digits(rest);
  if (digits.empty()) not_a_number(text);
  int exponent = 0;
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), exponent);
  if (parsed.ec != std::errc{} || exponent > 1000) too_large(text);
  return negative ? -exponent : exponent;
}

Digits scan(std::string_view text) {
  Digits number;
  auto rest = text;
  number.negative = take_sign(rest);
  const auto whole = take_digits(rest);
  std::string_view fraction;
  if (!rest.empty() && rest[0] == '.') {
    rest.remove_prefix(1);
    fraction = take_digits(rest);
  }
  if (whole.empty() && fraction.empty()) not_a_number(text);
  number.point = static_cast<int>(whole.size()) + take_exponent(rest, text);
  if (!rest.empty()) not_a_number(text);
  number.digits.append(whole).append(fraction);
  return number;
}

Units append_digit(Units units, int digit, std::string_view text) {
  if (__builtin_mul_overflow(units, 10, &units) || __builtin_add_overflow(units, digit, &units))
    too_large(text);
  return units;
}

/// Nearly all amounts fit 64 bits, which are several times faster.
template <typename Magnitude>
void append(std::string& text, Magnitude units) {
  constexpr auto scale = static_cast<Magnitude>(Decimal::scale);
  fmt::format_to(std::back_inserter(text), FMT_COMPILE("{}"), units / scale);
  text += '.';
  const auto fraction = static_cast<unsigned>(units % scale);
  for (unsigned place = Decimal::scale / 10; place != 0; place /= 10)
    text += static_cast<char>('0' + fraction / place % 10);
}

}  // namespace

Decimal::Rounded Decimal::parse_rounding(std::string_view text) {
  const Digits number = scan(text);
  const auto digit = [&](int i) {
    const bool written = i >= 0 && i < static_cast<int>(number.digits.size());
    return written ? number.digits[static_cast<std::size_t>(i)] - '0' : 0;
  };
  const int kept = number.point + decimals;  // digits before this index are units
  Units units = 0;
  for (int i = 0; i < kept; ++i) {
    const int next = digit(i);
    if (units != 0 || next != 0) units = append_digit(units, next, text);
  }
  bool inexact = false;
  for (int i = std::max(kept, 0); i < static_cast<int>(number.digits.size()); ++i)
    inexact = inexact || digit(i) != 0;
  if (kept >= 0 && digit(kept) >= 5 && __builtin_add_overflow(units, 1, &units)) too_large(text);
  return {Decimal(number.negative ? -units : units), inexact};
}

Decimal Decimal::parse(std::string_view text) {
  const auto [value, inexact] = parse_rounding(text);
  if (inexact) throw DataError(fmt::format("'{}' has more than four decimals", text.substr(0, 60)));
  return value;
}

std::string Decimal::to_string() const {
  __extension__ using Magnitude = unsigned __int128;
  const auto bits = static_cast<Magnitude>(units_);
  const Magnitude magnitude = units_ < 0 ? Magnitude{0} - bits : bits;
  std::string text = units_ < 0 ? "-" : "";
  if (magnitude <= std::numeric_limits<std::uint64_t>::max())
    append(text, static_cast<std::uint64_t>(magnitude));
  else
    append(text, magnitude);
  return text;
}

Decimal& Decimal::operator+=(Decimal other) {
  if (__builtin_add_overflow(units_, other.units_, &units_))
    throw DataError("a sum of amounts is out of range");
  return *this;
}

Decimal& Decimal::operator-=(Decimal other) {
  if (__builtin_sub_overflow(units_, other.units_, &units_))
    throw DataError("a difference of amounts is out of range");
  return *this;
}

std::string Decimal::to_signed_string() const {
  return (units_ > 0 ? "+" : "") + to_string();
}

}  // namespace consolidador
