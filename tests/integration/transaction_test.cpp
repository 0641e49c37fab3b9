// SPDX-License-Identifier: MIT
#include "lib/db/transaction.hpp"

#include "tests/integration/fixture.hpp"
#include "tests/support/catch.hpp"

namespace consolidador::test {
namespace {

struct TransactionFixture {
  TransactionFixture() {
    scratch.admin().run("CREATE TABLE t (v INT PRIMARY KEY) ENGINE=InnoDB");
    connection.emplace(scratch.bot());
  }
  void insert(int value) {
    connection->execute("INSERT INTO t VALUES (" + std::to_string(value) + ")", DbPhase::write);
  }
  std::string count() { return scratch.admin().value("SELECT COUNT(*) FROM t"); }
  void kill() { scratch.admin().run("KILL " + id); }

  Scratch scratch;
  std::optional<Connection> connection;
  std::string id;
};

TEST_CASE_METHOD(TransactionFixture, "a transaction is rolled back unless it is committed") {
  {
    const Transaction transaction(*connection, Transaction::Mode::write);
    insert(1);
    CHECK(value(*connection, "SELECT COUNT(*) FROM t") == "1");
  }
  CHECK(count() == "0");
  CHECK_FALSE(connection->broken());
  insert(2);
  CHECK(count() == "1");
}

TEST_CASE_METHOD(TransactionFixture, "nobody sees a transaction before its commit") {
  Transaction transaction(*connection, Transaction::Mode::write);
  insert(1);
  CHECK(count() == "0");
  transaction.commit();
  CHECK(count() == "1");
}

TEST_CASE_METHOD(TransactionFixture, "a committed transaction stays when its object goes") {
  {
    Transaction transaction(*connection, Transaction::Mode::write);
    insert(1);
    transaction.commit();
    insert(2);
  }
  CHECK(count() == "2");
}

TEST_CASE_METHOD(TransactionFixture,
                 "a statement that fails leaves the decision to the transaction") {
  {
    Transaction transaction(*connection, Transaction::Mode::write);
    insert(1);
    CHECK(error_of([&] { insert(1); }).db_errno() == 1062);
    insert(2);
  }
  CHECK(count() == "0");
}

TEST_CASE_METHOD(TransactionFixture, "a snapshot sees nothing that comes later, in any table") {
  scratch.admin().run("CREATE TABLE otra (v INT) ENGINE=InnoDB");
  Connection reader(scratch.bot(SessionKind::reader));
  {
    const Transaction snapshot(reader, Transaction::Mode::snapshot);
    scratch.admin().run("INSERT INTO t VALUES (1)");
    scratch.admin().run("INSERT INTO otra VALUES (1)");
    CHECK(value(reader, "SELECT COUNT(*) FROM t") == "0");
    CHECK(value(reader, "SELECT COUNT(*) FROM otra") == "0");
  }
  CHECK(value(reader, "SELECT COUNT(*) FROM t") == "1");
}

TEST_CASE_METHOD(TransactionFixture, "a snapshot cannot write") {
  const Transaction snapshot(*connection, Transaction::Mode::snapshot);
  CHECK(error_of([&] { insert(1); }).db_errno() == 1792);
}

TEST_CASE_METHOD(TransactionFixture,
                 "a writable snapshot sees one instant, and keeps what was written when told to") {
  auto options = scratch.bot(SessionKind::reader);
  Connection reader(options);
  for (const bool keep : {false, true}) {
    Transaction snapshot(reader, Transaction::Mode::writable_snapshot);
    const auto before = value(reader, "SELECT COUNT(*) FROM t");
    scratch.admin().run("INSERT INTO t VALUES (" + std::to_string(keep ? 11 : 10) + ")");
    CHECK(value(reader, "SELECT COUNT(*) FROM t") == before);
    reader.execute("INSERT INTO t VALUES (" + std::to_string(keep ? 21 : 20) + ")", DbPhase::read);
    if (keep) snapshot.commit();
  }
  CHECK(value(reader, "SELECT GROUP_CONCAT(v ORDER BY v) FROM t") == "10,11,21");
}

TEST_CASE_METHOD(TransactionFixture,
                 "a connection killed in the middle takes the transaction with it") {
  id = connection_id(*connection);
  {
    const Transaction transaction(*connection, Transaction::Mode::write);
    insert(1);
    kill();
    const auto error = error_of([&] { insert(2); });
    CHECK(error.error_class() == ErrorClass::transient);
    CHECK(error.cause() == ErrorCause::link);
    CHECK(connection->broken());
  }
  CHECK(count() == "0");
}

TEST_CASE_METHOD(TransactionFixture, "a connection lost in COMMIT leaves the outcome in doubt") {
  id = connection_id(*connection);
  Transaction transaction(*connection, Transaction::Mode::write);
  insert(1);
  kill();
  const auto error = error_of([&] { transaction.commit(); });
  CHECK(error.error_class() == ErrorClass::in_doubt);
  CHECK(error.cause() == ErrorCause::link);
  CHECK(error.operation() == "COMMIT");
  CHECK(error.retryable());
  CHECK(connection->broken());
}

TEST_CASE_METHOD(TransactionFixture,
                 "a rollback that fails breaks the connection and throws nothing") {
  id = connection_id(*connection);
  {
    const Transaction transaction(*connection, Transaction::Mode::write);
    insert(1);
    kill();
  }
  CHECK(connection->broken());
  CHECK(count() == "0");
}

TEST_CASE_METHOD(TransactionFixture, "a transaction that cannot begin is transient") {
  id = connection_id(*connection);
  kill();
  const auto error = error_of([&] { Transaction{*connection, Transaction::Mode::write}; });
  CHECK(error.error_class() == ErrorClass::transient);
}

}  // namespace
}  // namespace consolidador::test
