// SPDX-License-Identifier: MIT
#include "lib/store/aggregate_target.hpp"
#include "lib/sync/ledger_mark.hpp"

#include <stdexcept>

#include "lib/sync/auditor.hpp"
#include "tests/integration/fixture.hpp"
#include "tests/support/catch.hpp"

namespace consolidador::test {
namespace {

constexpr std::int32_t branch = 99;
const Date day = parse_date("2024-03-01");

struct TargetFixture {
  TargetFixture() : pool(aggregate.bot(), {}), target(pool, branch, {}) {}

  static std::vector<const SalesRow*> pointers(const std::vector<SalesRow>& rows) {
    std::vector<const SalesRow*> all;
    for (const auto& row : rows) all.push_back(&row);
    return all;
  }
  DayTotals totals(const std::vector<SalesRow>& rows) { return totals_of(rows, branch, day); }

  /// Writes rows and ledger as a load does.
  void load(const std::vector<SalesRow>& rows) {
    const auto transaction = target.begin(permit_for(day, totals(rows)), {});
    transaction->upsert(day, pointers(rows));
    transaction->record(day, totals(rows));
    transaction->commit();
  }
  std::vector<TextRow> stamps() {
    return aggregate.admin().rows("SELECT Upc, UltimaSync FROM VentasAgrupadas ORDER BY Upc");
  }
  TextRow ledger(const std::string& columns) {
    return aggregate.admin().row("SELECT " + columns + " FROM SincronizacionDias");
  }
  /// So that a new time stamp cannot equal an old one.
  void age() {
    aggregate.admin().run("UPDATE VentasAgrupadas SET UltimaSync = '2001-02-03 04:05:06.789'");
    aggregate.admin().run(
        "UPDATE SincronizacionDias SET PrimeraSync = '2001-02-03 04:05:06.789',"
        " UltimaSync = PrimeraSync, UltimaVerificacion = PrimeraSync");
  }

