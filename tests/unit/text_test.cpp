// SPDX-License-Identifier: MIT
#include "lib/core/text.hpp"

#include "tests/support/catch.hpp"

using namespace consolidador;

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

TEST_CASE("an abridged text ends after a whole word, and says that it goes on") {
  CHECK(abridged("dos años", 9) == "dos años");
  CHECK(abridged("dos años y medio", 12) == "dos ...");
  CHECK(abridged("dos años y medio", 13) == "dos años ...");
  CHECK(abridged("dos años y medio", 15) == "dos años y ...");
  CHECK(abridged("continuamente", 8) == "cont ...");
  CHECK(abridged("a continuamente", 14) == "a continua ...");
}

TEST_CASE("one is counted in the singular") {
  CHECK(counted(1, "day") == "1 day");
  CHECK(counted(0, "day") == "0 days");
  CHECK(counted(12, "row") == "12 rows");
}

TEST_CASE("characters are counted, and what is not UTF-8 is told") {
  CHECK(utf8_length("").value() == 0);
  CHECK(utf8_length("añ€😀").value() == 4);
  for (const char* bad : {"\x80", "\xC1\x81", "\xE0\x80\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80",
                          "\xF5\x80\x80\x80", "\xC3", "\xE2\x82", "\xF0\x9F\x98"})
    CHECK_FALSE(utf8_length(bad).has_value());
}

TEST_CASE("control characters become blanks and letters of all languages stay") {
  CHECK(one_line("a\nb\r\nc\td") == "a b  c d");
  CHECK(one_line(std::string("a\0b\x1b[31m\x7f", 9)) == "a b [31m ");
  CHECK(one_line("Peña, «ñandú» 日本 €") == "Peña, «ñandú» 日本 €");
  CHECK(one_line("a\xc2\x85\x62\xc2\x9b\x63") == "a b c");  // NEL, CSI
  CHECK(one_line("750\u202E321\u2066 \u2028x") == "750 321   x");
  CHECK(one_line("torn \xc2") == "torn \xEF\xBF\xBD");
  CHECK(one_line("").empty());
}
