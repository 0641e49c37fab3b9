// SPDX-License-Identifier: MIT
#include "lib/db/connection.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <stdexcept>
#include <thread>

#include "lib/db/interrupter.hpp"
#include "tests/integration/fixture.hpp"
#include "tests/support/catch.hpp"

namespace consolidador::test {
namespace {

/// A TCP port of 127.0.0.1 that this test holds.
class Port {
 public:
  /// Listening, it accepts connections (the kernel does) and never says a word.
  explicit Port(bool listening) : descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    const bool bound = ::bind(descriptor_, generic, size) == 0 &&
                       ::getsockname(descriptor_, generic, &size) == 0 &&
                       (!listening || ::listen(descriptor_, 8) == 0);
    if (!bound) throw std::runtime_error("no port of 127.0.0.1 to be had");
    number_ = ntohs(address.sin_port);
  }
  ~Port() { ::close(descriptor_); }
  Port(const Port&) = delete;
  Port& operator=(const Port&) = delete;

  std::uint16_t number() const { return number_; }
  int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
  std::uint16_t number_ = 0;
};

/// A server that takes its time with the greeting: a byte each tenth of a second, whatever comes.
class Dribbler {
 public:
  Dribbler() : thread_([this] { dribble(); }) {}
  ~Dribbler() {
    ended_ = true;
    ::shutdown(port_.descriptor(), SHUT_RDWR);
    thread_.join();
  }
  std::uint16_t port() const { return port_.number(); }
  std::size_t sent() const { return sent_; }
  static constexpr std::size_t greeting = 250;

