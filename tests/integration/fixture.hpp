// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "lib/db/connection.hpp"
#include "lib/db/statement.hpp"
#include "lib/sync/judgement.hpp"
#include "lib/sync/sales_row.hpp"

struct st_mysql;

/// The servers of tests/support/with_servers.py, seen from C++.
namespace consolidador::test {

enum class Place { pos, local, vps };

inline const std::string bot_password = "s3creto-prueba";

/// As `bot`, with its password over TCP: the way of a branch. All rights on `superpos` or
/// `central`.
ConnectOptions bot_options(Place place, const std::string& database = "");
/// As `root` over the socket.
ConnectOptions root_options(Place place, const std::string& database = "");

using TextRow = std::vector<std::string>;

/// An administrator's session that shares no code with the product: raw client calls and the text
/// protocol. Every member throws std::runtime_error with the server's words.
class Admin {
 public:
  explicit Admin(Place place, const std::string& database = "");
  ~Admin();
  Admin(const Admin&) = delete;
  Admin& operator=(const Admin&) = delete;

  void run(const std::string& sql);
  std::vector<TextRow> rows(const std::string& sql);  ///< NULL reads `NULL`
  TextRow row(const std::string& sql);                ///< the only one
  std::string value(const std::string& sql);          ///< the only one

 private:
  st_mysql* handle_;
};

/// Runs a script that may contain DELIMITER with the `mariadb` client, as an administrator would.
void run_script(Place place, const std::string& database, const std::string& script);
/// All the files of a folder of the repository, in the order of their names, one after the other.
std::string scripts_of(const std::string& folder);

/// An empty database with all rights for `bot`, dropped at the end.
class Database {
 public:
  Database(Place place, std::string name);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  ConnectOptions bot(SessionKind kind = SessionKind::writer) const;
  Admin& admin() { return admin_; }
  const std::string& name() const { return name_; }

 private:
  Place place_;
  std::string name_;
  Admin admin_;
};

/// A database for the tests of lib/db.
struct Scratch : Database {
  Scratch() : Database(Place::local, "pruebas") {}
};

/// An empty aggregate database, made by the scripts of sql/agregada.
struct Aggregate : Database {
  explicit Aggregate(Place place = Place::vps);
};

/// A SuperPOS with the tables' column types as given and the procedures of sql/operativa.
struct PosTypes {
  std::string fecha = "DATE";
  std::string upc = "VARCHAR(50) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci";
  std::string amount = "DECIMAL(18,4)";
};
struct Pos : Database {
  explicit Pos(const PosTypes& types = {});
  /// Till lines, each `'Fecha', Upc, IdDepartamentos, IdCategorias, IdSubcategorias, Cantidad,
  /// MontoTotal, CostoTotal` in SQL.
  void sell(std::initializer_list<const char*> lines);
};

/// Sets a global variable of a server and puts the old value back at the end.
class GlobalVariable {
 public:
  GlobalVariable(Place place, std::string name, const std::string& value);
  ~GlobalVariable();
  GlobalVariable(const GlobalVariable&) = delete;
  GlobalVariable& operator=(const GlobalVariable&) = delete;

 private:
  Admin admin_;
  std::string name_;
  std::string old_;
};

/// Everything that a query gives, as text.
std::vector<TextRow> all_rows(Connection& connection, std::string_view sql);
/// The only value of the only row.
std::string value(Connection& connection, std::string_view sql);
std::string connection_id(Connection& connection);

/// The DbError that `work` must throw; fails the test when it throws none.
DbError error_of(const std::function<void()>& work);

/// Asks until `sql` gives `expected`; fails the test when it never does.
void await(Admin& admin, const std::string& sql, const std::string& expected);

/// Leave to write this content of a day.
Permit permit_for(Date date, const DayTotals& totals = {});

/// A row of VentasAgrupadas with amounts in text.
SalesRow sales_row(std::string upc, std::string_view unidades = "1", std::string_view venta = "10",
                   std::string_view costo = "7");

}  // namespace consolidador::test
