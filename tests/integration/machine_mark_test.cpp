// SPDX-License-Identifier: MIT
#include <future>
#include <optional>

#include "lib/store/aggregate_target.hpp"
#include "lib/store/endpoint.hpp"
#include "lib/store/machine.hpp"
#include "tests/integration/fixture.hpp"
#include "tests/support/catch.hpp"

namespace consolidador::test {
namespace {

constexpr std::int32_t branch = 99;
const Machine mine{std::string(32, 'a'), "caja-1"};
const Machine other{std::string(32, 'b'), "caja-2"};

std::string refusal(const std::function<void()>& work) {
  try {
    work();
  } catch (const OtherMachine& error) {
    CHECK(error.error_class() == ErrorClass::permanent);
    CHECK(error.cause() == ErrorCause::configuration);
    return error.what();
  }
  return "";
}

struct MarkFixture {
  explicit MarkFixture(bool old_schema = false) {
    if (old_schema)
      aggregate.admin().run(
          "ALTER TABLE EstadoSucursales DROP COLUMN Maquina, DROP COLUMN Equipo,"
          " DROP COLUMN DiasRetenidos, DROP COLUMN DiasArchivados");
    pool.emplace(options(), PoolOptions{});
    target.emplace(*pool, branch, BatchOptions{});
  }

  /// As the programs connect.
  ConnectOptions options() {
    const auto bot = aggregate.bot();
    Endpoint endpoint;
    endpoint.host = bot.host;
    endpoint.port = bot.port;
    endpoint.user = bot.user;
    endpoint.password = bot.password;
    endpoint.database = bot.database;
    endpoint.tls.required = false;
    return target_connection({}, endpoint, "vps");
  }
  TextRow mark() { return aggregate.admin().row("SELECT Maquina, Equipo FROM EstadoSucursales"); }
  /// The last contact lies far back, as if of a service of this version.
  void age(const std::string& version) {
    aggregate.admin().run(
        "UPDATE EstadoSucursales SET UltimoContacto = '2001-02-03 04:05:06.789', Version = '" +
        version + "'");
  }
  bool aged() {
    return aggregate.admin().value("SELECT UltimoContacto < '2002-01-01' FROM EstadoSucursales") ==
           "1";
  }

