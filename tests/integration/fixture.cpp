// SPDX-License-Identifier: MIT
#include "tests/integration/fixture.hpp"

#include <mysql.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <stdexcept>

#include "lib/db/library.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_dir.hpp"

namespace consolidador::test {
namespace {

const DbLibrary library;

std::string variable(Place place, const std::string& what) {
  constexpr const char* names[] = {"POS", "LOCAL", "VPS"};
  const auto name = "CONSOLIDADOR_TEST_" + std::string(names[static_cast<int>(place)]) + "_" + what;
  if (const char* value = std::getenv(name.c_str())) return value;
  throw std::runtime_error(name + " is not set; run this through tests/support/with_servers.py");
}

std::string quoted(const std::string& text) {
  return "'" + text + "'";
}

std::string name_of(Place place) {
  constexpr const char* names[] = {"operational", "local", "vps"};
  return names[static_cast<int>(place)];
}

}  // namespace

ConnectOptions bot_options(Place place, const std::string& database) {
  ConnectOptions options;
  options.name = name_of(place);
  options.host = "127.0.0.1";
  options.port = static_cast<std::uint16_t>(std::stoi(variable(place, "PORT")));
  options.user = "bot";
  options.password = Secret(bot_password);
  options.database = database;
  options.tls.required = false;
  options.kind = SessionKind::writer;
  return options;
}

ConnectOptions root_options(Place place, const std::string& database) {
  ConnectOptions options = bot_options(place, database);
  options.socket = variable(place, "SOCKET");
  options.user = "root";
  options.password = Secret();
  return options;
}

Admin::Admin(Place place, const std::string& database) : handle_(mysql_init(nullptr)) {
  mysql_options(handle_, MYSQL_SET_CHARSET_NAME, "utf8mb4");
  if (!mysql_real_connect(handle_, nullptr, "root", "", database.c_str(), 0,
                          variable(place, "SOCKET").c_str(), 0)) {
    const std::string error = mysql_error(handle_);
    mysql_close(handle_);
    throw std::runtime_error("administrator: " + error);
  }
  run("SET SESSION sql_mode = '', time_zone = '+00:00'");
}

Admin::~Admin() {
  mysql_close(handle_);
}

void Admin::run(const std::string& sql) {
  rows(sql);
}

std::vector<TextRow> Admin::rows(const std::string& sql) {
  if (mysql_real_query(handle_, sql.data(), sql.size()) != 0)
    throw std::runtime_error(std::string(mysql_error(handle_)) + " in: " + sql.substr(0, 200));
  const std::unique_ptr<MYSQL_RES, void (*)(MYSQL_RES*)> result(mysql_store_result(handle_),
                                                                mysql_free_result);
  std::vector<TextRow> rows;
  while (const MYSQL_ROW row = result ? mysql_fetch_row(result.get()) : nullptr) {
    const unsigned long* lengths = mysql_fetch_lengths(result.get());
    auto& cells = rows.emplace_back();
    for (unsigned i = 0; i < mysql_num_fields(result.get()); ++i)
      cells.push_back(row[i] ? std::string(row[i], lengths[i]) : "NULL");
  }
  while (mysql_next_result(handle_) == 0) mysql_free_result(mysql_store_result(handle_));
  return rows;
}

TextRow Admin::row(const std::string& sql) {
  auto all = rows(sql);
  if (all.size() != 1) throw std::runtime_error("not one row: " + sql.substr(0, 200));
  return all.front();
}

std::string Admin::value(const std::string& sql) {
  return row(sql).at(0);
}

void run_script(Place place, const std::string& database, const std::string& script) {
  const auto command = "PATH=$PATH:/usr/bin mariadb --no-defaults --user=root --socket=" +
                       quoted(variable(place, "SOCKET")) + " --default-character-set=utf8mb4 " +
                       quoted(database);
  std::FILE* client = ::popen(command.c_str(), "w");
  if (!client) throw std::runtime_error("cannot start the mariadb client");
  const auto written = std::fwrite(script.data(), 1, script.size(), client);
  if (::pclose(client) != 0 || written != script.size())
    throw std::runtime_error("the mariadb client failed; see above");
}

std::string scripts_of(const std::string& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry :
       std::filesystem::directory_iterator(CONSOLIDADOR_SOURCE_DIR "/" + folder))
    if (entry.path().extension() == ".sql") files.push_back(entry.path());
  std::ranges::sort(files);
  std::string scripts;
  for (const auto& file : files) scripts += read_file(file) + "\n";
  return scripts;
}

