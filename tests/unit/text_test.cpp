// SPDX-License-Identifier: MIT
#include "lib/core/text.hpp"

#include "tests/support/catch.hpp"

using consolidador::shortened;
using consolidador::valid_utf8;

TEST_CASE("valid UTF-8 stays as it is, up to the last letter of each length") {
  for (const char* text :
       {"", "plain", "ñandú ☃ 🛒", "\x7f", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80",
        "\xED\x9F\xBF", "\xEE\x80\x80", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBD"})
    CHECK(valid_utf8(text) == text);
}

TEST_CASE("bytes that are no letter are replaced, and what follows them is kept") {
  const std::string replaced = "\xEF\xBF\xBD";
  for (const char* bad : {"\x80", "\xBF", "\xC0", "\xC3", "\xF8", "\xFF"})
    CHECK(valid_utf8(std::string("a") + bad + "z") == "a" + replaced + "z");
  CHECK(valid_utf8("cut \xE2\x98") == "cut " + replaced + replaced);
}

TEST_CASE("overlong forms, surrogates, noncharacters and what lies beyond Unicode are no letters") {
  for (const char* bad : {"\xC1\xBF", "\xE0\x9F\xBF", "\xF0\x8F\xBF\xBF", "\xED\xA0\x80",
                          "\xED\xBF\xBF", "\xF4\x90\x80\x80", "\xEF\xBF\xBF", "\xEF\xB7\x90"})
    CHECK(valid_utf8(bad).find(bad) == std::string::npos);
}

TEST_CASE("a shortened text ends after a whole letter") {
  CHECK(shortened("año", 4) == "año");
  CHECK(shortened("año", 3) == "añ");
  CHECK(shortened("año", 2) == "a");
  CHECK(shortened("a🛒", 4) == "a");
  CHECK(shortened("🛒", 3).empty());
  CHECK(shortened("año", 0).empty());
}
