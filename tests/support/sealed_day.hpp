// SPDX-License-Identifier: MIT
#pragma once
#include <fmt/ranges.h>

#include <array>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "lib/sync/buckets.hpp"

namespace consolidador::test {

// A day and its seals, computed by neither C++ nor SQL but with Python's hashlib and zlib. Letter
// case, a trailing blank, the separator, other scripts, the limits of the columns; bucket 44 has
// three rows of two codes.

inline const Date sealed_date = parse_date("2024-02-29");
inline constexpr std::int32_t sealed_branch = 99;

/// Sorted by key.
inline std::vector<SalesRow> sealed_rows() {
  const auto amounts = [](const char* unidades, const char* venta, const char* costo) {
    return std::array{Decimal::parse(unidades), Decimal::parse(venta), Decimal::parse(costo)};
  };
  const auto row = [](SalesKey key, const std::array<Decimal, 3>& of) {
    return SalesRow{std::move(key), of[0], of[1], of[2]};
  };
  return {row({"84997D", 7, 1, 2, 3}, amounts("1", "10.5", "7.25")),
          row({"84997D", 7, 1, 2, 4}, amounts("2", "20", "14")),
          row({"84997d", 0, 0, 0, 0}, amounts("-2", "0", "-0.0001")),
          row({"84997d ", -5, 1, 2, 3}, amounts("0.345", "99999999999999.9999", "0")),
          row({"a|b", 1, 2, 3, 4}, amounts("1", "1", "1")),
          row({"c167", 1, 1, 1, 1}, amounts("5", "50", "35")),
          row({"ñandú", 2'147'483'647, -2'147'483'648, 0, 0}, amounts("3", "1", "0.5"))};
}

inline const std::map<std::size_t, std::string_view> expected_seals{
    {11, "ee85ca061577ac6e7b98ffe1c8115b5526b89e3e0bafc4504ce6dbf41de8dd30"},
    {22, "2647c8ce25d1c6596c7f6e04e9fa150ddce6a8e08c5fe67e77995b04ed289e3d"},
    {44, "92699e85b13a8027a10a758ca8eac95e10b40ebcdeeaec39a588e4466fff5dfc"},
    {82, "8d42aa9ae0591d0e698282be2ffad7f3a725ce307e875cf931744dfa4217a1a5"},
    {100, "deb5268efd5f04e766b2e09bdc3d7f3790ee7ab958d654d741eb5a823a6d2bd8"},
};

/// The seals of buckets that have rows, in hexadecimal digits.
inline std::map<std::size_t, std::string> in_hex(const Seals& seals) {
  std::map<std::size_t, std::string> text;
  for (std::size_t i = 0; i < seals.size(); ++i)
    if (seals[i] != Seal{}) text[i] = fmt::format("{:02x}", fmt::join(seals[i], ""));
  return text;
}

}  // namespace consolidador::test
