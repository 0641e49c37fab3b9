// SPDX-License-Identifier: MIT
#include "lib/preflight/schema.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <strings.h>

#include <algorithm>
#include <array>

namespace consolidador::preflight {
namespace {

constexpr auto partition_notice = std::chrono::days(90);
constexpr std::string_view upc_collation = "utf8mb4_nopad_bin";

constexpr std::string_view schema_version = "4";  // of sql/agregada/90_version.sql

constexpr auto run_scripts =
    "run the scripts of sql/agregada again, in the VPS sql/vps/instalar.sql";
constexpr auto make_table_again =
    "rename the table, run the scripts of sql/agregada, and bring the days again";

struct Column {
  std::string_view table;
  std::string_view name;
  std::string_view type;
};

constexpr std::array columns = std::to_array<Column>({
    {"VentasAgrupadas", "Fecha", "date"},
    {"VentasAgrupadas", "IdSucursal", "int"},
    {"VentasAgrupadas", "Upc", "varchar(20)"},
    {"VentasAgrupadas", "IdProveedor", "int"},
    {"VentasAgrupadas", "IdDepartamento", "int"},
    {"VentasAgrupadas", "IdCategoria", "int"},
    {"VentasAgrupadas", "IdSubcategoria", "int"},
    {"VentasAgrupadas", "Unidades", "decimal(18,4)"},
    {"VentasAgrupadas", "VentaTotal", "decimal(18,4)"},
    {"VentasAgrupadas", "CostoTotal", "decimal(18,4)"},
    {"VentasAgrupadas", "UltimaSync", "datetime(3)"},
    {"SincronizacionDias", "IdSucursal", "int"},
    {"SincronizacionDias", "Fecha", "date"},
    {"SincronizacionDias", "Filas", "int unsigned"},
    {"SincronizacionDias", "TotalUnidades", "decimal(24,4)"},
    {"SincronizacionDias", "TotalVenta", "decimal(24,4)"},
    {"SincronizacionDias", "TotalCosto", "decimal(24,4)"},
    {"SincronizacionDias", "Huella", "bigint unsigned"},
});

struct Newer {
  std::string_view table;
  std::vector<std::string_view> columns;
  std::string_view lost;  // without them
};

const std::array<Newer, 3> newer_columns{
    {{"SincronizacionDias",
      {"MayorFilas", "MayorUnidades", "MayorVenta", "MayorCosto"},
      "many small losses of a closed day may add up to a large one unseen"},
     {"SincronizacionDias",
      {"Cierre"},
      "what is sold between a day's last look and its end is told as a change after closing"},
     {"EstadoSucursales",
      {"Maquina", "Equipo", "DiasRetenidos", "DiasArchivados"},
      "a second machine with this branch.id is not recognised, and head office does not see held "
      "days"}}};

constexpr std::array<std::pair<std::string_view, std::string_view>, 6> keys{{
    {"VentasAgrupadas",
     "IdSucursal,Fecha,Upc,IdProveedor,IdDepartamento,IdCategoria,IdSubcategoria"},
    {"SincronizacionDias", "IdSucursal,Fecha"},
    {"EstadoSucursales", "IdSucursal"},
    {"HistorialDias", "IdSucursal,Fecha,Cambio"},
    {"HistorialCambios",
     "IdSucursal,Fecha,Cambio,Upc,IdProveedor,IdDepartamento,IdCategoria,IdSubcategoria"},
    {"FilasRechazadas", "IdSucursal,Fecha,Fila"},
}};

/// MariaDB writes `int(11)`, MySQL `int`: the width of an integer means nothing.
std::string without_widths(std::string type) {
  for (auto at = type.find("int("); at != std::string::npos; at = type.find("int(", at + 1))
    type.erase(at + 3, type.find(')', at) - at - 2);
  return type;
}

/// A server on Windows keeps the names of tables in small letters (lower_case_table_names).
bool same_name(const std::string& a, std::string_view b) {
  return a.size() == b.size() && strncasecmp(a.data(), b.data(), b.size()) == 0;
}

const Row* find(const std::vector<Row>& rows, std::string_view first,
                std::string_view second = "") {
  const auto found = std::ranges::find_if(rows, [&](const Row& row) {
    return same_name(row[0], first) && (second.empty() || same_name(row[1], second));
  });
  return found == rows.end() ? nullptr : &*found;
}

void check_collation(const std::vector<Row>& found, Report& report) {
  const auto* upc = find(found, "VentasAgrupadas", "Upc");
  if (!upc) return;
  const auto& collation = (*upc)[3];
  if (collation == upc_collation)
    report.ok("collation", collation);
  else
    report.fail("collation",
                fmt::format("Upc has {} instead of {}: different codes would be taken for one",
                            collation, upc_collation),
                make_table_again);
}

}  // namespace

void check_procedures(const std::vector<Row>& found, std::initializer_list<Procedure> wanted,
                      Report& report) {
  bool all_well = true;
  for (const auto& [name, parameters] : wanted) {
    const auto* procedure = find(found, name);
    const auto actual = procedure ? without_widths((*procedure)[2]) : "";
    if (actual == parameters) continue;
    all_well = false;
    if (procedure)
      report.fail("procedures",
                  fmt::format("{} takes ({}) instead of ({})", name, actual, parameters),
                  "run the scripts of sql/ again");
    else
      report.fail("procedures", fmt::format("{} is missing, or may not be called", name),
                  "run the scripts of sql/ again, and grant EXECUTE");
  }
  if (all_well) report.ok("procedures", "all are there, with their parameters");
}

void check_procedures_mode(const std::vector<Row>& found, Report& report) {
  std::vector<std::string_view> lax;
  for (const Row& row : found)
    if (row[1].find("STRICT_") == std::string::npos) lax.push_back(row[0]);
  if (!lax.empty())
    report.warn("sql_mode", fmt::format("{} run without a strict sql_mode", fmt::join(lax, ", ")),
                "run the scripts of sql/ again");
}

void check_columns(const std::vector<Row>& found, Report& report) {
  bool all_well = true;
  for (const auto& [table, name, type] : columns) {
    const auto* column = find(found, table, name);
    const auto actual = column ? without_widths((*column)[2]) : "missing";
    if (actual == type) continue;
    all_well = false;
    report.fail("schema", fmt::format("{}.{} is {} instead of {}", table, name, actual, type),
                column ? make_table_again : run_scripts);
  }
  if (all_well) report.ok("schema", "all columns have their types");
  check_collation(found, report);
}

void check_newer_columns(const std::vector<Row>& found, Report& report) {
  for (const Newer& newer : newer_columns) {
    if (!find(found, newer.table)) continue;  // said elsewhere
    std::vector<std::string_view> missing;
    for (const auto name : newer.columns)
      if (!find(found, newer.table, name)) missing.push_back(name);
    if (!missing.empty())
      report.warn(
          "schema",
          fmt::format("{} has no {}: {}", newer.table, fmt::join(missing, ", "), newer.lost),
          run_scripts);
  }
}

bool has_table(const std::vector<Row>& columns, std::string_view table) {
  return find(columns, table) != nullptr;
}

void check_memory(const std::vector<Row>& columns, Report& report) {
  for (const auto table : {"HistorialDias", "HistorialCambios", "HistorialPendiente"})
    if (!has_table(columns, table))
      report.warn("schema",
                  fmt::format("{} is missing, or may not be read: what becomes of a closed day "
                              "leaves no history, or cannot be shown",
                              table),
                  fmt::format("{}, and grant SELECT", run_scripts));
  if (has_table(columns, "HistorialDias") && !has_table(columns, "Esquema"))
    report.warn("schema",
                "Esquema is missing, or may not be read: nobody can tell since when the history "
                "remembers, nor which version the schema has",
                fmt::format("{}, and grant SELECT", run_scripts));
}

void check_quarantine(const std::vector<Row>& columns, Report& report) {
  if (!has_table(columns, "FilasRechazadas"))
    report.warn("schema",
                "FilasRechazadas is missing, or may not be read: a day with a line that cannot be "
                "taken is in ERROR as a whole",
                fmt::format("{}, and grant SELECT, INSERT, DELETE", run_scripts));
}

void check_schema_version(std::string_view version, Report& report) {
  if (version == schema_version)
    report.ok("schema", fmt::format("version {}", version));
  else
    report.warn("schema",
                fmt::format("version {}, this program knows version {}", version, schema_version),
                "run the scripts of the newer version, or install the newer program");
}

bool are_views(const std::vector<Row>& found) {
  return std::ranges::any_of(found, [](const Row& row) { return row[1] == "VIEW"; });
}

void check_keys(const std::vector<Row>& found, Report& report) {
  bool all_well = true;
  for (const auto& [table, wanted] : keys) {
    const auto* row = find(found, table);
    if (!row) continue;  // said by check_columns
    const auto& [name, engine, key] = std::tie((*row)[0], (*row)[2], (*row)[3]);
    if (engine == "InnoDB" && key == wanted) continue;
    all_well = false;
    report.fail("key",
                fmt::format("{} is {} with the key ({}) instead of InnoDB with ({})", name, engine,
                            key, wanted),
                make_table_again);
  }
  if (all_well) report.ok("key", "all tables have theirs");
}

void check_partitions(const std::vector<Row>& found, Date today, Report& report) {
  constexpr auto remedy = "CALL sp_asegurar_particiones(2)";
  const Row* first = nullptr;  // whose partitions end first; what comes later shares one
  for (const auto name :
       {"VentasAgrupadas", "HistorialDias", "HistorialCambios", "FilasRechazadas"})
    if (const Row* table = find(found, name); table && (!first || (*table)[4] < (*first)[4]))
      first = table;
  if (!first) return;  // said by check_columns
  const auto& [name, unbounded_from] = std::tie((*first)[0], (*first)[4]);
  if (unbounded_from.empty())
    return report.warn("partitions", name + " has none", make_table_again);
  const auto text = fmt::format("{}: one a year until {}", name, unbounded_from);
  if (parse_date(unbounded_from) > today + partition_notice)
    report.ok("partitions", text);
  else
    report.warn("partitions", text + "; what comes after shares one", remedy);
}

void check_event_scheduler(const Variables& server, Report& report) {
  const auto state = value_of(server, "event_scheduler");
  if (state == "ON")
    report.ok("event_scheduler", state);
  else
    report.warn("event_scheduler",
                fmt::format("{}: nothing makes the next years' partitions", state),
                "set event_scheduler = ON in the server");
}

}  // namespace consolidador::preflight
