// SPDX-License-Identifier: MIT
// A text is a number or a date, and then its own text means the same; or it is refused.
#include "lib/core/date.hpp"
#include "lib/core/decimal.hpp"
#include "lib/core/error.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace consolidador;

namespace {

void try_decimal(std::string_view text) try {
  const auto [value, inexact] = Decimal::parse_rounding(text);
  fuzz::promise(Decimal::parse(value.to_string()) == value);
  if (!inexact) fuzz::promise(Decimal::parse(text) == value);
  fuzz::promise(value - value == Decimal());
} catch (const DataError& error) {
  fuzz::promise(fuzz::is_one_line(error.what()) || !fuzz::is_one_line(text));
}

void try_date(std::string_view text) try {
  fuzz::promise(to_string(parse_date(text)) == text);
} catch (const DataError&) {
}

void try_instant(std::string_view text) try {
  const auto instant = parse_utc(text);
  const std::chrono::system_clock::time_point as_the_clock_tells(instant);
  fuzz::promise(parse_utc(to_utc_string(as_the_clock_tells).substr(0, 19)) == instant);
} catch (const DataError&) {
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = fuzz::text_of(data, size);
  try_decimal(text);
  try_date(text);
  try_instant(text);
  return 0;
}
