// SPDX-License-Identifier: MIT
#include "lib/core/decimal.hpp"

#include <string>
#include <vector>

#include "lib/core/error.hpp"
#include "tests/support/catch.hpp"

namespace consolidador {
namespace {

using Units = Decimal::Units;

constexpr Units highest = ((Units{1} << 126) - 1) * 2 + 1;
constexpr Units lowest = -highest - 1;
const std::string highest_text = "17014118346046923173168730371588410.5727";

struct Parsed {
  std::string text;
  std::string value;
  bool inexact = false;
};

TEST_CASE("a number is read as MariaDB writes it and shown with four decimals") {
  const auto [text, value, inexact] = GENERATE(values<Parsed>({
      {"0", "0.0000"},
      {"-0", "0.0000"},
      {"-0.0000", "0.0000"},
      {"+7", "7.0000"},
      {"12.5", "12.5000"},
      {"-12.5", "-12.5000"},
      {"-0.0001", "-0.0001"},
      {"5.", "5.0000"},
      {".5", "0.5000"},
      {"-.5", "-0.5000"},
      {"0001.2000", "1.2000"},
      {"1.23450000000000", "1.2345"},
      {"99999999999999.9999", "99999999999999.9999"},
      {"-99999999999999.9999", "-99999999999999.9999"},
      {"170141183460469231731687303715884105.7", "", true},
      {highest_text, highest_text},
      {"-" + highest_text, "-" + highest_text},
  }));
  CAPTURE(text);
  if (value.empty())
    CHECK_THROWS_AS(Decimal::parse(text), DataError);
  else
    CHECK(Decimal::parse(text).to_string() == value);
}

TEST_CASE("an exponent moves the point, as in a DOUBLE column") {
  const auto [text, value, inexact] = GENERATE(values<Parsed>({
      {"1e0", "1.0000"},
      {"1e3", "1000.0000"},
      {"1E+3", "1000.0000"},
      {"1.5e-3", "0.0015"},
      {"-2.5e1", "-25.0000"},
      {"12345.678e-2", "123.4568", true},
      {"1e15", "1000000000000000.0000"},
      {"1e-4", "0.0001"},
      {"1e-5", "0.0000", true},
      {"5e-5", "0.0001", true},
      {"9e-6", "0.0000", true},
      {"1e-324", "0.0000", true},
      {"0e400", "0.0000"},
      {".00012345e4", "1.2345"},
  }));
  CAPTURE(text);
  const auto parsed = Decimal::parse_rounding(text);
  CHECK(parsed.value.to_string() == value);
  CHECK(parsed.inexact == inexact);
}

TEST_CASE("a fifth decimal is rounded half away from zero and reported") {
  const auto [text, value, inexact] = GENERATE(values<Parsed>({
      {"1.23444", "1.2344", true},
      {"1.23445", "1.2345", true},
      {"1.23455", "1.2346", true},
      {"-1.23445", "-1.2345", true},
      {"-1.23444999999999999999", "-1.2344", true},
      {"0.00005", "0.0001", true},
      {"-0.00005", "-0.0001", true},
      {"0.00004999", "0.0000", true},
      {"-0.00001", "0.0000", true},
      {"0.99995", "1.0000", true},
      {"9.99999", "10.0000", true},
      {"1.234500000000000001", "1.2345", true},
      {"1.234500", "1.2345", false},
      {"0.1000000000000000055511151231257827", "0.1000", true},
  }));
  CAPTURE(text);
  const auto parsed = Decimal::parse_rounding(text);
  CHECK(parsed.value.to_string() == value);
  CHECK(parsed.inexact == inexact);
}

TEST_CASE("where nothing may be rounded a fifth significant decimal is an error") {
  CHECK_THROWS_AS(Decimal::parse("1.00001"), DataError);
  CHECK_THROWS_AS(Decimal::parse("1e-5"), DataError);
  CHECK(Decimal::parse("1.00010000") == Decimal::from_units(10'001));
}

TEST_CASE("a text that is no number is an error and never a zero") {
  const std::string text = GENERATE(values<std::string>({"",
                                                         " ",
                                                         "+",
                                                         "-",
                                                         ".",
                                                         "-.",
                                                         "e1",
                                                         "1e",
                                                         "1e+",
                                                         "1e1.5",
                                                         "1.2.3",
                                                         "--1",
                                                         "+-1",
                                                         "1-",
                                                         "1 ",
                                                         " 1",
                                                         "1,5",
                                                         "1,000.00",
                                                         "0x10",
                                                         "nan",
                                                         "inf",
                                                         "NULL",
                                                         "$5",
                                                         "1_000",
                                                         "\xd9\xa3",
                                                         std::string("1\0", 2),
                                                         std::string("\0", 1),
                                                         "1\n"}));
  CAPTURE(text);
  CHECK_THROWS_AS(Decimal::parse(text), DataError);
  CHECK_THROWS_AS(Decimal::parse_rounding(text), DataError);
}

TEST_CASE("a number beyond 128 bits is an error and never wraps") {
  const std::string text = GENERATE(values<std::string>(
      {"17014118346046923173168730371588410.5728", "-17014118346046923173168730371588410.5729",
       "17014118346046923173168730371588410.57275", "-17014118346046923173168730371588410.57275",
       "1e36", "1e1000", "1e1001", "1e99999999999999999999", "-1e308", std::string(1000, '9')}));
  CAPTURE(text);
  CHECK_THROWS_AS(Decimal::parse_rounding(text), DataError);
}

TEST_CASE("a sum is exact up to the limits and an error beyond them") {
  const auto top = Decimal::from_units(highest);
  const auto bottom = Decimal::from_units(lowest);
  const auto unit = Decimal::from_units(1);
  CHECK((top - unit) + unit == top);
  CHECK((bottom + unit) - unit == bottom);
  CHECK((top + bottom).units() == -1);
  CHECK_THROWS_AS(top + unit, DataError);
  CHECK_THROWS_AS(bottom - unit, DataError);
  CHECK_THROWS_AS(Decimal() - bottom, DataError);
  CHECK_THROWS_AS(bottom.abs(), DataError);
  CHECK(bottom.to_string() == "-17014118346046923173168730371588410.5728");
}

TEST_CASE("a difference has its sign, nothing has none") {
  CHECK(Decimal::parse("1.5").to_signed_string() == "+1.5000");
  CHECK(Decimal::parse("-1.5").to_signed_string() == "-1.5000");
  CHECK(Decimal().to_signed_string() == "0.0000");
}

TEST_CASE("a million of the largest DECIMAL(18,4) amounts add up to the last digit") {
  Decimal sum;
  const auto largest = Decimal::parse("99999999999999.9999");
  for (int i = 0; i < 1'000'000; ++i) sum += largest;
  CHECK(sum.to_string() == "99999999999999999900.0000");
}

TEST_CASE("what is written is read back as the same number") {
  for (const auto units : std::vector<Units>{0, 1, -1, 9'999, -9'999, 10'000, highest, -highest}) {
    const auto value = Decimal::from_units(units);
    CHECK(Decimal::parse(value.to_string()) == value);
  }
}

TEST_CASE("amounts compare by value and their distance has no sign") {
  CHECK(Decimal::parse("-1") < Decimal::parse("-0.9999"));
  CHECK(Decimal::parse("1.50") == Decimal::parse("1.5"));
  CHECK((Decimal::parse("1") - Decimal::parse("1.01")).abs() == Decimal::parse("0.01"));
  CHECK(Decimal::parse("0.01").abs() == Decimal::parse("0.01"));
}

}  // namespace
}  // namespace consolidador