 private:
  void dribble() {
    const int client = ::accept(port_.descriptor(), nullptr, nullptr);
    const std::string packet = std::string("\xf6\0\0\0\n", 5) + std::string(greeting - 5, 'x');
    for (const char& byte : packet) {
      if (ended_ || ::send(client, &byte, 1, MSG_NOSIGNAL) != 1) break;
      ++sent_;
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    ::close(client);
  }

  Port port_{true};
  std::atomic<std::size_t> sent_{0};
  std::atomic<bool> ended_{false};
  std::thread thread_;
};

DbError connect_error(const ConnectOptions& options) {
  return error_of([&] { Connection{options}; });
}

/// What every message owes the technician.
void check_message(const DbError& error, const std::string& endpoint, const std::string& remedy) {
  const std::string text = error.what();
  CAPTURE(text);
  CHECK(error.operation() == "connect");
  CHECK(error.endpoint() == endpoint);
  CHECK(text.starts_with(endpoint + ": connect: "));
  CHECK(text.find(remedy) != std::string::npos);
  CHECK(text.find(bot_password) == std::string::npos);
  CHECK(text.find('\n') == std::string::npos);
}

std::string tcp_endpoint(const ConnectOptions& options) {
  return options.name + " (127.0.0.1:" + std::to_string(options.port) + ")";
}

TEST_CASE("a session speaks utf8mb4, compares binary, lives in UTC and refuses what does not fit") {
  const auto place = GENERATE(Place::pos, Place::local, Place::vps);
  Connection connection(bot_options(place));
  CHECK(value(connection, "SELECT @@character_set_client") == "utf8mb4");
  CHECK(value(connection, "SELECT @@character_set_connection") == "utf8mb4");
  CHECK(value(connection, "SELECT @@character_set_results") == "utf8mb4");
  CHECK(value(connection, "SELECT @@collation_connection") == "utf8mb4_bin");
  CHECK(value(connection, "SELECT @@time_zone") == "+00:00");
  CHECK(value(connection, "SELECT TIMEDIFF(NOW(), UTC_TIMESTAMP())") == "00:00:00");
  CHECK(value(connection, "SELECT @@sql_mode") ==
        "STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION");
}

TEST_CASE("a session for the POS keeps the server's time zone") {
  auto options = bot_options(Place::pos);
  options.own_time_zone = true;
  Connection connection(options);
  CHECK(value(connection, "SELECT @@time_zone = @@global.time_zone") == "1");
  CHECK(value(connection, "SELECT TIMEDIFF(NOW(), UTC_TIMESTAMP())") ==
        Admin(Place::pos)
            .value("SELECT TIMEDIFF(CONVERT_TZ(UTC_TIMESTAMP(), '+00:00', "
                   "@@global.time_zone), UTC_TIMESTAMP())"));
}

TEST_CASE("a reader keeps its snapshot and a writer sees what others commit") {
  auto options = bot_options(Place::local);
  options.kind = SessionKind::reader;
  Connection reader(options);
  CHECK(value(reader, "SELECT @@tx_isolation") == "REPEATABLE-READ");
  options.kind = SessionKind::writer;
  Connection writer(options);
  CHECK(value(writer, "SELECT @@tx_isolation") == "READ-COMMITTED");
}

TEST_CASE("no wait on the server is without end") {
  auto options = bot_options(Place::local);
  options.statement_timeout = std::chrono::seconds(7);
  Connection connection(options);
  CHECK(value(connection, "SELECT @@max_statement_time") == "7");
  CHECK(std::stoi(value(connection, "SELECT @@lock_wait_timeout")) <= 60);
  CHECK(std::stoi(value(connection, "SELECT @@innodb_lock_wait_timeout")) <= 60);
}

TEST_CASE("a server that falls silent in a statement is given up after the read time-out") {
  auto options = root_options(Place::local);
  options.read_timeout = std::chrono::seconds(1);
  Connection connection(options);
  const auto error = error_of([&] { value(connection, "SELECT SLEEP(3600)"); });
  CHECK((error.db_errno() == 2013 || error.db_errno() == 2006));
  CHECK(error.error_class() == ErrorClass::transient);
  CHECK(error.cause() == ErrorCause::link);
  CHECK(connection.broken());
}

TEST_CASE("a connection knows how large its server's packets may be") {
  const GlobalVariable packet(Place::vps, "max_allowed_packet", "65536");
  const Connection small(bot_options(Place::vps));
  CHECK(small.max_packet() == 65'536);
}

TEST_CASE("the protocol is compressed when it is asked for") {
  auto options = bot_options(Place::vps);
  for (const bool compression : {false, true}) {
    options.compression = compression;
    Connection connection(options);
    CHECK(value(connection,
                "SELECT VARIABLE_VALUE FROM information_schema.SESSION_STATUS"
                " WHERE VARIABLE_NAME = 'COMPRESSION'") == (compression ? "ON" : "OFF"));
  }
}

TEST_CASE("a connection over the socket needs neither host nor port") {
  auto options = root_options(Place::local);
  options.host = "no-existe.invalid";
  options.port = 1;
  Connection connection(options);
  CHECK(value(connection, "SELECT SUBSTRING_INDEX(USER(), '@', 1)") == "root");
  CHECK(connection.endpoint() == "local (" + options.socket.string() + ")");
}

TEST_CASE("localhost with a port means TCP, not the machine's usual socket") {
  auto options = bot_options(Place::vps);
  options.host = "localhost";
  Connection connection(options);
  CHECK(value(connection, "SELECT @@port") == std::to_string(options.port));
}

TEST_CASE("a wrong password is a matter of rights") {
  auto options = bot_options(Place::vps);
  options.password = Secret("otra-clave");
  const auto error = connect_error(options);
  CHECK(error.db_errno() == 1045);
  CHECK(error.sqlstate() == "28000");
  CHECK(error.error_class() == ErrorClass::permanent);
  CHECK(error.cause() == ErrorCause::rights);
  check_message(error, tcp_endpoint(options), "check user and password");
  CHECK(std::string(error.what()).find("otra-clave") == std::string::npos);
}

TEST_CASE("an unknown database is a matter of the schema") {
  const auto options = root_options(Place::vps, "no_existe");
  const auto error = connect_error(options);
  CHECK(error.db_errno() == 1049);
  CHECK(error.error_class() == ErrorClass::permanent);
  CHECK(error.cause() == ErrorCause::schema);
  check_message(error, "vps (" + options.socket.string() + ")", "create the database");
}

TEST_CASE("a database that the account may not see is a matter of rights") {
  const auto options = bot_options(Place::vps, "mysql");
  const auto error = connect_error(options);
  CHECK(error.db_errno() == 1044);
  CHECK(error.error_class() == ErrorClass::permanent);
  CHECK(error.cause() == ErrorCause::rights);
  check_message(error, tcp_endpoint(options), "rights");
}

TEST_CASE("a refused port passes by itself") {
  const Port closed(false);
  auto options = bot_options(Place::vps);
  options.port = closed.number();
  const auto error = connect_error(options);
  CHECK((error.db_errno() == 2002 || error.db_errno() == 2003));
  CHECK(error.error_class() == ErrorClass::transient);
  CHECK(error.cause() == ErrorCause::link);
  check_message(error, tcp_endpoint(options), "check that the server runs");
}

TEST_CASE("a socket that is not there passes by itself") {
  auto options = root_options(Place::local);
  options.socket = "/no/existe.sock";
  const auto error = connect_error(options);
  CHECK(error.db_errno() == 2002);
  CHECK(error.error_class() == ErrorClass::transient);
  CHECK(error.cause() == ErrorCause::link);
  check_message(error, "local (/no/existe.sock)", "check that the server runs");
}

TEST_CASE("a host name that does not resolve passes by itself") {
  auto options = bot_options(Place::vps);
  options.host = "no-existe.invalid";
  const auto error = connect_error(options);
  CHECK(error.db_errno() == 2005);
  CHECK(error.error_class() == ErrorClass::transient);
  CHECK(error.cause() == ErrorCause::link);
  check_message(error, "vps (no-existe.invalid:" + std::to_string(options.port) + ")",
                "check the host name");
}

TEST_CASE(
    "a server that never greets is given up after the connect time-out, not the read time-out") {
  const Port silent(true);
  auto options = bot_options(Place::vps);
  options.port = silent.number();
  options.connect_timeout = std::chrono::seconds(1);
  options.read_timeout = std::chrono::seconds(86'400);
  const auto error = connect_error(options);
  CHECK((error.db_errno() == 2002 || error.db_errno() == 2003 || error.db_errno() == 2013));
  CHECK(error.error_class() == ErrorClass::transient);
  CHECK(error.cause() == ErrorCause::link);
  check_message(error, tcp_endpoint(options), "check that the server runs");
}

TEST_CASE("the connect time-out does not shorten the statements that follow") {
  auto options = root_options(Place::local);
  options.connect_timeout = std::chrono::seconds(1);
  options.read_timeout = std::chrono::seconds(86'400);
  Connection connection(options);
  CHECK(value(connection, "SELECT SLEEP(2.2)") == "0");
}

TEST_CASE("TLS that is required is not given up for a server without it") {
  auto options = bot_options(Place::vps);
  options.tls.required = true;
  const auto error = connect_error(options);
  CHECK(error.db_errno() == 2026);
  CHECK(error.error_class() == ErrorClass::permanent);
  CHECK(error.cause() == ErrorCause::configuration);
  check_message(error, tcp_endpoint(options), "offers no TLS");
}

TEST_CASE("a failed connection leaves others of the same thread alone") {
  Connection healthy(bot_options(Place::local));
  auto options = bot_options(Place::vps);
  options.tls.required = true;
  connect_error(options);
  CHECK(value(healthy, "SELECT 1") == "1");
}

TEST_CASE("the statements of a connection are prepared when it opens") {
  Scratch scratch;
  auto options = scratch.bot();
  options.statements = {"SELECT 1", "-- why\nSELECT 2 FROM no_hay"};
  const auto error = error_of([&] { Connection{options}; });
  CHECK(error.db_errno() == 1146);
  CHECK(error.cause() == ErrorCause::schema);
  CHECK(error.operation() == "SELECT 2 FROM no_hay");
  CHECK_THAT(error.what(), contains("run the scripts of sql/"));
}

TEST_CASE("a statement for a newer schema may lack a column, but nothing else") {
  Scratch scratch;
  scratch.admin().run("CREATE TABLE t (a INT)");
  auto options = scratch.bot();
  options.newer_statements = {"SELECT a, b FROM t"};
  Connection connection(options);
  CHECK(value(connection, "SELECT COUNT(*) FROM t") == "0");
  CHECK(error_of([&] { connection.statement("SELECT a, b FROM t"); }).column_missing());
  options.newer_statements = {"SELECT a, b FROM no_hay"};
  CHECK(error_of([&] { Connection{options}; }).db_errno() == 1146);
}

TEST_CASE("a greeting that dribbles is not waited for to its end") {
  const Dribbler server;
  auto options = bot_options(Place::vps);
  options.port = server.port();
  options.connect_timeout = std::chrono::seconds(1);  // no silence is so long
  const auto error = connect_error(options);
  CHECK(error.operation() == "connect");
  CHECK(error.retryable());
  CHECK(server.sent() < Dribbler::greeting);
}

TEST_CASE("whoever interrupts a thread ends its handshake, too") {
  const Dribbler server;
  auto options = bot_options(Place::vps);
  options.port = server.port();
  options.connect_timeout = std::chrono::seconds(600);
  Interrupter interrupter;
  std::thread deadline([&] {
    while (server.sent() < 5) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    interrupter.interrupt();
  });
  const Interrupter::Scope scope(interrupter);
  const auto error = connect_error(options);
  deadline.join();
  CHECK(error.retryable());
  CHECK(server.sent() < Dribbler::greeting);
}

TEST_CASE("a ping tells a live connection from one that the server has ended") {
  Connection connection(bot_options(Place::local));
  Admin admin(Place::local);
  CHECK(connection.ping());
  CHECK_FALSE(connection.broken());
  admin.run("KILL " + connection_id(connection));
  CHECK_FALSE(connection.ping());
  CHECK(connection.broken());
  CHECK_FALSE(connection.ping());
}

}  // namespace
}  // namespace consolidador::test
