// SPDX-License-Identifier: MIT
#include "lib/db/statement.hpp"

#include <fmt/format.h>

#include <limits>
#include <optional>

#include "lib/db/connection.hpp"
#include "tests/integration/fixture.hpp"
#include "tests/support/catch.hpp"

namespace consolidador::test {
namespace {

struct Cell {
  std::string type;
  std::string written;  // in SQL
  std::string read;
};

TEST_CASE("a value of any column type is read as the text that the server writes") {
  const auto [type, written, read] = GENERATE(values<Cell>({
      {"TINYINT", "-128", "-128"},
      {"SMALLINT UNSIGNED", "65535", "65535"},
      {"MEDIUMINT", "-8388608", "-8388608"},
      {"INT", "-2147483648", "-2147483648"},
      {"INT(8) ZEROFILL", "42", "00000042"},
      {"BIGINT", "-9223372036854775808", "-9223372036854775808"},
      {"BIGINT UNSIGNED", "18446744073709551615", "18446744073709551615"},
      {"DECIMAL(18,4)", "-99999999999999.9999", "-99999999999999.9999"},
      {"DECIMAL(18,4)", "0.1", "0.1000"},
      {"DECIMAL(65,30)", "12345678901234567890123456789012345.000000000000000000000000000001",
       "12345678901234567890123456789012345.000000000000000000000000000001"},
      {"DATE", "'2024-02-29'", "2024-02-29"},
      {"DATE", "'0000-00-00'", "0000-00-00"},
      {"DATETIME", "'2024-02-29 23:59:58'", "2024-02-29 23:59:58"},
      {"DATETIME", "'2024-02-29'", "2024-02-29 00:00:00"},
      {"DATETIME(3)", "'2024-02-29 23:59:58.007'", "2024-02-29 23:59:58.007"},
      {"DATETIME(6)", "'2024-02-29 23:59:58.000007'", "2024-02-29 23:59:58.000007"},
      {"TIMESTAMP(3)", "'2024-02-29 23:59:58.120'", "2024-02-29 23:59:58.120"},
      {"TIME(3)", "'-101:02:03.004'", "-101:02:03.004"},
      {"YEAR", "2024", "2024"},
      {"CHAR(10)", "'a  '", "a"},
      {"VARCHAR(20)", "'a  '", "a  "},
      {"VARCHAR(20)", "''", ""},
      {"VARCHAR(20) CHARACTER SET utf8mb4", "'Ñandú 🛒|%\\\\\\'\"'", "Ñandú 🛒|%\\'\""},
      {"VARCHAR(20) CHARACTER SET latin1", "'Ñandú'", "Ñandú"},
      {"VARBINARY(20)", "x'00ff007c'", std::string("\0\xff\0|", 4)},
      {"ENUM('ok','mal')", "'mal'", "mal"},
      {"TEXT", "NULL", "NULL"},
      {"INT", "NULL", "NULL"},
      {"DOUBLE", "NULL", "NULL"},
      {"DATE", "NULL", "NULL"},
  }));
  CAPTURE(type, written);
  Scratch scratch;
  scratch.admin().run("CREATE TABLE t (v " + type + " NULL)");
  scratch.admin().run("INSERT INTO t VALUES (" + written + ")");
  Connection connection(scratch.bot());
  CHECK(value(connection, "SELECT v FROM t") == read);
  CHECK(value(connection, "SELECT v FROM t") == scratch.admin().value("SELECT v FROM t"));
}

TEST_CASE("a floating-point value is read with the fewest digits that give it back") {
  const auto [type, written, read] = GENERATE(values<Cell>({
      {"DOUBLE", "0.1", "0.1"},
      {"DOUBLE", "-0.1", "-0.1"},
      {"DOUBLE", "0", "0"},
      {"DOUBLE", "1e22", "1e+22"},
      {"DOUBLE", "123456789.015", "123456789.015"},
      {"DOUBLE", "0.30000000000000004", "0.30000000000000004"},
      {"DOUBLE", "1.7976931348623157e308", "1.7976931348623157e+308"},
      {"DOUBLE", "5e-324", "5e-324"},
      {"FLOAT", "0.1", "0.1"},
      {"FLOAT", "16777216", "16777216"},
      {"FLOAT", "3.4028235e38", "3.4028235e+38"},
  }));
  CAPTURE(type, written);
  Scratch scratch;
  scratch.admin().run("CREATE TABLE t (v " + type + ")");
  scratch.admin().run("INSERT INTO t VALUES (" + written + ")");
  Connection connection(scratch.bot());
  const auto text = value(connection, "SELECT v FROM t");
  if (type == "FLOAT")
    CHECK(std::stof(text) == std::stof(read));
  else
    CHECK(text == read);
}

TEST_CASE("NULL and values alternate in one column without a trace of each other") {
  Connection connection(bot_options(Place::local));
  CHECK(all_rows(connection,
                 "SELECT 1.5e0 AS d, 'x' AS t UNION ALL SELECT NULL, NULL UNION ALL "
                 "SELECT 2.5e0, 'y' UNION ALL SELECT NULL, ''") ==
        std::vector<TextRow>{{"1.5", "x"}, {"NULL", "NULL"}, {"2.5", "y"}, {"NULL", ""}});
}

TEST_CASE(
    "texts longer than any buffer are read whole, several in a row and shorter ones after them") {
  Connection connection(bot_options(Place::local));
  Rows rows = connection
                  .statement(
                      "SELECT REPEAT('a', n), n, REPEAT('ñ', n), REPEAT('🛒', n) FROM ("
                      "SELECT 1 AS n UNION ALL SELECT 65 UNION ALL SELECT 100000 "
                      "UNION ALL SELECT 64 UNION ALL SELECT 0 UNION ALL SELECT 200000) AS s")
                  .query({}, DbPhase::read);
  for (const std::size_t n : {1u, 65u, 100'000u, 64u, 0u, 200'000u}) {
    REQUIRE(rows.next());
    std::string two, four;
    for (std::size_t i = 0; i < n; ++i) two += "ñ", four += "🛒";
    CAPTURE(n);
    CHECK((rows.cells()[0] == std::string(n, 'a')));
    CHECK((rows.cells()[1] == std::to_string(n)));
    CHECK((rows.cells()[2] == two));
    CHECK((rows.cells()[3] == four));
  }
  CHECK_FALSE(rows.next());
}

TEST_CASE("parameters reach the server exactly, also at the limits and with NUL in a text") {
  Connection connection(bot_options(Place::local));
  const std::string text("a\0b'\"\\🛒", 10);
  Rows rows = connection.statement("SELECT ?, ?, ?, HEX(?), CAST(? AS DECIMAL(18,4))")
                  .query({std::numeric_limits<std::int64_t>::min(),
                          std::numeric_limits<std::int64_t>::max(),
                          std::numeric_limits<std::uint64_t>::max(), text,
                          std::string("-99999999999999.9999")},
                         DbPhase::read);
  REQUIRE(rows.next());
  CHECK((rows.cells()[0] == "-9223372036854775808"));
  CHECK((rows.cells()[1] == "9223372036854775807"));
  CHECK((rows.cells()[2] == "18446744073709551615"));
  CHECK((rows.cells()[3] == "61006227225CF09F9B92"));
  CHECK((rows.cells()[4] == "-99999999999999.9999"));
}

TEST_CASE("a statement refuses another number of parameters than it has placeholders") {
  Connection connection(bot_options(Place::local));
  Statement& statement = connection.statement("SELECT ?, ?");
  CHECK_THROWS_AS(statement.query({std::int64_t{1}}, DbPhase::read), std::exception);
  CHECK_THROWS_AS(statement.query({}, DbPhase::read), std::exception);
  const Batch batch(3, 1, [](std::size_t, BatchRow& cells) {
    for (int i = 0; i < 3; ++i) cells.add(std::int64_t{i});
  });
  CHECK_THROWS_AS(statement.execute_batch(batch, {}), std::exception);
  CHECK(value(connection, "SELECT 1") == "1");
}

TEST_CASE("the columns have the names of the result") {
  Connection connection(bot_options(Place::local));
  const Rows rows =
      connection.statement("SELECT 1 AS Fecha, 2 AS `Año`, 3 FROM DUAL").query({}, DbPhase::read);
  CHECK(rows.columns() == std::vector<std::string>{"Fecha", "Año", "3"});
}

TEST_CASE("a statement without rows gives no columns and no rows") {
  Scratch scratch;
  Connection connection(scratch.bot());
  connection.execute("CREATE TABLE t (v INT)", DbPhase::write);
  Rows rows = connection.statement("INSERT INTO t VALUES (1)").query({}, DbPhase::write);
  CHECK(rows.columns().empty());
  CHECK_FALSE(rows.next());
}

/// Result sets of unlike shapes, the second one long.
constexpr const char* three_results =
    "CREATE PROCEDURE tres() BEGIN SELECT 1 AS a, 'x' AS b;"
    " SELECT seq, REPEAT('y', 100), seq, seq, seq FROM seq_1_to_2000; SELECT 3.5e0 AS c; END";

TEST_CASE("a CALL with several result sets gives the first and leaves the connection usable") {
  Scratch scratch;
  scratch.admin().run(three_results);
  Connection connection(scratch.bot());
  for (int i = 0; i < 3; ++i) {
    CHECK(all_rows(connection, "CALL tres()") == std::vector<TextRow>{{"1", "x"}});
    CHECK(value(connection, "SELECT 7") == "7");
  }
}

TEST_CASE("a CALL's result may change its shape from one call to the next") {
  Scratch scratch;
  scratch.admin().run(
      "CREATE PROCEDURE varia(n INT) BEGIN IF n = 1 THEN SELECT 1 AS a;"
      " ELSEIF n = 2 THEN SELECT 'dos' AS a, REPEAT('b', 500) AS b, 2.5e0 AS c;"
      " ELSE DO 0; END IF; END");
  Connection connection(scratch.bot());
  Statement& statement = connection.statement("CALL varia(?)");
  const auto columns = [&](std::int64_t n) {
    Rows rows = statement.query({n}, DbPhase::read);
    const bool row = rows.next();
    CHECK(row == (n != 3));
    return rows.columns().size();
  };
  CHECK(columns(1) == 1);
  CHECK(columns(2) == 3);
  CHECK(columns(3) == 0);
  CHECK(columns(2) == 3);
  CHECK(columns(1) == 1);
}

TEST_CASE("a CALL that fails in its second statement is an error, whichever way it is read") {
  Scratch scratch;
  scratch.admin().run("CREATE PROCEDURE falla() BEGIN SELECT 1 AS a; SELECT * FROM no_hay; END");
  Connection connection(scratch.bot());
  Statement& statement = connection.statement("CALL falla()");
  SECTION("row by row") {
    Rows rows = statement.query({}, DbPhase::read);
    CHECK(rows.next());
    CHECK(error_of([&] { rows.next(); }).db_errno() == 1146);
  }
  SECTION("the first row and finish") {
    Rows rows = statement.query({}, DbPhase::read);
    CHECK(rows.next());
    CHECK(error_of([&] { rows.finish(); }).db_errno() == 1146);
  }
  SECTION("without looking at any row") {
    CHECK(error_of([&] { statement.execute({}, DbPhase::write); }).db_errno() == 1146);
  }
  CHECK_FALSE(connection.broken());
  CHECK(value(connection, "SELECT 1") == "1");
}

TEST_CASE("abandoning a result half-way leaves the connection usable") {
  Scratch scratch;
  scratch.admin().run(three_results);
  scratch.admin().run(
      "CREATE PROCEDURE falla() BEGIN SELECT seq FROM seq_1_to_2000; SELECT * FROM no_hay; END");
  Connection connection(scratch.bot());
  const std::string sql =
      GENERATE("SELECT seq, REPEAT('z', 300) FROM seq_1_to_50000", "CALL tres()", "CALL falla()");
  const int read = GENERATE(0, 1);
  CAPTURE(sql, read);
  {
    Rows rows = connection.statement(sql).query({}, DbPhase::read, day_of_sales);
    for (int i = 0; i < read; ++i) CHECK(rows.next());
  }
  CHECK_FALSE(connection.broken());
  CHECK(value(connection, "SELECT 1") == "1");
  CHECK_NOTHROW(connection.statement(sql).query({}, DbPhase::read, day_of_sales).next());
  CHECK(value(connection, "SELECT 2") == "2");
}

TEST_CASE(
    "a link that is lost while a result is read is an error of next() and breaks the connection") {
  Connection connection(root_options(Place::local, "mysql"));
  Admin admin(Place::local);
  const auto id = connection_id(connection);
  Rows rows = connection.statement("SELECT seq, REPEAT('z', 1000) FROM seq_1_to_1000000")
                  .query({}, DbPhase::read, day_of_sales);
  REQUIRE(rows.next());
  admin.run("KILL " + id);
  const auto error = error_of([&] {
    while (rows.next()) {
    }
  });
  CHECK(error.error_class() == ErrorClass::transient);
  CHECK(error.cause() == ErrorCause::link);
  CHECK(connection.broken());
}

TEST_CASE("a query that is killed while its rows are read is an error, not a short result") {
  Connection connection(root_options(Place::local, "mysql"));
  Admin admin(Place::local);
  const auto id = connection_id(connection);
  const bool finish = GENERATE(false, true);
  CAPTURE(finish);
  {
    Rows rows = connection.statement("SELECT seq, REPEAT('z', 1000) FROM seq_1_to_1000000")
                    .query({}, DbPhase::read, day_of_sales);
    REQUIRE(rows.next());
    admin.run("KILL QUERY " + id);
    const auto error = error_of([&] {
      if (finish) rows.finish();
      while (rows.next()) {
      }
    });
    CHECK(error.db_errno() == 1317);
  }
  CHECK_FALSE(connection.broken());
  CHECK(value(connection, "SELECT 1") == "1");
}

TEST_CASE("the same text is prepared once for a connection") {
  Connection connection(bot_options(Place::local));
  const Statement& first = connection.statement("SELECT 1");
  const Statement& other = connection.statement("SELECT 2");
  CHECK(&connection.statement(std::string("SELECT ") + "1") == &first);
  CHECK(&other != &first);
}

TEST_CASE(
    "a table that changes under a prepared statement is transient: the next connection knows it") {
  Scratch scratch;
  scratch.admin().run("CREATE TABLE t (a INT)");
  scratch.admin().run("INSERT INTO t VALUES (1)");
  Connection connection(scratch.bot());
  CHECK(all_rows(connection, "SELECT * FROM t") == std::vector<TextRow>{{"1"}});
  scratch.admin().run("ALTER TABLE t ADD b VARCHAR(20) DEFAULT 'nuevo'");
  const auto error = error_of([&] { all_rows(connection, "SELECT * FROM t"); });
  CHECK(error.error_class() == ErrorClass::transient);
  CHECK(connection.broken());
  Connection next(scratch.bot());
  CHECK(all_rows(next, "SELECT * FROM t") == std::vector<TextRow>{{"1", "nuevo"}});
}

TEST_CASE("an error names the statement's first line, without its comment and without any value") {
  Scratch scratch;
  Connection connection(scratch.bot());
  connection.execute("CREATE TABLE t (v INT NOT NULL)", DbPhase::write);
  const auto error = error_of([&] {
    connection.statement("-- a comment\nINSERT INTO t (v)\nVALUES (?)")
        .execute({std::string("un-secreto")}, DbPhase::write);
  });
  CHECK(error.operation() == "INSERT INTO t (v)");
  CHECK_THAT(error.what(), contains(connection.endpoint()));
}

TEST_CASE("an answer that goes beyond its bound is cut off, also where nobody looks at its rows") {
  Scratch scratch;
  Connection connection(scratch.bot());
  const Bound bound = GENERATE(Bound{1'000, 1'000'000}, Bound{1'000'000, 9'000});
  const auto ask = [&] {
    return connection.statement("SELECT seq, REPEAT('z', 9) FROM seq_1_to_1001")
        .query({}, DbPhase::read, bound);
  };
  SECTION("row by row") {
    Rows rows = ask();
    CHECK_THROWS_WITH(
        [&] {
          while (rows.next()) {
          }
        }(),
        contains("does not end where it could at most") && contains("local (127.0.0.1"));
  }
  SECTION("without looking") {
    if (bound.rows > 1'000) return;  // unseen cells are not counted: none of them is kept
    Rows rows = ask();
    CHECK_THROWS_AS(rows.finish(), Error);
  }
  CHECK(connection.broken());
}

TEST_CASE("a procedure that gives one result after another without an end is cut off") {
  Scratch scratch;
  scratch.admin().run(
      "CREATE PROCEDURE muchos() BEGIN DECLARE i INT DEFAULT 0;"
      " WHILE i < 200 DO SELECT i; SET i = i + 1; END WHILE; END");
  Connection connection(scratch.bot());
  CHECK_THROWS_AS(connection.statement("CALL muchos()").execute({}, DbPhase::read), Error);
  CHECK(connection.broken());
}

TEST_CASE("an answer that ends at its bound is whole") {
  Scratch scratch;
  Connection connection(scratch.bot());
  Rows rows = connection.statement("SELECT seq FROM seq_1_to_1000").query({}, DbPhase::read);
  int read = 0;
  while (rows.next()) ++read;
  CHECK(read == 1'000);
  CHECK_FALSE(connection.broken());
}

TEST_CASE("a row that is longer than any can be is not read into memory") {
  const GlobalVariable packet(Place::local, "max_allowed_packet", "1073741824");
  Connection connection(root_options(Place::local, "mysql"));
  const auto read = [&](std::uint64_t bytes) {
    Rows rows = connection.statement(fmt::format("SELECT REPEAT('z', {})", bytes))
                    .query({}, DbPhase::read, day_of_sales);
    rows.next();
    return rows.cells()[0]->size();
  };
  CHECK(read(longest_row / 2) == longest_row / 2);
  CHECK_THROWS_AS(read(2 * longest_row), DbError);
}

}  // namespace
}  // namespace consolidador::test
