// SPDX-License-Identifier: MIT
#include "lib/db/batch.hpp"

#include <algorithm>
#include <limits>
#include <random>

#include "lib/db/connection.hpp"
#include "lib/db/statement.hpp"
#include "lib/db/transaction.hpp"
#include "tests/integration/fixture.hpp"
#include "tests/support/catch.hpp"

namespace consolidador::test {
namespace {

struct Line {
  std::int64_t id;
  std::string text;
  std::string amount;
};

/// Few keys for many lines, so that later ones meet earlier ones.
std::vector<Line> random_lines(unsigned seed, std::size_t count) {
  std::mt19937 random(seed);
  const std::vector<std::string> pieces{"a", "Z", "'", "\"", "\\", "|", "%", "ñ", "🛒", " ", "0"};
  std::vector<Line> lines;
  for (std::size_t i = 0; i < count; ++i) {
    Line line{static_cast<std::int64_t>(random() % 997) - 500, "", ""};
    for (auto n = random() % 12; n > 0; --n) line.text += pieces[random() % pieces.size()];
    line.amount = std::to_string(static_cast<int>(random() % 2'000'001) - 1'000'000) + ".25";
    lines.push_back(line);
  }
  return lines;
}

Batch to_batch(std::vector<Line> lines) {
  const auto count = lines.size();
  return {3, count, [lines = std::move(lines)](std::size_t row, BatchRow& cells) {
            cells.add(lines[row].id);
            cells.add(lines[row].text);
            cells.add(lines[row].amount);
          }};
}

const Batch empty_batch(3, 0, {});

constexpr const char* upsert =
    "INSERT INTO t (id, texto, monto)\nVALUES (?, ?, (?))\n"
    "ON DUPLICATE KEY UPDATE texto = VALUES(texto), monto = monto + VALUES(monto)";

struct BatchFixture {
  BatchFixture() { connect(); }

  void connect() {
    connection.emplace(scratch.bot());
    scratch.admin().run(
        "CREATE OR REPLACE TABLE t (id BIGINT PRIMARY KEY, texto VARCHAR(20) CHARACTER SET utf8mb4"
        " COLLATE utf8mb4_nopad_bin NOT NULL, monto DECIMAL(30,4) NOT NULL) ENGINE=InnoDB");
  }
  std::uint64_t send(const std::vector<Line>& lines) {
    Transaction transaction(*connection, Transaction::Mode::write);
    const auto affected = connection->statement(upsert).execute_batch(to_batch(lines), {});
    transaction.commit();
    return affected;
  }
  std::vector<TextRow> content() { return scratch.admin().rows("SELECT * FROM t ORDER BY id"); }
  long counter(const std::string& name) {
    return std::stol(all_rows(*connection, "SHOW SESSION STATUS LIKE '" + name + "'").at(0).at(1));
  }