Database::Database(Place place, std::string name)
    : place_(place), name_(std::move(name)), admin_(place) {
  admin_.run("CREATE OR REPLACE DATABASE " + name_);
  admin_.run("USE " + name_);
  admin_.run("GRANT ALL PRIVILEGES ON " + name_ + ".* TO 'bot'@'%'");
}

Database::~Database() {
  try {
    admin_.run("DROP DATABASE IF EXISTS " + name_);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
  }
}

ConnectOptions Database::bot(SessionKind kind) const {
  ConnectOptions options = bot_options(place_, name_);
  options.kind = kind;
  return options;
}

Aggregate::Aggregate(Place place) : Database(place, "central") {
  run_script(place, name(), scripts_of("sql/agregada"));
}

Pos::Pos(const PosTypes& types) : Database(Place::pos, "superpos") {
  admin().run("CREATE TABLE ventasdiarias (Fecha " + types.fecha + " NOT NULL, Upc " + types.upc +
              " NULL, IdDepartamentos INT NULL, IdCategorias INT NULL, IdSubcategorias INT NULL,"
              " Cantidad " +
              types.amount + " NULL, MontoTotal " + types.amount + " NULL, CostoTotal " +
              types.amount + " NULL, KEY ix_fecha (Fecha)) ENGINE=InnoDB");
  admin().run("CREATE TABLE productos (Upc " + types.upc +
              " NOT NULL, IdProveedores INT NULL, KEY ix_upc (Upc)) ENGINE=InnoDB");
  run_script(Place::pos, name(), scripts_of("sql/operativa"));
}

void Pos::sell(std::initializer_list<const char*> lines) {
  for (const auto* line : lines)
    admin().run("INSERT INTO ventasdiarias VALUES (" + std::string(line) + ")");
}

GlobalVariable::GlobalVariable(Place place, std::string name, const std::string& value)
    : admin_(place), name_(std::move(name)), old_(admin_.value("SELECT @@GLOBAL." + name_)) {
  admin_.run("SET GLOBAL " + name_ + " = " + value);
}

GlobalVariable::~GlobalVariable() {
  try {
    admin_.run("SET GLOBAL " + name_ + " = " + old_);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
  }
}

std::vector<TextRow> all_rows(Connection& connection, std::string_view sql) {
  std::vector<TextRow> all;
  Rows rows = connection.statement(sql).query({}, DbPhase::read);
  while (rows.next()) {
    auto& row = all.emplace_back();
    for (const auto& cell : rows.cells()) row.emplace_back(cell.value_or("NULL"));
  }
  return all;
}

std::string value(Connection& connection, std::string_view sql) {
  return all_rows(connection, sql).at(0).at(0);
}

std::string connection_id(Connection& connection) {
  return value(connection, "SELECT CONNECTION_ID()");
}

DbError error_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const DbError& error) {
    return error;
  }
  throw std::runtime_error("expected a DbError, but nothing failed");
}

void await(Admin& admin, const std::string& sql, const std::string& expected) {
  constexpr int attempts = 1'000'000;  // each is a round trip: far longer than any server needs
  for (int i = 0; i < attempts; ++i)
    if (admin.value(sql) == expected) return;
  throw std::runtime_error("never came true: " + sql);
}

Permit permit_for(Date date, const DayTotals& totals) {
  return judge({.date = date, .totals = totals, .approved = {}}, {}, {}).permit.value();
}

SalesRow sales_row(std::string upc, std::string_view unidades, std::string_view venta,
                   std::string_view costo) {
  return {{std::move(upc)}, Decimal::parse(unidades), Decimal::parse(venta), Decimal::parse(costo)};
}

}  // namespace consolidador::test
