// SPDX-License-Identifier: MIT
#include "lib/db/pool.hpp"

#include <atomic>
#include <optional>
#include <thread>

#include "lib/db/patience.hpp"
#include "tests/integration/fixture.hpp"
#include "tests/support/catch.hpp"

namespace consolidador::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

PoolOptions options(std::size_t size, milliseconds acquire = milliseconds(60'000)) {
  PoolOptions pool;
  pool.size = size;
  pool.acquire = acquire;
  return pool;
}

TEST_CASE("a connection that comes back is lent again, not opened anew") {
  Pool pool(bot_options(Place::local), options(2));
  CHECK(pool.opened() == 0);
  std::string id;
  for (int i = 0; i < 5; ++i) {
    const auto lease = pool.acquire();
    if (i == 0) id = connection_id(*lease);
    CHECK(connection_id(*lease) == id);
    CHECK(pool.idle() == 0);
  }
  CHECK(pool.opened() == 1);
  CHECK(pool.idle() == 1);
}

TEST_CASE("a lease is the only user of its connection") {
  Pool pool(bot_options(Place::local), options(2));
  const auto first = pool.acquire();
  const auto second = pool.acquire();
  CHECK(connection_id(*first) != connection_id(*second));
}

TEST_CASE("a lease that was moved from gives nothing back") {
  Pool pool(bot_options(Place::local), options(1));
  {
    auto first = pool.acquire();
    const auto second = std::move(first);
    CHECK(value(*second, "SELECT 1") == "1");
  }
  CHECK(pool.idle() == 1);
  pool.acquire();
  CHECK(pool.opened() == 1);
}

TEST_CASE(
    "who has more patience gets a connection with more time, kept for the next who has as much") {
  constexpr const char* limit = "SELECT CAST(@@max_statement_time AS UNSIGNED)";
  Pool pool(bot_options(Place::local), options(2));
  const auto usual = connection_id(*pool.acquire());
  std::string patient;
  {
    const Patience::Scope large(seconds(400));
    const auto lease = pool.acquire();
    patient = connection_id(*lease);
    CHECK(value(*lease, limit) == "400");
  }
  {
    const Patience::Scope small(seconds(1));
    const auto lease = pool.acquire();
    CHECK(connection_id(*lease) == usual);
    CHECK(value(*lease, limit) == "50");
  }
  const Patience::Scope large(seconds(400));
  CHECK(connection_id(*pool.acquire()) == patient);
  CHECK(pool.opened() == 2);
}

TEST_CASE("a connection for other patience takes the place of one that rests") {
  Pool pool(bot_options(Place::local), options(1));
  pool.acquire();
  {
    const Patience::Scope large(seconds(400));
    pool.acquire();
    CHECK(pool.idle() == 1);
  }
  pool.acquire();
  CHECK(pool.idle() == 1);
  CHECK(pool.opened() == 3);
}

TEST_CASE("who waits too long for a connection is told to raise pool.size") {
  Pool pool(bot_options(Place::vps), options(1, milliseconds(1)));
  const auto lease = pool.acquire();
  try {
    pool.acquire();
    FAIL("a second connection was lent");
  } catch (const Error& error) {
    CHECK(error.error_class() == ErrorClass::transient);
    CHECK(error.cause() == ErrorCause::server);
    CHECK_THAT(error.what(), contains(pool.endpoint()) && contains("pool.size"));
  }
  CHECK(pool.opened() == 1);
}

/// `bot`'s account on both servers, as two hosts of one database.
ConnectOptions two_hosts() {
  auto options = bot_options(Place::local);
  options.other_hosts = {{"127.0.0.1", bot_options(Place::vps).port}};
  return options;
}

std::string port_of(const Pool::Lease& lease) {
  return value(*lease, "SELECT @@port");
}

std::string port_of(Place place) {
  return std::to_string(bot_options(place).port);
}

TEST_CASE("of several hosts the first that can be reached is used") {
  auto connect = two_hosts();
  CHECK(port_of(Pool(connect, options(1)).acquire()) == port_of(Place::local));
  connect.port = 1;
  CHECK(port_of(Pool(connect, options(1)).acquire()) == port_of(Place::vps));
}

TEST_CASE("after a link has broken its host is left alone for a while") {
  Pool pool(two_hosts(), options(1));
  pool.acquire()->mark_broken();
  CHECK(port_of(pool.acquire()) == port_of(Place::vps));
  pool.acquire()->mark_broken();
  CHECK(port_of(pool.acquire()) == port_of(Place::local));
}

TEST_CASE("what a node that became read-only refuses goes elsewhere") {
  const GlobalVariable read_only(Place::local, "read_only", "1");
  Pool pool(two_hosts(), options(1));
  const auto error = error_of(
      [&] { pool.acquire()->execute("CREATE TABLE superpos.no (i INT)", DbPhase::write); });
  CHECK(error.db_errno() == 1290);
  CHECK(port_of(pool.acquire()) == port_of(Place::vps));
}

TEST_CASE("of several hosts of which none answers each is named") {
  auto connect = two_hosts();
  connect.port = 1;
  connect.other_hosts = {{"127.0.0.1", 2}, {"127.0.0.1", 3}};
  try {
    Pool(connect, options(1)).acquire();
    FAIL("a connection was lent");
  } catch (const Error& error) {
    CHECK(error.cause() == ErrorCause::link);
    CHECK(error.retryable());
    for (const auto* host : {"127.0.0.1:1)", "127.0.0.1:2)", "127.0.0.1:3)"})
      CHECK_THAT(error.what(), contains(host));
  }
}

TEST_CASE("a wrong password is not tried on every host") {
  auto connect = two_hosts();
  connect.password = Secret("otra");
  const auto error = error_of([&] { Pool(connect, options(1)).acquire(); });
  CHECK(error.db_errno() == 1045);
}

TEST_CASE("a wait that ran out takes no place") {
  Pool pool(bot_options(Place::vps), options(1, milliseconds(0)));
  {
    const auto lease = pool.acquire();
    for (int i = 0; i < 3; ++i) CHECK_THROWS_AS(pool.acquire(), Error);
  }
  CHECK_NOTHROW(pool.acquire());
}

TEST_CASE("who waits gets the connection that comes back") {
  Pool pool(bot_options(Place::local), options(1));
  std::optional<Pool::Lease> lease(pool.acquire());
  const auto id = connection_id(**lease);
  std::string got;
  std::thread waiter([&] { got = connection_id(*pool.acquire()); });
  lease.reset();
  waiter.join();
  CHECK(got == id);
  CHECK(pool.opened() == 1);
}

TEST_CASE("a connection that was used up is replaced, and its siblings are not") {
  Pool pool(bot_options(Place::local), options(2));
  {
    const auto first = pool.acquire();
    const auto second = pool.acquire();
    first->mark_used_up();
  }
  CHECK(pool.idle() == 1);
  { const auto third = pool.acquire(); }
  CHECK(pool.opened() == 2);
}

TEST_CASE("a connection over max_age is replaced") {
  auto old = options(1);
  old.max_age = seconds(0);
  Pool pool(bot_options(Place::local), old);
  pool.acquire();
  CHECK(pool.idle() == 0);
  pool.acquire();
  CHECK(pool.opened() == 2);
}

TEST_CASE("a connection that the server ended while it rested is replaced unnoticed") {
  auto checking = options(1);
  checking.idle_check = seconds(0);
  Pool pool(bot_options(Place::local), checking);
  Admin admin(Place::local);
  const auto id = connection_id(*pool.acquire());
  admin.run("KILL " + id);
  const auto lease = pool.acquire();
  CHECK(value(*lease, "SELECT 1") == "1");
  CHECK(pool.opened() == 2);
}

TEST_CASE("a connection that rested is kept when it answers") {
  auto checking = options(1);
  checking.idle_check = seconds(0);
  Pool pool(bot_options(Place::local), checking);
  const auto id = connection_id(*pool.acquire());
  CHECK(connection_id(*pool.acquire()) == id);
}

TEST_CASE("a connection that comes back broken takes its resting siblings with it") {
  Pool pool(bot_options(Place::local), options(3));
  {
    const auto first = pool.acquire();
    const auto second = pool.acquire();
    const auto third = pool.acquire();
  }
  REQUIRE(pool.idle() == 3);
  pool.acquire()->mark_broken();
  CHECK(pool.idle() == 2);
  pool.acquire();
  CHECK(pool.opened() == 4);
  CHECK(pool.idle() == 1);
}

TEST_CASE("siblings that were out on loan at a fault are closed when they come back") {
  Pool pool(bot_options(Place::local), options(2));
  {
    const auto sibling = pool.acquire();
    pool.acquire()->mark_broken();
    CHECK(pool.idle() == 0);
  }
  CHECK(pool.idle() == 0);
  pool.acquire();
  CHECK(pool.opened() == 3);
}

TEST_CASE("two broken connections of one fault do not close what was opened after it") {
  Pool pool(bot_options(Place::local), options(2));
  {
    std::optional<Pool::Lease> late(pool.acquire());
    pool.acquire()->mark_broken();
    pool.acquire();  // opened after the fault
    (*late)->mark_broken();
    late.reset();
  }
  CHECK(pool.idle() == 1);
  pool.acquire();
  CHECK(pool.opened() == 3);
}

TEST_CASE("a link lost in use is noticed by the pool without being told") {
  Pool pool(bot_options(Place::local), options(1));
  Admin admin(Place::local);
  {
    const auto lease = pool.acquire();
    admin.run("KILL " + connection_id(*lease));
    CHECK_THROWS_AS(value(*lease, "SELECT 1"), DbError);
  }
  CHECK(pool.idle() == 0);
  CHECK(value(*pool.acquire(), "SELECT 1") == "1");
}

TEST_CASE("a server's refusal of a statement costs no connection") {
  Pool pool(bot_options(Place::local), options(1));
  CHECK_THROWS_AS(value(*pool.acquire(), "SELECT no_hay"), DbError);
  CHECK(pool.idle() == 1);
}

TEST_CASE("a connection that cannot be opened gives its place back") {
  auto wrong = bot_options(Place::local);
  wrong.password = Secret("otra");
  Pool pool(wrong, options(1, milliseconds(0)));
  for (int i = 0; i < 3; ++i)
    CHECK(error_of([&] { pool.acquire(); }).cause() == ErrorCause::rights);
  CHECK(pool.opened() == 0);
}

TEST_CASE("many threads share a few connections, each alone with its own") {
  constexpr int threads = 8, rounds = 60, size = 3;
  auto few = options(size);
  few.idle_check = seconds(0);
  Pool pool(bot_options(Place::local), few);
  std::atomic<int> lent{0}, most{0}, wrong{0};
  const auto work = [&](int thread) {
    for (int round = 0; round < rounds; ++round) {
      const auto lease = pool.acquire();
      const int now = ++lent;
      for (int seen = most; seen < now && !most.compare_exchange_weak(seen, now);) {
      }
      const auto mine = std::to_string(thread * 1'000 + round);
      if (value(*lease, "SELECT '" + mine + "'") != mine) ++wrong;
      if (round % 20 == 19) lease->mark_broken();
      --lent;
    }
  };
  std::vector<std::thread> workers;
  for (int i = 0; i < threads; ++i) workers.emplace_back(work, i);
  for (auto& worker : workers) worker.join();
  CHECK(wrong == 0);
  CHECK(most <= size);
  CHECK(pool.idle() <= size);
  CHECK(pool.opened() >= size);
}

TEST_CASE("a statement that hangs is ended from another thread and counts as a lost link") {
  Pool pool(bot_options(Place::local), options(1));
  Admin admin(Place::local);
  Interrupter interrupter;
  std::optional<DbError> error;
  std::thread worker([&] {
    const Interrupter::Scope scope(interrupter);
    const auto lease = pool.acquire();
    error = error_of([&] { value(*lease, "SELECT SLEEP(3600) AS colgado"); });
  });
  await(admin,
        "SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE INFO LIKE '%AS colgado'"
        " AND USER = 'bot'",
        "1");
  interrupter.interrupt();
  worker.join();
  CHECK(error.value().error_class() == ErrorClass::transient);
  CHECK(error.value().cause() == ErrorCause::link);
  CHECK(pool.idle() == 0);
  CHECK(value(*pool.acquire(), "SELECT 1") == "1");
}

}  // namespace
}  // namespace consolidador::test
