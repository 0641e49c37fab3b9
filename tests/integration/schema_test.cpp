// SPDX-License-Identifier: MIT
#include "lib/store/aggregate_target.hpp"
#include "lib/store/endpoint.hpp"
#include "tests/integration/fixture.hpp"
#include "tests/support/catch.hpp"

/// The scripts of sql/, run as an administrator runs them.
namespace consolidador::test {
namespace {

const std::string partitions =
    "SELECT PARTITION_NAME, PARTITION_DESCRIPTION FROM information_schema.PARTITIONS"
    " WHERE TABLE_SCHEMA = 'central' AND TABLE_NAME = 'VentasAgrupadas'"
    " ORDER BY PARTITION_ORDINAL_POSITION";

Endpoint endpoint_of(const Database& database, const std::string& user) {
  const auto options = database.bot();
  Endpoint endpoint;
  endpoint.host = options.host;
  endpoint.port = options.port;
  endpoint.user = user;
  endpoint.password = options.password;
  endpoint.database = database.name();
  endpoint.tls.required = false;
  return endpoint;
}

TEST_CASE("the scripts of the aggregate database can be run twice and lose nothing") {
  Aggregate aggregate;
  auto& admin = aggregate.admin();
  admin.run(
      "INSERT INTO VentasAgrupadas (Fecha, IdSucursal, Upc, UltimaSync)"
      " VALUES ('2024-01-01', 1, 'a', UTC_TIMESTAMP(3))");
  const auto table = admin.row("SHOW CREATE TABLE VentasAgrupadas");
  run_script(Place::vps, "central", scripts_of("sql/agregada"));
  CHECK(admin.row("SHOW CREATE TABLE VentasAgrupadas") == table);
  CHECK(admin.value("SELECT COUNT(*) FROM VentasAgrupadas") == "1");
}

TEST_CASE("the scripts of the POS can be run twice") {
  Pos pos;
  CHECK_NOTHROW(run_script(Place::pos, "superpos", scripts_of("sql/operativa")));
}

TEST_CASE("making partitions again changes nothing, asking for more years adds them at the end") {
  Aggregate aggregate;
  auto& admin = aggregate.admin();
  const auto before = admin.rows(partitions);
  admin.run("CALL sp_asegurar_particiones(2)");
  admin.run("CALL sp_asegurar_particiones(0)");
  admin.run("CALL sp_asegurar_particiones(-50)");
  CHECK(admin.rows(partitions) == before);
  admin.run("CALL sp_asegurar_particiones(7)");
  const auto after = admin.rows(partitions);
  CHECK(after.size() == before.size() + 2);
  CHECK(after.back().at(1) == "MAXVALUE");
  const auto year = std::stoi(admin.value("SELECT YEAR(UTC_DATE())"));
  CHECK(after.at(after.size() - 2) ==
        TextRow{"p" + std::to_string(year + 7), "'" + std::to_string(year + 8) + "-01-01'"});
}

TEST_CASE("rows that wait in the last partition move to their year's when it is made") {
  Aggregate aggregate;
  auto& admin = aggregate.admin();
  const auto year = admin.value("SELECT YEAR(UTC_DATE()) + 7");
  admin.run("DROP TRIGGER tr_ventas_alta");  // which refuses days to come
  admin.run("INSERT INTO VentasAgrupadas (Fecha, IdSucursal, Upc, UltimaSync) VALUES ('" + year +
            "-06-01', 1, 'a', UTC_TIMESTAMP(3))");
  CHECK(admin.value("SELECT COUNT(*) FROM VentasAgrupadas PARTITION (p_futuro)") == "1");
  admin.run("CALL sp_asegurar_particiones(7)");
  CHECK(admin.value("SELECT COUNT(*) FROM VentasAgrupadas PARTITION (p" + year + ")") == "1");
}

TEST_CASE("the tables keep their character set and collation whatever the server's defaults are") {
  const auto place = GENERATE(Place::pos, Place::local, Place::vps);
  Aggregate aggregate(place);
  CHECK(aggregate.admin().rows(
            "SELECT DISTINCT CHARACTER_SET_NAME, COLLATION_NAME FROM information_schema.COLUMNS"
            " WHERE TABLE_SCHEMA = 'central' AND CHARACTER_SET_NAME IS NOT NULL") ==
        std::vector<TextRow>{{"utf8mb4", "utf8mb4_nopad_bin"}});
}

TEST_CASE("a branch needs no right to write the ledger or to alter anything") {
  Aggregate aggregate;
  auto& admin = aggregate.admin();
  admin.run("CREATE OR REPLACE USER minimo@'%' IDENTIFIED BY 's3creto-prueba'");
  admin.run("GRANT SELECT, INSERT, UPDATE, DELETE ON central.VentasAgrupadas TO minimo@'%'");
  admin.run("GRANT SELECT ON central.SincronizacionDias TO minimo@'%'");
  admin.run("GRANT SELECT, INSERT, UPDATE ON central.EstadoSucursales TO minimo@'%'");
  for (const auto* name :
       {"sp_audit_ventas_agrupadas", "sp_registrar_dia", "sp_delete_ventas_agrupadas"})
    admin.run("GRANT EXECUTE ON PROCEDURE central." + std::string(name) + " TO minimo@'%'");
  Config config;
  const auto endpoint = endpoint_of(aggregate, "minimo");
  Pool pool(target_connection(config, endpoint, "vps"), {});
  AggregateTarget target(pool, 1, {});
  const auto row = sales_row("a");
  const Date day = parse_date("2024-01-01");
  const auto totals = totals_of({&row, 1}, 1, day);
  {
    const auto transaction = target.begin(permit_for(day, totals), {});
    const SalesRow* rows[] = {&row};
    transaction->clear(day);
    transaction->upsert(day, rows);
    transaction->record(day, totals);
    transaction->commit();
  }
  CHECK(target.state(day).ledger == totals);
  admin.run("DROP USER minimo@'%'");
}

TEST_CASE(
    "a missing table is found when the connection opens, a missing procedure when it is called") {
  Aggregate aggregate;
  const auto* drop =
      GENERATE("DROP TABLE VentasAgrupadas", "DROP PROCEDURE sp_audit_ventas_agrupadas");
  CAPTURE(drop);
  aggregate.admin().run(drop);
  Config config;
  const auto endpoint = endpoint_of(aggregate, "bot");
  Pool pool(target_connection(config, endpoint, "vps"), {});
  AggregateTarget target(pool, 1, {});
  const auto error = error_of([&] { target.state(parse_date("2024-01-01")); });
  CHECK(error.error_class() == ErrorClass::permanent);
  CHECK(error.cause() == ErrorCause::schema);
  CHECK_THAT(error.what(), contains("run the scripts of sql/"));
  CHECK(pool.opened() == (std::string(drop).starts_with("DROP TABLE") ? 0 : 1));
}

}  // namespace
}  // namespace consolidador::test
