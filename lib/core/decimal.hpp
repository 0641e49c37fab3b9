// SPDX-License-Identifier: MIT
#pragma once
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace consolidador {

/// Exact fixed-point number with four decimals: the unit of money and quantities everywhere.
/// Holds 128 bits, so a sum of DECIMAL(18,4) columns cannot overflow in practice; when an operation
/// would, it throws DataError and never wraps. A value type, usable on any thread.
class Decimal {
 public:
  __extension__ using Units = __int128;

  static constexpr int decimals = 4;
  static constexpr std::int64_t scale = 10'000;

  constexpr Decimal() noexcept = default;

  /// From ten-thousandths: from_units(12345) is 1.2345.
  static constexpr Decimal from_units(Units units) noexcept { return Decimal(units); }
  constexpr Units units() const noexcept { return units_; }

  struct Rounded;
  /// Parses `[+-]digits[.digits][e[+-]digits]`, as MariaDB writes DECIMAL, integer and DOUBLE
  /// columns. More than four decimals are rounded half away from zero and reported as `inexact`.
  /// Throws DataError when the text is not a number or is too large.
  static Rounded parse_rounding(std::string_view text);

  /// The same, but a fifth significant decimal is an error.
  static Decimal parse(std::string_view text);

  /// Always four decimals, a minus only when the value is not zero: as MariaDB writes DECIMAL(p,4).
  std::string to_string() const;

  /// The same with a plus before what is greater than zero: a difference, after less before.
  std::string to_signed_string() const;

  Decimal& operator+=(Decimal other);
  Decimal& operator-=(Decimal other);
  friend Decimal operator+(Decimal a, Decimal b) { return a += b; }
  friend Decimal operator-(Decimal a, Decimal b) { return a -= b; }
  friend constexpr auto operator<=>(Decimal, Decimal) noexcept = default;

  Decimal abs() const { return units_ < 0 ? Decimal() - *this : *this; }

 private:
  constexpr explicit Decimal(Units units) noexcept : units_(units) {}
  Units units_ = 0;
};

struct Decimal::Rounded {
  Decimal value;
  bool inexact;  ///< decimals beyond the fourth were rounded
};

}  // namespace consolidador
