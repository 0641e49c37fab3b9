// SPDX-License-Identifier: MIT
#include "lib/preflight/places.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <memory>

#include "lib/core/text.hpp"
#include "lib/preflight/beacon.hpp"
#include "lib/preflight/grants.hpp"
#include "lib/preflight/schema.hpp"
#include "lib/preflight/server.hpp"
#include "lib/preflight/trial.hpp"
#include "lib/store/endpoint.hpp"
#include "lib/store/pos_products.hpp"
#include "lib/store/statements.hpp"

namespace consolidador::preflight {
namespace {

constexpr std::array source_rights = std::to_array<Right>({
    {"EXECUTE", "PROCEDURE sp_select_ventas_diarias"},
    {"EXECUTE", "PROCEDURE sp_audit_operativa"},
});

constexpr std::array target_rights = std::to_array<Right>({
    {"SELECT", "VentasAgrupadas"},
    {"INSERT", "VentasAgrupadas"},
    {"UPDATE", "VentasAgrupadas"},
    {"DELETE", "VentasAgrupadas"},
    {"SELECT", "SincronizacionDias"},
    {"SELECT", "EstadoSucursales"},
    {"INSERT", "EstadoSucursales"},
    {"UPDATE", "EstadoSucursales"},
    {"EXECUTE", "PROCEDURE sp_audit_ventas_agrupadas"},
    {"EXECUTE", "PROCEDURE sp_registrar_dia"},
    {"EXECUTE", "PROCEDURE sp_delete_ventas_agrupadas"},
});

Instant now() {
  return std::chrono::system_clock::now();
}

/// Connects without the statements, so that a missing table does not hide everything else.
std::unique_ptr<Connection> connect(ConnectOptions options, Report& report) {
  options.statements.clear();
  options.newer_statements.clear();
  std::unique_ptr<Connection> connection;
  report.attempt("connection", [&] {
    connection = std::make_unique<Connection>(options);
    report.ok("connection", options.endpoint());
  });
  return connection;
}

void check_grants(Connection& connection, const std::string& database,
                  std::span<const Right> needed, Report& report) {
  std::vector<std::string> lines;
  for (Row& row : ask(connection, statements::revisar_derechos)) lines.push_back(std::move(row[0]));
  const auto verdict = judge_grants(lines, database, needed);
  if (!verdict.missing.empty())
    report.fail("grants", fmt::format("the account may not {}", fmt::join(verdict.missing, ", ")),
                "grant it what docs/database.md lists");
  if (!verdict.excess.empty())
    report.warn(
        "grants",
        fmt::format("the account may more than it needs: {}", fmt::join(verdict.excess, ", ")),
        "revoke that");
  if (verdict.missing.empty() && verdict.excess.empty())
    report.ok("grants", "exactly what is needed");
}

/// What every place is asked; returns the server's variables.
Variables check_server(Connection& connection, const ConnectOptions& options, Report& report) {
  const bool target = options.kind == SessionKind::writer;
  auto server = ask_variables(connection, statements::revisar_servidor);
  check_version(value_of(server, "version"), target, report);
  check_latency(measure_latency(connection), report);
  const auto asked = now();
  const auto clock = ask(connection, statements::revisar_reloj).at(0);
  check_clock(parse_utc(clock[0]), asked + (now() - asked) / 2, target, report);
  check_session(ask_variables(connection, statements::revisar_sesion), options.kind, report);
  check_tls(ask_variables(connection, statements::revisar_tls), options, now(), report);
  return server;
}

/// Returns whether the tables are behind the views of a guarded VPS.
bool check_tables(Connection& connection, Date today, Report& report) {
  auto tables = ask(connection, statements::revisar_tablas);
  const bool guarded = are_views(tables);
  if (guarded) tables = ask(connection, statements::revisar_tablas_centrales);
  check_keys(tables, report);
  check_partitions(tables, today, report);
  return guarded;
}

/// Returns the rights that the account needs there.
std::vector<Right> check_schema(Connection& connection, const Variables& server, Date today,
                                Report& report) {
  std::vector<Right> rights(target_rights.begin(), target_rights.end());
  check_binlog(server, report);
  check_clock_is_own(ask(connection, statements::revisar_sysdate).at(0)[0] == "1", report);
  const auto columns = ask(connection, statements::revisar_columnas);
  check_columns(columns, report);
  check_newer_columns(columns, report);
  check_memory(columns, report);
  check_quarantine(columns, report);
  for (const auto table :
       {"HistorialDias", "HistorialCambios", "HistorialPendiente", "Esquema", "Vigilancia"})
    rights.push_back({"SELECT", table, !has_table(columns, table)});
  for (const auto privilege : {"SELECT", "INSERT", "DELETE"})
    rights.push_back({privilege, "FilasRechazadas", !has_table(columns, "FilasRechazadas")});
  if (has_table(columns, "Esquema"))
    check_schema_version(ask(connection, statements::revisar_version).at(0)[0], report);
  if (check_tables(connection, today, report))
    rights.push_back({"EXECUTE", "PROCEDURE sp_revisar_tablas"});
  check_event_scheduler(server, report);
  const auto procedures = ask(connection, statements::revisar_procedimientos);
  check_procedures_mode(procedures, report);
  check_procedures(
      procedures,
      {{"sp_audit_ventas_agrupadas", "IN date, IN int"},
       {"sp_delete_ventas_agrupadas", "IN date, IN int"},
       {"sp_registrar_dia",
        "IN date, IN int, IN int unsigned, IN decimal(24,4), IN decimal(24,4), IN decimal(24,4), "
        "IN bigint unsigned"}},
      report);
  return rights;
}

/// Returns whether the account may ask it. Without it nothing is lost but comfort.
bool check_products(const std::vector<Row>& procedures, Report& report) {
  constexpr auto name = "sp_descripcion_producto";
  const bool there =
      std::ranges::any_of(procedures, [=](const Row& row) { return row[0] == name; });
  report.ok("products", there ? fmt::format("{} is there: diff and history name products", name)
                              : fmt::format("no {}, or it may not be called: diff and history show "
                                            "codes alone",
                                            name));
  return there;
}

/// It may be there and know another table.
void try_products(const Config& config, Report& report) try {
  Pool pool(product_connection(config), pool_options(config));
  const std::string no_code;
  PosProducts(pool).names({&no_code, 1});
} catch (const Error& error) {
  report.ok("products",
            fmt::format("it does not work: diff and history show codes alone: {}", error.what()));
}

/// Returns whether the account may ask it.
bool check_newest_sale(const std::vector<Row>& procedures, Report& report) {
  constexpr auto name = "sp_ultima_venta";
  const bool there =
      std::ranges::any_of(procedures, [=](const Row& row) { return row[0] == name; });
  if (there)
    report.ok("newest_sale", fmt::format("{} is there: any sale of a day to come is seen", name));
  else
    report.warn(
        "newest_sale",
        fmt::format("no {}, or it may not be called: of days to come only a month is looked "
                    "at, day by day",
                    name),
        "run sql/operativa/sp_ultima_venta.sql, and grant EXECUTE on it");
  return there;
}

void check_source_schema(const Config& config, Connection& connection, const std::string& database,
                         Report& report) {
  const auto procedures = ask(connection, statements::revisar_procedimientos);
  check_procedures(procedures,
                   {{"sp_select_ventas_diarias", "IN date"}, {"sp_audit_operativa", "IN date"}},
                   report);
  std::vector<Right> rights(source_rights.begin(), source_rights.end());
  if (check_products(procedures, report)) {
    rights.push_back({"EXECUTE", "PROCEDURE sp_descripcion_producto"});
    try_products(config, report);
  }
  if (check_newest_sale(procedures, report))
    rights.push_back({"EXECUTE", "PROCEDURE sp_ultima_venta"});
  check_grants(connection, database, rights, report);
}

/// Returns the connection that it was asked on; nullptr when there is none.
std::unique_ptr<Connection> inspect_host(const Config& config, const ConnectOptions& options,
                                         Report& report) {
  auto connection = connect(options, report);
  if (!connection) return nullptr;
  const auto today = TimeZone(config.branch.time_zone).date_at(now());
  report.attempt("server", [&] {
    const auto server = check_server(*connection, options, report);
    const auto rights = check_schema(*connection, server, today, report);
    check_grants(*connection, options.database, rights, report);
  });
  report.attempt("trial", [&] { try_transaction(config, options, today, report); });
  return connection;
}

template <typename Then>
void inspect_each_host(const Config& config, const Endpoint& endpoint, const std::string& name,
                       Report& report, Then then) {
  const auto hosts = target_connection(config, endpoint, name).at_each_host();
  for (const auto& options : hosts) {
    report.enter(hosts.size() == 1 ? name : options.endpoint());
    if (auto connection = inspect_host(config, options, report)) then(std::move(connection));
  }
}

}  // namespace

void inspect_source(const Config& config, Report& report) {
  const auto options = source_connection(config);
  const TimeZone zone(config.branch.time_zone);
  report.enter(options.name);
  auto connection = connect(options, report);
  if (!connection) return;
  report.attempt("server", [&] {
    check_server(*connection, options, report);
    const auto clock = ask(*connection, statements::revisar_reloj).at(0);
    check_time_zone(clock[0], clock[1], zone, report);
    const auto engines = ask(*connection, statements::ver_motores).at(0);
    check_engines(engines[0], engines[1], report);
    check_source_schema(config, *connection, options.database, report);
  });
  report.attempt("trial", [&] { try_extraction(config, options, zone.date_at(now()), report); });
}

void inspect_targets(const Config& config, Report& report) {
  Beacon beacon(config.local.database);
  inspect_each_host(config, config.local, "local", report,
                    [&](std::unique_ptr<Connection> local) { beacon.light(std::move(local)); });
  if (config.local_only) return;
  inspect_each_host(config, config.vps, "vps", report, [&](std::unique_ptr<Connection> vps) {
    report.attempt("own_server", [&] { beacon.look_for(*vps, config.vps.database, report); });
  });
}

}  // namespace consolidador::preflight
