// SPDX-License-Identifier: MIT
#include "lib/core/table.hpp"

#include "tests/support/catch.hpp"

using namespace consolidador;
using test::contains;

namespace {

Table places() {
  Table table({{"DAY"}, {"ROWS", Table::Align::right}, {"WHY"}});
  table.add({{"2026-01-05"}, {"7"}, {"the quick brown fox jumps over the lazy dog"}});
  table.add({{"2026-01-06"}, {"1000"}, {}});
  return table;
}

}  // namespace

TEST_CASE("a table is as wide as its letters, right where it should, and ends without blanks") {
  Table table({{"NAME"}, {"N", Table::Align::right}, {"NOTE"}});
  table.add({{"ñandú", Colour::red}, {"7"}, {""}});
  table.add({{"a"}, {"1000"}, {"x"}});
  CHECK(table.text({}) ==
        "NAME      N  NOTE\n"
        "ñandú     7\n"
        "a      1000  x\n");
  CHECK_THAT(table.text({true}), contains("\033[31mñandú\033[0m"));
}

TEST_CASE("the last column is wrapped where it has room") {
  CHECK(places().text({false, 60}) ==
        "DAY         ROWS  WHY\n"
        "2026-01-05     7  the quick brown fox jumps over the lazy\n"
        "                  dog\n"
        "2026-01-06  1000\n");
}

TEST_CASE("a column without room goes under its row, behind its title") {
  CHECK(places().text({false, 30}) ==
        "DAY         ROWS\n"
        "2026-01-05     7\n"
        "  WHY the quick brown fox\n"
        "  jumps over the lazy dog\n"
        "2026-01-06  1000\n");
  CHECK(places().text({false, 10}) ==
        "DAY\n"
        "2026-01-05\n"
        "  ROWS 7\n"
        "  WHY the\n"
        "  quick\n"
        "  brown\n"
        "  fox\n"
        "  jumps\n"
        "  over the\n"
        "  lazy dog\n"
        "2026-01-06\n"
        "  ROWS\n"
        "  1000\n");
}

TEST_CASE("without titles there is no head") {
  Table table(std::vector<Table::Column>(2));
  table.add({{"a"}, {"b"}});
  CHECK(table.text({}) == "a  b\n");
}

TEST_CASE("a text is broken between words, a word only when it is longer than a line") {
  CHECK(wrapped("", 5) == std::vector<std::string>{""});
  CHECK(wrapped("uno dos", 7) == std::vector<std::string>{"uno dos"});
  CHECK(wrapped("uno  dos", 4) == std::vector<std::string>{"uno", "dos"});
  CHECK(wrapped("ñandúes", 4) == std::vector<std::string>{"ñand", "úes"});
  for (std::size_t width = 1; width < 20; ++width)
    for (const auto& line : wrapped("one two threeandmore ñ four", width))
      CHECK(letters(line) <= width);
}
