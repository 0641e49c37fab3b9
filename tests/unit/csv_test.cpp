// SPDX-License-Identifier: MIT
#include "lib/report/csv.hpp"

#include "tests/support/catch.hpp"

namespace consolidador {
namespace {

using Fields = std::vector<std::string>;

struct Row {
  Fields fields;
  std::string line;
};

TEST_CASE("a record is quoted where RFC 4180 asks for it, and read back as it was") {
  const auto [fields, line] = GENERATE(values<Row>({
      {{"a"}, "a"},
      {{""}, ""},
      {{"", ""}, ","},
      {{"a", "", "c"}, "a,,c"},
      {{"a,b", "c"}, R"("a,b",c)"},
      {{"say \"no\""}, R"("say ""no""")"},
      {{"\""}, R"("""")"},
      {{"\"\""}, R"("""""")"},
      {{"\",\"", "x"}, R"(""",""",x)"},
      {{"a\nb", "c\rd"}, "\"a\nb\",\"c\rd\""},
      {{" blank "}, " blank "},
      {{"ñandú €"}, "ñandú €"},
      {{std::string("a\0b", 3), "c"}, std::string("a\0b,c", 5)},
  }));
  CAPTURE(line);
  CHECK(format_csv_record(fields) == line);
  CHECK(parse_csv_record(line) == fields);
}

TEST_CASE("a field may be quoted without need") {
  CHECK(parse_csv_record(R"("a","",c)") == Fields{"a", "", "c"});
}

TEST_CASE("damaged quoting is no record") {
  const std::string line =
      GENERATE(values<std::string>({"\"", "\"a", "a\"", "a\"b", "\"a\"b", "\"a\"\"", "x,\"a",
                                    "\"a\" ,b", "a,\"b\"c\"", "\"a,b"}));
  CAPTURE(line);
  CHECK_FALSE(parse_csv_record(line).has_value());
}

}  // namespace
}  // namespace consolidador