  Aggregate aggregate;
  Pool pool;
  AggregateTarget target;
  const std::string long_ago = "2001-02-03 04:05:06.789";
  const std::vector<SalesRow> two{sales_row("a", "1", "10.5", "7"),
                                  sales_row("b", "-2", "0", "0.0001")};
};

TEST_CASE_METHOD(TargetFixture, "a day that was never recorded has no rows and no ledger") {
  const auto state = target.state(day);
  CHECK(state.actual == DayTotals{});
  CHECK_FALSE(state.ledger);
  CHECK(target.rows(day).empty());
  CHECK(target.name() == "vps");
}

TEST_CASE_METHOD(TargetFixture, "a recorded day has in rows and ledger what was written") {
  {
    const auto transaction = target.begin(permit_for(day, totals(two)), {});
    transaction->upsert(day, pointers(two));
    const auto state = transaction->record(day, totals(two));
    CHECK(state.actual == totals(two));
    CHECK(state.ledger == totals(two));
    transaction->commit();
  }
  const auto state = target.state(day);
  CHECK(state.actual == totals(two));
  CHECK(state.ledger == totals(two));
  CHECK(target.rows(day) == two);
  CHECK(assess(state, totals(two)) == Finding::up_to_date);
}

TEST_CASE_METHOD(TargetFixture, "a day without sales can be recorded") {
  {
    const auto transaction = target.begin(permit_for(day), {});
    transaction->record(day, DayTotals{});
    transaction->commit();
  }
  CHECK(target.state(day).ledger == DayTotals{});
  CHECK(assess(target.state(day), DayTotals{}) == Finding::up_to_date);
}

TEST_CASE_METHOD(TargetFixture, "the ledger takes no figures that the rows are not") {
  auto wrong = totals(two);
  wrong.filas = 7;
  wrong.huella = std::numeric_limits<std::uint64_t>::max();
  wrong.venta = Decimal::parse("-12345678901234567890.0001");
  const auto transaction = target.begin(permit_for(day, wrong), {});
  transaction->upsert(day, pointers(two));
  const auto state = transaction->record(day, wrong);
  CHECK_FALSE(state.ledger);
  CHECK(state.actual == totals(two));
}

TEST_CASE_METHOD(TargetFixture,
                 "nothing of a transaction is seen before its commit or stays without it") {
  {
    const auto transaction = target.begin(permit_for(day, totals(two)), {});
    transaction->upsert(day, pointers(two));
    transaction->record(day, totals(two));
    CHECK(target.state(day).actual == DayTotals{});
    CHECK(target.rows(day).empty());
  }
  CHECK(target.state(day).actual == DayTotals{});
  CHECK_FALSE(target.state(day).ledger);
}

TEST_CASE_METHOD(TargetFixture, "clearing a day empties its rows and its ledger row") {
  load(two);
  {
    const auto transaction = target.begin(permit_for(day), {});
    transaction->clear(day);
    transaction->commit();
  }
  const auto state = target.state(day);
  CHECK(state.actual == DayTotals{});
  CHECK(state.ledger == DayTotals{});
  CHECK(target.rows(day).empty());
}

TEST_CASE_METHOD(TargetFixture, "clearing touches neither another day nor another branch") {
  load(two);
  AggregateTarget other(pool, branch + 1, {});
  for (const auto& [whose, date] : std::vector<std::pair<Target*, Date>>{
           {&other, day}, {&target, day + std::chrono::days(1)}}) {
    const auto transaction = whose->begin(permit_for(date), {});
    transaction->clear(date);
    transaction->commit();
  }
  CHECK(target.state(day).actual == totals(two));
  CHECK(target.state(day).ledger == totals(two));
}

TEST_CASE_METHOD(TargetFixture, "exactly the rows that are removed go") {
  std::vector<SalesRow> rows{sales_row("84997D"), sales_row("84997d"), sales_row("84997d ")};
  rows.push_back(rows[1]);
  rows.back().key.categoria = 5;
  load(rows);
  {
    const auto transaction = target.begin(permit_for(day), {});
    const SalesRow* gone[] = {&rows[1]};
    transaction->remove(day, gone);
    transaction->commit();
  }
  CHECK(aggregate.admin().rows("SELECT Upc, IdCategoria FROM VentasAgrupadas ORDER BY Upc") ==
        std::vector<TextRow>{{"84997D", "0"}, {"84997d", "5"}, {"84997d ", "0"}});
}

TEST_CASE_METHOD(TargetFixture, "a row written again with the same values keeps its UltimaSync") {
  load(two);
  age();
  load(two);
  CHECK(stamps() == std::vector<TextRow>{{"a", long_ago}, {"b", long_ago}});
}

TEST_CASE_METHOD(TargetFixture, "only the row that changes has a new UltimaSync, in UTC") {
  load(two);
  auto changed = two;
  const auto field = GENERATE(&SalesRow::unidades, &SalesRow::venta, &SalesRow::costo);
  changed[1].*field += Decimal::from_units(1);
  age();
  load(changed);
  CHECK(stamps().at(0).at(1) == long_ago);
  CHECK(stamps().at(1).at(1) != long_ago);
  CHECK(aggregate.admin().value(
            "SELECT ABS(TIMESTAMPDIFF(MINUTE, MAX(UltimaSync), UTC_TIMESTAMP())) < 5"
            " FROM VentasAgrupadas") == "1");
  CHECK(target.rows(day) == changed);
}

TEST_CASE_METHOD(TargetFixture, "Revision counts the contents that a day has had") {
  load(two);
  CHECK(ledger("Revision") == TextRow{"1"});
  age();
  load(two);
  CHECK(ledger("Revision, PrimeraSync, UltimaSync") == TextRow{"1", long_ago, long_ago});
  CHECK(ledger("UltimaVerificacion > UltimaSync") == TextRow{"1"});
  auto changed = two;
  changed[0].venta = Decimal::parse("11");
  load(changed);
  CHECK(ledger("Revision, PrimeraSync") == TextRow{"2", long_ago});
  CHECK(ledger("UltimaSync > PrimeraSync") == TextRow{"1"});
}

TEST_CASE_METHOD(TargetFixture, "the state has the ledger's revision, 0 where there is no ledger") {
  CHECK(target.state(day).revision == 0);
  {
    const auto transaction = target.begin(permit_for(day, totals(two)), {});
    transaction->upsert(day, pointers(two));
    CHECK(transaction->record(day, totals(two)).revision == 1);
    transaction->commit();
  }
  aggregate.admin().run("UPDATE SincronizacionDias SET Revision = 4294967295");
  CHECK(target.state(day).revision == 4'294'967'295);
}

TEST_CASE_METHOD(TargetFixture, "nothing is recorded that the permit does not cover") {
  auto other = totals(two);
  other.huella += 1;
  const auto transaction = target.begin(permit_for(day, totals(two)), {});
  transaction->upsert(day, pointers(two));
  CHECK_THROWS_AS(transaction->record(day, other), std::logic_error);
  CHECK_THROWS_AS(transaction->record(day + std::chrono::days(1), totals(two)), std::logic_error);
  CHECK_FALSE(target.state(day).ledger);
  CHECK(transaction->record(day, totals(two)).intact());
}

TEST_CASE_METHOD(TargetFixture,
                 "rows of a table in another order come back in the order of the key") {
  load({sales_row("Z"), sales_row("a"), sales_row("ñ")});
  aggregate.admin().run(
      "ALTER TABLE VentasAgrupadas MODIFY Upc VARCHAR(20) CHARACTER SET utf8mb4"
      " COLLATE utf8mb4_general_ci NOT NULL");
  CHECK(target.rows(day) == std::vector<SalesRow>{sales_row("Z"), sales_row("a"), sales_row("ñ")});
}

TEST_CASE_METHOD(TargetFixture,
                 "a commit that is lost is in doubt, and the state tells what became of it") {
  const auto transaction = target.begin(permit_for(day, totals(two)), {});
  transaction->upsert(day, pointers(two));
  transaction->record(day, totals(two));
  aggregate.admin().run("KILL USER bot");
  const auto error = error_of([&] { transaction->commit(); });
  CHECK(error.error_class() == ErrorClass::in_doubt);
  CHECK(target.state(day).actual == DayTotals{});
}

TEST_CASE_METHOD(TargetFixture,
                 "a row that the table refuses is a matter of the data and leaves nothing") {
  auto rows = two;
  rows[1].key.upc = std::string(21, 'x');
  const auto error = error_of([&] { load(rows); });
  CHECK(error.db_errno() == 1406);
  CHECK(error.cause() == ErrorCause::data);
  CHECK(target.state(day).actual == DayTotals{});
  load(two);
  CHECK(target.state(day).actual == totals(two));
}

TEST_CASE_METHOD(TargetFixture, "a procedure of another version is named, with the remedy") {
  aggregate.admin().run(
      "CREATE OR REPLACE PROCEDURE sp_audit_ventas_agrupadas(f DATE, s INT)"
      " SELECT 0 AS TotalUnidades, 0 AS TotalVenta, 0 AS TotalCosto");
  try {
    target.state(day);
    FAIL("accepted");
  } catch (const Error& error) {
    CHECK(error.error_class() == ErrorClass::permanent);
    CHECK(error.cause() == ErrorCause::schema);
    CHECK_THAT(error.what(), contains("sp_audit_ventas_agrupadas") && contains("TotalFilas") &&
                                 contains("sql/agregada"));
  }
  CHECK(pool.idle() == 1);
}

/// A day that was proven with two rows and is not long past; each write says to sp_registrar_dia
/// what it has to know.
struct ShrinkingDay : TargetFixture {
  ShrinkingDay() { write(two, Day::open); }

  enum class Day { open, ended, approved };

  /// Returns the most that the day has been proven with, as the ledger has it then.
  std::optional<DayTotals> write(const std::vector<SalesRow>& rows, Day how) {
    const auto transaction = begin(rows, how);
    transaction->clear(today);
    transaction->upsert(today, pointers(rows));
    const auto state = transaction->record(today, totals_of(rows, branch, today));
    transaction->commit();
    return state.most;
  }
  std::unique_ptr<TargetTransaction> begin(const std::vector<SalesRow>& rows, Day how) {
    const auto before = totals_of(two, branch, today);
    WantedDay wanted{today, totals_of(rows, branch, today), how != Day::open, false, {}};
    if (how == Day::approved) wanted.approved = ApprovedLoss{wanted.totals, before};
    LockLimits off;
    off.enabled = false;
    const std::vector<ProvenDay> proven{{"local", before}};
    return target.begin(*judge(wanted, proven, off).permit, {});
  }

  const Date today = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
  const std::vector<SalesRow> one{two.front()};
};

TEST_CASE_METHOD(ShrinkingDay,
                 "what a day has been proven with at the most is kept when it shrinks") {
  SECTION("of an open day its rows") {
    const auto most = write(one, Day::open);
    REQUIRE(most);
    CHECK(most->filas == 2);
    CHECK(most->venta == Decimal{});
  }
  SECTION("of an ended one its amounts, too, before noon of the next day") {
    const auto most = write(one, Day::ended);
    REQUIRE(most);
    CHECK(most->venta == totals(two).venta);
  }
  SECTION("and nothing of what a person has let go") {
    CHECK_FALSE(write(one, Day::approved));
  }
}

TEST_CASE_METHOD(ShrinkingDay,
                 "a transaction that records nothing leaves what it was told to none after it") {
  const Day how = GENERATE(Day::ended, Day::approved);
  auto refused = one;
  refused.front().key.upc = std::string(21, 'x');
  const auto error = error_of([&] { begin(one, how)->upsert(today, pointers(refused)); });
  CHECK(error.cause() == ErrorCause::data);
  const auto most = write(one, Day::open);
  REQUIRE(most);  // as if approved
  CHECK(most->filas == 2);
  CHECK(most->venta == Decimal{});  // as if ended
}

TEST_CASE_METHOD(TargetFixture, "nothing is written that no permit covers") {
  const auto transaction = target.begin(permit_for(day, totals_of(two, branch, day)), {});
  const Date next = day + std::chrono::days(1);
  CHECK_THROWS_AS(transaction->clear(next), std::logic_error);
  CHECK_THROWS_AS(transaction->remove(next, {}), std::logic_error);
  CHECK_THROWS_AS(transaction->upsert(next, {}), std::logic_error);
}

TEST_CASE_METHOD(TargetFixture, "a day far in the past is storable") {
  for (const auto* text : {"1900-01-01", "1901-01-01", "2009-12-31", "2010-01-01", "2026-01-05"}) {
    const Date far = parse_date(text);
    const auto totals_there = totals_of(two, branch, far);
    {
      const auto transaction = target.begin(permit_for(far, totals_there), {});
      transaction->upsert(far, pointers(two));
      transaction->record(far, totals_there);
      transaction->commit();
    }
    CAPTURE(text);
    CHECK(target.state(far).actual == totals_there);
    CHECK(target.rows(far) == two);
  }
}

TEST_CASE_METHOD(TargetFixture, "the ledger of a range has its days in order, both ends included") {
  const auto at = [&](const char* text) { return parse_date(text); };
  const auto before = std::chrono::system_clock::now() - std::chrono::minutes(5);
  for (const auto* text : {"2024-03-05", "2024-02-28", "2024-03-01", "2024-02-29"}) {
    const auto transaction =
        target.begin(permit_for(at(text), totals_of(two, branch, at(text))), {});
    transaction->upsert(at(text), pointers(two));
    transaction->record(at(text), totals_of(two, branch, at(text)));
    transaction->commit();
  }
  const auto days = target.ledger({at("2024-02-29"), at("2024-03-05")});
  REQUIRE(days.size() == 3);
  CHECK(days[0].date == at("2024-02-29"));
  CHECK(days[1].date == at("2024-03-01"));
  CHECK(days[2].date == at("2024-03-05"));
  CHECK(days[1].totals == totals_of(two, branch, at("2024-03-01")));
  CHECK(days[1].verified > before);
  CHECK(target.ledger({at("2024-03-02"), at("2024-03-04")}).empty());
  CHECK(AggregateTarget(pool, branch + 1, {}).ledger({at("2024-01-01"), at("2024-12-31")}).empty());
}

TEST_CASE_METHOD(TargetFixture,
                 "the days whose audit lies furthest back come first, and not too many") {
  for (int i = 1; i <= 4; ++i)
    aggregate.admin().run("INSERT INTO SincronizacionDias VALUES (99, '2024-03-0" +
                          std::to_string(i) + "', 0, 0, 0, 0, 0, 1, NOW(), NOW(), '2024-06-0" +
                          std::to_string(5 - i) + "')");
  CHECK(target.least_verified({Date{}, parse_date("2024-03-03")}, 2) ==
        std::vector<Date>{parse_date("2024-03-03"), parse_date("2024-03-02")});
  CHECK(target.least_verified({Date{}, parse_date("2024-02-29")}, 9).empty());
  CHECK(AggregateTarget(pool, branch + 1, {})
            .least_verified({Date{}, parse_date("2024-03-08")}, 9)
            .empty());
}

TEST_CASE_METHOD(TargetFixture, "a target tells the first and the last day of which it has rows") {
  CHECK_FALSE(target.extent());
  for (const char* date : {"2024-03-05", "1999-01-01", "2024-12-31"})
    aggregate.admin().run(
        std::string("INSERT INTO VentasAgrupadas (Fecha, IdSucursal, Upc, IdProveedor, "
                    "IdDepartamento, IdCategoria, IdSubcategoria, Unidades, VentaTotal, "
                    "CostoTotal, UltimaSync) VALUES ('") +
        date + "', 99, 'a', 1, 1, 1, 1, 1, 1, 1, NOW())");
  CHECK(target.extent() == DateRange{parse_date("1999-01-01"), parse_date("2024-12-31")});
  CHECK_FALSE(AggregateTarget(pool, branch + 1, {}).extent());
}

TEST_CASE_METHOD(TargetFixture, "the heartbeat is answered with what the ledger comes to") {
  Heartbeat heartbeat;
  heartbeat.salud = "ok";
  heartbeat.version = "9";
  heartbeat.marked_from = day;
  const auto is_of_ledger = [&] {
    const DateRange all{parse_date("1900-01-01"), parse_date("9999-12-31")};
    const auto mark = target.beat(heartbeat);
    return mark ==
           ledger_mark(target.ledger(all), heartbeat.marked_from, std::chrono::system_clock::now());
  };
  CHECK(target.beat(heartbeat) == "0|0|0");
  load(two);
  CHECK(is_of_ledger());
  for (int i = 1; i <= 3; ++i)
    aggregate.admin().run("INSERT INTO SincronizacionDias VALUES (99, '2024-0" +
                          std::to_string(i + 1) + "-28', 7, 1, 2, 3, 18446744073709551615 - " +
                          std::to_string(i) + ", 4294967295, NOW(), NOW(), NOW())");
  CHECK(is_of_ledger());
  aggregate.admin().run(
      "UPDATE SincronizacionDias SET UltimaVerificacion = '2136-01-01' WHERE Fecha = '2024-03-28'");
  CHECK(is_of_ledger());
  CHECK(target.beat(heartbeat)->ends_with("|1"));
  heartbeat.marked_from = parse_date("2024-03-28");
  CHECK(is_of_ledger());
  CHECK(AggregateTarget(pool, branch + 1, {}).beat(heartbeat) == "0|0|0");
}

TEST_CASE_METHOD(TargetFixture, "the heartbeat is one row a branch, the newest") {
  const std::string read =
      "SELECT IdSucursal, Salud, Motivos, DiasPendientes, DiaPendienteMasAntiguo,"
      " DiasFallidos, UltimoDiaAuditado, Version, DiasRetenidos, DiasArchivados"
      " FROM EstadoSucursales";
  Heartbeat heartbeat;
  heartbeat.salud = "fallando";
  heartbeat.reasons = "la red 'no' va";
  heartbeat.pending_days = 3;
  heartbeat.oldest_pending = parse_date("2024-02-29");
  heartbeat.failed = {parse_date("2024-02-29"), day};
  heartbeat.version = "0.1.0";
  heartbeat.held = {day, parse_date("2024-03-02")};
  heartbeat.archived = 3650;
  target.beat(heartbeat);
  CHECK(aggregate.admin().row(read) == TextRow{"99", "fallando", "la red 'no' va", "3",
                                               "2024-02-29", "2024-02-29,2024-03-01", "NULL",
                                               "0.1.0", "2024-03-01,2024-03-02", "3650"});
  Heartbeat well;
  well.salud = "ok";
  well.last_audited = day;
  well.version = "0.2.0";
  target.beat(well);
  CHECK(aggregate.admin().row(read) ==
        TextRow{"99", "ok", "", "0", "NULL", "", "2024-03-01", "0.2.0", "", "0"});
  CHECK(aggregate.admin().value(
            "SELECT ABS(TIMESTAMPDIFF(MINUTE, UltimoContacto, UTC_TIMESTAMP())) < 5"
            " FROM EstadoSucursales") == "1");
}

}  // namespace
}  // namespace consolidador::test