  Scratch scratch;
  std::optional<Connection> connection;
};

TEST_CASE_METHOD(BatchFixture, "a batch and its rows one by one leave the same table") {
  const auto seed = std::random_device()();
  CAPTURE(seed);
  const auto lines = random_lines(seed, 9'000);

  std::uint64_t one_by_one = 0;
  {
    Transaction transaction(*connection, Transaction::Mode::write);
    for (const auto& line : lines)
      one_by_one += connection->statement(upsert).execute_batch(to_batch({line}), {});
    transaction.commit();
  }
  const auto expected = content();
  REQUIRE(expected.size() > 900);

  connect();
  CHECK(send(lines) == one_by_one);
  CHECK(content() == expected);
}

TEST_CASE_METHOD(BatchFixture,
                 "the count of a batch is 1 for a new row, 2 for a changed, 0 for a same") {
  CHECK(send({{1, "a", "0"}, {2, "b", "0"}, {3, "c", "0"}}) == 3);
  CHECK(send({{1, "a", "0"}, {2, "b", "0"}, {3, "c", "0"}}) == 0);
  CHECK(send({{1, "a", "0"}, {2, "x", "0"}, {4, "d", "0"}}) == 3);
}

TEST_CASE_METHOD(BatchFixture, "an empty batch asks nothing of the server") {
  Statement& statement = connection->statement(upsert);
  const auto before = counter("Questions");
  CHECK(statement.execute_batch(empty_batch, {}) == 0);
  CHECK(counter("Questions") == before + 1);  // the question itself
}

TEST_CASE_METHOD(BatchFixture, "a batch takes one round trip for max_rows rows") {
  const auto lines = random_lines(1, 1'001);
  Statement& statement = connection->statement(upsert);
  counter("Questions");
  const auto questions = [&](const BatchOptions& options) {
    const auto before = counter("Questions");
    statement.execute_batch(to_batch(lines), options);
    return counter("Questions") - before - 1;
  };
  CHECK(questions({}) == 1);
  CHECK(questions({.max_rows = 500}) == 3);
  CHECK(questions({.max_rows = 1'001}) == 1);
  CHECK(questions({.max_rows = 0}) == 1'001);
}

TEST_CASE("a batch stays below a small max_allowed_packet, however unequal its rows are") {
  const auto packet = GENERATE("2048", "16384", "65536");
  CAPTURE(packet);
  const GlobalVariable small(Place::local, "max_allowed_packet", packet);
  Scratch scratch;
  scratch.admin().run("CREATE TABLE t (id INT PRIMARY KEY, texto TEXT NOT NULL)");
  Connection connection(scratch.bot());
  const Batch batch(2, 3'000, [](std::size_t row, BatchRow& cells) {
    cells.add(static_cast<std::int64_t>(row));
    cells.add(std::string(row < 2'500 ? 1 : 1'000, 'x'));
  });
  Statement& statement = connection.statement("INSERT INTO t (id, texto)\nVALUES (?, ?)");
  CHECK(statement.execute_batch(batch, {}) == 3'000);
  CHECK(scratch.admin().row("SELECT COUNT(*), SUM(LENGTH(texto)) FROM t") ==
        TextRow{"3000", "502500"});
}

TEST_CASE_METHOD(BatchFixture,
                 "one bad row fails the whole batch, and the statement goes on to serve") {
  auto lines = random_lines(1, 100);
  lines[57].text = std::string(21, 'x');
  const auto error = error_of([&] { send(lines); });
  CHECK(error.db_errno() == 1406);
  CHECK(error.error_class() == ErrorClass::permanent);
  CHECK(error.cause() == ErrorCause::data);
  CHECK(content().empty());
  CHECK_FALSE(connection->broken());
  CHECK(send({{1, "a", "1"}, {2, "b", "1"}}) == 2);
  CHECK(send({{3, "c", "1"}}) == 1);
}

TEST_CASE_METHOD(BatchFixture, "a batch may delete, too") {
  send({{1, "a", "1"}, {2, "b", "1"}, {3, "c", "1"}, {4, "d", "1"}});
  const std::vector<std::pair<std::int64_t, std::string>> keys{{1, "a"}, {2, "z"}, {4, "d"}};
  const Batch batch(2, keys.size(), [&](std::size_t row, BatchRow& cells) {
    cells.add(keys[row].first);
    cells.add(keys[row].second);
  });
  CHECK(
      connection->statement("DELETE FROM t WHERE id = ? AND texto = ?").execute_batch(batch, {}) ==
      2);
  CHECK(content() == std::vector<TextRow>{{"2", "b", "1.0000"}, {"3", "c", "1.0000"}});
}

TEST_CASE_METHOD(BatchFixture, "integers and texts arrive exactly, at their limits too") {
  const auto low = std::numeric_limits<std::int64_t>::min();
  const auto high = std::numeric_limits<std::int64_t>::max();
  send({{low, std::string("a\0b", 3), "0"}, {0, "", "0"}, {high, "🛒 ", "99999999999999.9999"}});
  CHECK(scratch.admin().rows("SELECT id, HEX(texto), monto FROM t ORDER BY id") ==
        std::vector<TextRow>{{"-9223372036854775808", "610062", "0.0000"},
                             {"0", "", "0.0000"},
                             {"9223372036854775807", "F09F9B9220", "99999999999999.9999"}});
}

TEST_CASE_METHOD(BatchFixture, "a row that is not like the first is refused, and nothing is sent") {
  const auto fills = GENERATE(values<Batch::Fill>({
      [](std::size_t, BatchRow& cells) { cells.add(std::int64_t{1}); },
      [](std::size_t row, BatchRow& cells) {
        cells.add(std::int64_t{1});
        row < 2 ? cells.add("a") : cells.add(std::int64_t{2});
        cells.add("1");
      },
      [](std::size_t, BatchRow& cells) {
        for (int i = 0; i < 4; ++i) cells.add("1");
      },
  }));
  CHECK_THROWS_AS(connection->statement(upsert).execute_batch(Batch(3, 5, fills), {}),
                  std::exception);
  CHECK(content().empty());
  CHECK_FALSE(connection->broken());
}

TEST_CASE_METHOD(BatchFixture, "an error while a row is asked for reaches the caller as it is") {
  std::size_t asked = 0;
  const Batch batch(3, 5, [&](std::size_t row, BatchRow& cells) {
    if (++asked > 5 + 3) throw std::out_of_range("the row is gone");  // measured, then sent
    cells.add(static_cast<std::int64_t>(row));
    cells.add("a");
    cells.add("1");
  });
  CHECK_THROWS_AS(connection->statement(upsert).execute_batch(batch, {}), std::out_of_range);
  CHECK(content().empty());
  CHECK(send({{1, "a", "1"}}) == 1);
}

}  // namespace
}  // namespace consolidador::test
