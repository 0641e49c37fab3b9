// SPDX-License-Identifier: MIT
#include "lib/db/multi_row.hpp"

#include "tests/support/catch.hpp"

namespace consolidador {
namespace {

TEST_CASE("an INSERT with one group of values can be repeated") {
  CHECK(is_insert_values("INSERT INTO t (a, b) VALUES (?, ?)"));
  CHECK(is_insert_values("INSERT INTO t (a, b)\nVALUES (?, ?)"));
  CHECK(is_insert_values("INSERT INTO t (a, b)\nVALUES\n  (?, ?)\n"));
  CHECK(is_insert_values("insert into t values(?, ?)"));
  CHECK(is_insert_values("INSERT IGNORE INTO t VALUES (?)"));
  CHECK(is_insert_values("REPLACE INTO t VALUES (?)"));
  CHECK(is_insert_values("INSERT INTO t VALUES (?) ON DUPLICATE KEY UPDATE a = VALUES(a)"));
}

TEST_CASE("any other statement cannot") {
  CHECK_FALSE(is_insert_values(""));
  CHECK_FALSE(is_insert_values("DELETE FROM t WHERE a = ?"));
  CHECK_FALSE(is_insert_values("UPDATE t SET a = 'INSERT INTO t VALUES (?)'"));
  CHECK_FALSE(is_insert_values("CALL p(?)"));
  CHECK_FALSE(is_insert_values("INSERT INTO t (a) SELECT ? FROM u"));
  CHECK_FALSE(is_insert_values("INSERT INTO t SET a = ?"));
  CHECK_FALSE(is_insert_values("INSERT INTO t (a) SELECT ? ON DUPLICATE KEY UPDATE a = VALUES(a)"));
  CHECK_FALSE(is_insert_values("INSERT INTO t VALUES"));
  CHECK_FALSE(is_insert_values("INSERT INTO t VALUES (?"));
  CHECK_FALSE(is_insert_values("INSERT INTO t VALUES (?), (?)"));
}

TEST_CASE("the group is written as often as there are rows, and what follows it once") {
  const std::string_view sql =
      "INSERT INTO t (a, b)\nVALUES (?, IF(? > 0, 1, (2)))\nON DUPLICATE KEY UPDATE\n  b = "
      "VALUES(b)";
  CHECK(repeat_values(sql, 1) == sql);
  CHECK(repeat_values(sql, 3) ==
        "INSERT INTO t (a, b)\nVALUES (?, IF(? > 0, 1, (2))), (?, IF(? > 0, 1, (2))), "
        "(?, IF(? > 0, 1, (2)))\nON DUPLICATE KEY UPDATE\n  b = VALUES(b)");
}

TEST_CASE("a parenthesis in a quoted text does not end the group") {
  CHECK(repeat_values("INSERT INTO t VALUES (?, ')', \"(\", `x`, 'it''s )')", 2) ==
        "INSERT INTO t VALUES (?, ')', \"(\", `x`, 'it''s )'), (?, ')', \"(\", `x`, 'it''s )')");
}

TEST_CASE("a column or table whose name holds VALUES is not taken for the keyword") {
  CHECK(repeat_values("INSERT INTO myvalues (valuesx) VALUES (?)", 2) ==
        "INSERT INTO myvalues (valuesx) VALUES (?), (?)");
  CHECK_FALSE(is_insert_values("INSERT INTO myvalues (a) SELECT ?"));
}

TEST_CASE("the rows of one statement are bounded by its parameters and by its length") {
  const std::string_view sql = "INSERT INTO t VALUES (?, ?)";  // each further row adds `, (?, ?)`
  CHECK(repeatable_rows(sql, 2, 10'000'000) == 32'767);
  CHECK(repeatable_rows(sql, 2, 8 * 9) == 10);
  CHECK(repeatable_rows(sql, 2, 8 * 9 - 1) == 9);
  CHECK(repeatable_rows(sql, 2, 0) == 1);
  CHECK(repeatable_rows("INSERT INTO t VALUES (NOW())", 0, 1'000) == 1);
  CHECK(repeatable_rows("DELETE FROM t WHERE a = ?", 1, 10'000) == 1);
  CHECK(repeat_values(sql, 10).size() == sql.size() + 8 * 9);
}

}  // namespace
}  // namespace consolidador
