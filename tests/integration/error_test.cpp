// SPDX-License-Identifier: MIT
#include "lib/db/db_error.hpp"

#include <optional>
#include <thread>

#include "lib/db/transaction.hpp"
#include "tests/integration/fixture.hpp"
#include "tests/support/catch.hpp"

/// What real servers say, and what becomes of it.
namespace consolidador::test {
namespace {

struct ErrorFixture {
  ErrorFixture() {
    scratch.admin().run(
        "CREATE TABLE t (id INT PRIMARY KEY, texto VARCHAR(5) NOT NULL, n TINYINT NOT NULL,"
        " dia DATE NOT NULL DEFAULT '2000-01-01') ENGINE=InnoDB");
    scratch.admin().run("INSERT INTO t (id, texto, n) VALUES (1, 'a', 1), (2, 'b', 2)");
    connection.emplace(scratch.bot());
  }

  DbError write_error(const std::string& sql) {
    return error_of([&] { connection->statement(sql).execute({}, DbPhase::write); });
  }
  void check_usable() {
    CHECK_FALSE(connection->broken());
    CHECK(value(*connection, "SELECT 1") == "1");
  }

  Scratch scratch;
  std::optional<Connection> connection;
};

void update(Connection& connection, int id) {
  connection.execute("UPDATE t SET n = n + 1 WHERE id = " + std::to_string(id), DbPhase::write);
}

void check(const DbError& error, unsigned db_errno, ErrorClass error_class, ErrorCause cause) {
  CAPTURE(error.what());
  CHECK(error.db_errno() == db_errno);
  CHECK(error.error_class() == error_class);
  CHECK(error.cause() == cause);
}

TEST_CASE_METHOD(ErrorFixture, "of two transactions in a deadlock one is told to do it again") {
  Connection other(scratch.bot());
  std::optional<DbError> first, second;
  {
    Transaction mine(*connection, Transaction::Mode::write);
    Transaction theirs(other, Transaction::Mode::write);
    update(*connection, 1);
    update(other, 2);
    const auto attempt = [](Connection& c, Transaction& t, int id, std::optional<DbError>& error) {
      try {
        update(c, id);
        t.commit();
      } catch (const DbError& e) {
        error = e;
        c.execute("ROLLBACK", DbPhase::read);  // the other one waits for it in no case
      }
    };
    std::thread thread([&] { attempt(other, theirs, 1, second); });
    attempt(*connection, mine, 2, first);
    thread.join();
  }
  REQUIRE(first.has_value() != second.has_value());
  check(first ? *first : *second, 1213, ErrorClass::transient, ErrorCause::server);
  check_usable();
  CHECK(scratch.admin().value("SELECT SUM(n) FROM t") == "5");
}

TEST_CASE_METHOD(ErrorFixture,
                 "a lock wait is transient, and leaving the transaction undoes all of it") {
  Connection other(scratch.bot());
  const Transaction holder(other, Transaction::Mode::write);
  update(other, 1);
  connection->execute("SET innodb_lock_wait_timeout = 0", DbPhase::read);
  {
    const Transaction transaction(*connection, Transaction::Mode::write);
    update(*connection, 2);
    check(error_of([&] { update(*connection, 1); }), 1205, ErrorClass::transient,
          ErrorCause::server);
  }
  check_usable();
  CHECK(scratch.admin().value("SELECT n FROM t WHERE id = 2") == "2");
}

TEST_CASE_METHOD(ErrorFixture, "KILL QUERY ends the statement, not the connection") {
  Connection other(scratch.bot());
  const Transaction holder(other, Transaction::Mode::write);
  update(other, 1);
  const auto id = connection_id(*connection);
  std::optional<DbError> error;
  std::thread thread([&] { error = error_of([&] { update(*connection, 1); }); });
  await(
      scratch.admin(),
      "SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE INFO LIKE 'UPDATE t %' AND ID = " +
          id,
      "1");
  scratch.admin().run("KILL QUERY " + id);
  thread.join();
  check(error.value(), 1317, ErrorClass::transient, ErrorCause::server);
  check_usable();
}

TEST_CASE_METHOD(ErrorFixture,
                 "a statement over statement_timeout is transient and names the setting") {
  auto options = scratch.bot();
  options.statement_timeout = std::chrono::seconds(1);
  connection.emplace(options);
  const auto error = error_of([&] { value(*connection, "SELECT SLEEP(3600)"); });
  check(error, 1969, ErrorClass::transient, ErrorCause::server);
  CHECK_THAT(error.what(), contains("timeouts.statement"));
  check_usable();
}

TEST_CASE_METHOD(ErrorFixture, "a read-only server is transient") {
  const GlobalVariable read_only(Place::local, "read_only", "1");
  const auto error = write_error("INSERT INTO t (id, texto, n) VALUES (3, 'c', 3)");
  check(error, 1290, ErrorClass::transient, ErrorCause::server);
  CHECK_THAT(error.what(), contains("read-only"));
  check_usable();
}

struct ServerCase {
  std::string sql;
  unsigned db_errno;
  ErrorCause cause;
};

TEST_CASE_METHOD(ErrorFixture, "what does not pass by itself is permanent, with its cause") {
  const auto [sql, db_errno, cause] = GENERATE(values<ServerCase>({
      {"SELECT * FROM no_hay", 1146, ErrorCause::schema},
      {"SELECT no_hay FROM t", 1054, ErrorCause::schema},
      {"CALL no_hay(1)", 1305, ErrorCause::schema},
      {"SELEC 1", 1064, ErrorCause::schema},
      {"INSERT INTO t (id, texto) VALUES (3, 'c', 3)", 1136, ErrorCause::schema},
      {"INSERT INTO t (id, texto, n) VALUES (1, 'a', 1)", 1062, ErrorCause::data},
      {"INSERT INTO t (id, texto, n) VALUES (3, 'abcdef', 3)", 1406, ErrorCause::data},
      {"INSERT INTO t (id, texto, n) VALUES (3, 'c', 128)", 1264, ErrorCause::data},
      {"INSERT INTO t (id, texto, n) VALUES (3, 'c', 'tres')", 1366, ErrorCause::data},
      {"INSERT INTO t (id, texto, n, dia) VALUES (3, 'c', 3, '2024-02-30')", 1292,
       ErrorCause::data},
      {"INSERT INTO t (id, texto, n) VALUES (3, NULL, 3)", 1048, ErrorCause::data},
      {"INSERT INTO t (id, texto) VALUES (3, 'c')", 1364, ErrorCause::data},
  }));
  CAPTURE(sql);
  check(write_error(sql), db_errno, ErrorClass::permanent, cause);
  check_usable();
  CHECK(scratch.admin().value("SELECT COUNT(*) FROM t") == "2");
}

TEST_CASE_METHOD(ErrorFixture, "a procedure with other parameters is a matter of the schema") {
  scratch.admin().run("CREATE PROCEDURE p(a INT) DO 0");
  check(write_error("CALL p(1, 2)"), 1318, ErrorClass::permanent, ErrorCause::schema);
}

TEST_CASE_METHOD(ErrorFixture,
                 "an error that a trigger or procedure raises is a matter of the data") {
  scratch.admin().run(
      "CREATE PROCEDURE p() SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no se acepta'");
  const auto error = write_error("CALL p()");
  check(error, 1644, ErrorClass::permanent, ErrorCause::data);
  CHECK(error.sqlstate() == "45000");
  CHECK_THAT(error.what(), contains("no se acepta"));
}

TEST_CASE_METHOD(ErrorFixture, "what the account may not do is a matter of rights") {
  scratch.admin().run("CREATE PROCEDURE p() DO 0");
  scratch.admin().run("CREATE OR REPLACE USER pobre@'%' IDENTIFIED BY 's3creto-prueba'");
  scratch.admin().run("GRANT SELECT (id) ON pruebas.t TO pobre@'%'");
  auto options = scratch.bot();
  options.user = "pobre";
  connection.emplace(options);
  check(write_error("DELETE FROM t"), 1142, ErrorClass::permanent, ErrorCause::rights);
  check(write_error("SELECT texto FROM t"), 1143, ErrorClass::permanent, ErrorCause::rights);
  check(write_error("CALL p()"), 1370, ErrorClass::permanent, ErrorCause::rights);
  check(write_error("SET GLOBAL max_connections = 1"), 1227, ErrorClass::permanent,
        ErrorCause::rights);
  check_usable();
  scratch.admin().run("DROP USER pobre@'%'");
}

TEST_CASE("an account without connections left is transient") {
  Admin admin(Place::local);
  admin.run(
      "CREATE OR REPLACE USER uno@'%' IDENTIFIED BY 's3creto-prueba' WITH MAX_USER_CONNECTIONS 1");
  auto options = bot_options(Place::local);
  options.user = "uno";
  {
    const Connection only(options);
    const auto error = error_of([&] { Connection{options}; });
    CHECK((error.db_errno() == 1203 || error.db_errno() == 1226));
    CHECK(error.error_class() == ErrorClass::transient);
    CHECK(error.cause() == ErrorCause::server);
  }
  admin.run("DROP USER uno@'%'");
}

TEST_CASE("a locked account is a matter of rights") {
  Admin admin(Place::local);
  admin.run("CREATE OR REPLACE USER cerrado@'%' IDENTIFIED BY 's3creto-prueba' ACCOUNT LOCK");
  auto options = bot_options(Place::local);
  options.user = "cerrado";
  check(error_of([&] { Connection{options}; }), 4151, ErrorClass::permanent, ErrorCause::rights);
  admin.run("DROP USER cerrado@'%'");
}

}  // namespace
}  // namespace consolidador::test