  Aggregate aggregate;
  std::optional<Pool> pool;
  std::optional<AggregateTarget> target;
};

struct OldSchema : MarkFixture {
  OldSchema() : MarkFixture(true) {}
  Admin& admin() { return aggregate.admin(); }
};

TEST_CASE_METHOD(MarkFixture, "the first machine leaves its mark, and may come again") {
  CHECK_NOTHROW(target->check_claim(mine));
  CHECK(aggregate.admin().value("SELECT COUNT(*) FROM EstadoSucursales") == "0");
  target->claim(mine, false);
  CHECK(mark() == TextRow{mine.id, "caja-1"});
  CHECK(aggregate.admin().row("SELECT IdSucursal, Salud, Version, DiasPendientes"
                              " FROM EstadoSucursales") == TextRow{"99", "ok", "", "0"});
  CHECK_NOTHROW(target->claim(mine, false));
  CHECK_NOTHROW(target->check_claim(mine));
}

TEST_CASE_METHOD(MarkFixture, "another machine is refused with the way out, and leaves nothing") {
  target->claim(mine, false);
  age("0.2.0");
  for (const auto& text : {refusal([&] { target->claim(other, false); }),
                           refusal([&] { target->check_claim(other); })})
    CHECK_THAT(text, contains("vps") && contains("caja-1") && contains("branch 99") &&
                         contains("2001-02-03 04:05:06 UTC") &&
                         contains("consolidadorctl take-over") && contains("once --take-over") &&
                         contains("switch the other one off"));
  CHECK(mark() == TextRow{mine.id, "caja-1"});
  CHECK(aged());
}

TEST_CASE_METHOD(MarkFixture, "a machine that takes over is refused nothing, the other is then") {
  target->claim(mine, false);
  target->claim(other, true);
  CHECK(mark() == TextRow{other.id, "caja-2"});
  CHECK_NOTHROW(target->check_claim(other));
  CHECK_THAT(refusal([&] { target->check_claim(mine); }), contains("caja-2"));
  CHECK_THAT(refusal([&] { target->claim(mine, false); }), contains("caja-2"));
}

TEST_CASE_METHOD(MarkFixture, "a heartbeat keeps the mark, and a mark the heartbeat") {
  Heartbeat heartbeat;
  heartbeat.salud = "degradada";
  heartbeat.reasons = "holds sales";
  heartbeat.version = "0.2.0";
  const Machine own{this_machine().id, "caja-1"};
  target->beat(heartbeat);
  CHECK(mark() == TextRow{own.id, ""});
  target->claim(own, false);
  target->beat(heartbeat);
  target->claim(own, false);
  CHECK(mark() == TextRow{own.id, "caja-1"});
  CHECK(aggregate.admin().row("SELECT Salud, Motivos, Version FROM EstadoSucursales") ==
        TextRow{"degradada", "holds sales", "0.2.0"});
}

TEST_CASE_METHOD(MarkFixture, "a machine that is renamed is the same, under its new name") {
  target->claim(mine, false);
  target->claim({mine.id, std::string(70, 'n')}, false);
  CHECK(mark() == TextRow{mine.id, std::string(64, 'n')});
}

TEST_CASE_METHOD(MarkFixture, "a machine that comes again changes nothing of its mark") {
  target->claim(mine, false);
  age("0.2.0");
  target->claim(mine, false);
  CHECK(aged());
}

TEST_CASE_METHOD(MarkFixture, "the heartbeat of another machine is refused and changes nothing") {
  target->claim(mine, false);
  age("0.2.0");
  Heartbeat heartbeat;
  heartbeat.salud = "ok";
  heartbeat.version = "0.2.0";
  CHECK_THAT(refusal([&] { target->beat(heartbeat); }), contains("caja-1"));
  CHECK(aged());
}

TEST_CASE_METHOD(MarkFixture, "each branch has its own mark") {
  target->claim(mine, false);
  CHECK_NOTHROW(AggregateTarget(*pool, branch + 1, {}).claim(other, false));
  CHECK_NOTHROW(target->check_claim(mine));
}

TEST_CASE_METHOD(MarkFixture, "of two machines that come at once one is refused") {
  for (int round = 0; round < 20; ++round) {
    aggregate.admin().run("DELETE FROM EstadoSucursales");
    const auto come = [this](const Machine& machine) {
      return refusal([&] { target->claim(machine, false); }).empty();
    };
    auto first = std::async(std::launch::async, come, mine);
    const bool second = come(other);
    CHECK(first.get() != second);
  }
}

TEST_CASE_METHOD(OldSchema, "a schema of version 0.1.0 has no marks and refuses nobody") {
  CHECK_NOTHROW(target->claim(mine, false));
  CHECK_NOTHROW(target->claim(other, true));
  CHECK_NOTHROW(target->check_claim(mine));
  CHECK(admin().value("SELECT COUNT(*) FROM EstadoSucursales") == "0");
  CHECK(pool->opened() == 1);
}

TEST_CASE_METHOD(OldSchema,
                 "a schema of version 0.1.0 gets the heartbeat that it has columns for") {
  Heartbeat heartbeat;
  heartbeat.salud = "ok";
  heartbeat.version = "0.2.0";
  heartbeat.held = {parse_date("2024-03-01")};
  target->beat(heartbeat);
  const auto asked = [this] {
    return std::stoi(admin().row("SHOW GLOBAL STATUS LIKE 'Com_stmt_prepare'").at(1));
  };
  const int before = asked();
  heartbeat.salud = "fallando";
  target->beat(heartbeat);
  CHECK(admin().row("SELECT Salud, Version FROM EstadoSucursales") == TextRow{"fallando", "0.2.0"});
  CHECK(asked() == before);  // it is remembered
}

TEST_CASE_METHOD(OldSchema, "after the scripts have run a new target sends the whole heartbeat") {
  Heartbeat heartbeat;
  heartbeat.salud = "ok";
  target->beat(heartbeat);
  run_script(Place::vps, "central", scripts_of("sql/agregada"));
  heartbeat.archived = 7;
  target->beat(heartbeat);
  CHECK(admin().value("SELECT DiasArchivados FROM EstadoSucursales") == "0");
  target.emplace(*pool, branch, BatchOptions{});
  target->beat(heartbeat);
  CHECK(admin().value("SELECT DiasArchivados FROM EstadoSucursales") == "7");
}

TEST_CASE_METHOD(MarkFixture, "a table that lacks another column is said, not passed over") {
  aggregate.admin().run("ALTER TABLE EstadoSucursales DROP COLUMN DiasFallidos");
  Heartbeat heartbeat;
  heartbeat.salud = "ok";
  CHECK(error_of([&] { target->beat(heartbeat); }).db_errno() == 1054);
}

}  // namespace
}  // namespace consolidador::test
