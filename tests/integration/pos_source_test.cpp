// SPDX-License-Identifier: MIT
#include "lib/store/pos_source.hpp"

#include "lib/sync/extractor.hpp"
#include "tests/integration/fixture.hpp"
#include "tests/support/catch.hpp"

namespace consolidador::test {
namespace {

const Date day = parse_date("2024-02-29");
const SourceAuditOptions exact{true, {}};

struct Collector : SalesVisitor {
  void columns(std::span<const std::string> found) override {
    names.assign(found.begin(), found.end());
  }
  void row(std::span<const Cell> cells) override {
    auto& row = rows.emplace_back();
    for (const auto& cell : cells) row.emplace_back(cell.value_or("NULL"));
  }
  TextRow names;
  std::vector<TextRow> rows;
};

/// The POS behind its port.
struct OpenPos : Pos {
  explicit OpenPos(const PosTypes& types = {})
      : Pos(types), pool(bot(SessionKind::reader), {}), source(pool) {}
  std::vector<SalesRow> rows() { return extract(source, 1, day, exact).rows; }
  std::vector<std::string> upcs() {
    std::vector<std::string> all;
    for (const auto& row : rows()) all.push_back(row.key.upc);
    return all;
  }

  Pool pool;
  PosSource source;
};

SalesRow with_key(SalesRow row, std::int32_t proveedor, std::int32_t departamento,
                  std::int32_t categoria, std::int32_t subcategoria) {
  row.key = {row.key.upc, proveedor, departamento, categoria, subcategoria};
  return row;
}

TEST_CASE("a day's lines are grouped by all their dimensions, other days stay out") {
  OpenPos pos;
  pos.sell({"'2024-02-28', 'a', 1, 2, 3, 9, 9, 9", "'2024-02-29', 'a', 1, 2, 3, 1, 10.25, 7",
            "'2024-02-29', 'a', 1, 2, 3, 2, 20.50, 14", "'2024-02-29', 'a', 1, 2, 4, 1, 10, 7",
            "'2024-02-29', 'b', NULL, NULL, NULL, -1, -10, 0",
            "'2024-03-01', 'a', 1, 2, 3, 9, 9, 9"});
  pos.admin().run("INSERT INTO productos VALUES ('b', 8)");
  CHECK(pos.rows() ==
        std::vector<SalesRow>{with_key(sales_row("a", "3", "30.75", "21"), 0, 1, 2, 3),
                              with_key(sales_row("a", "1", "10", "7"), 0, 1, 2, 4),
                              with_key(sales_row("b", "-1", "-10", "0"), 8, 0, 0, 0)});
}

TEST_CASE("the result has the names of the contract, first and in order") {
  OpenPos pos;
  Collector collector;
  pos.source.snapshot()->read_sales(day, collector);
  CHECK(collector.names == TextRow{"Fecha", "Upc", "IdProveedor", "IdDepartamento", "IdCategoria",
                                   "IdSubcategoria", "Unidades", "VentaTotal", "CostoTotal"});
  CHECK(collector.rows.empty());
}

TEST_CASE("a day without sales is a valid, audited result") {
  OpenPos pos;
  const auto extracted = extract(pos.source, 1, day, exact);
  CHECK(extracted.rows.empty());
  CHECK(extracted.totals == DayTotals{});
}

TEST_CASE("a sale rung up between reading and auditing is seen by neither") {
  OpenPos pos;
  pos.sell({"'2024-02-29', 'a', 1, 2, 3, 1, 10, 7"});
  const auto snapshot = pos.source.snapshot();
  SECTION("after the snapshot") {}
  SECTION("between the two calls") {
    Collector collector;
    snapshot->read_sales(day, collector);
    CHECK(collector.rows.size() == 1);
  }
  pos.sell({"'2024-02-29', 'b', 1, 2, 3, 5, 50, 35"});
  const auto audited = snapshot->audit(day);
  CHECK(audited.unidades == Decimal::parse("1"));
  CHECK(audited.venta == Decimal::parse("10"));
  CHECK(audited.costo == Decimal::parse("7"));
  Collector again;
  snapshot->read_sales(day, again);
  CHECK(again.rows.size() == 1);
  CHECK(pos.source.snapshot()->audit(day).unidades == Decimal::parse("6"));
}

TEST_CASE("procedures that write are called in a snapshot that is not read-only") {
  OpenPos pos;
  pos.admin().run("CREATE TABLE accesos (dia DATE) ENGINE=InnoDB");
  pos.admin().run(
      "CREATE OR REPLACE PROCEDURE sp_select_ventas_diarias(f DATE) BEGIN"
      " CREATE TEMPORARY TABLE visto (a INT); INSERT INTO accesos VALUES (f);"
      " SELECT Fecha, Upc, 0 AS IdProveedor, 1 AS IdDepartamento, 2 AS IdCategoria,"
      " 3 AS IdSubcategoria, Cantidad AS Unidades, MontoTotal AS VentaTotal, CostoTotal"
      " FROM ventasdiarias WHERE Fecha = f; END");
  pos.sell({"'2024-02-29', 'a', 1, 2, 3, 1, 10, 7"});
  CHECK_FALSE(pos.source.procedures_write());
  CHECK(pos.rows().size() == 1);
  CHECK(pos.source.procedures_write());
  CHECK(pos.rows().size() == 1);  // its temporary table went with the connection
  CHECK(pos.admin().value("SELECT COUNT(*) FROM accesos") == "2");

  auto snapshot = pos.source.snapshot();
  Collector collector;
  snapshot->read_sales(day, collector);
  pos.sell({"'2024-02-29', 'b', 1, 2, 3, 5, 50, 35"});
  CHECK(collector.rows.size() == 1);
  CHECK(snapshot->audit(day).unidades == Decimal::parse("1"));
  snapshot.reset();  // not kept
  CHECK(pos.admin().value("SELECT COUNT(*) FROM accesos") == "2");
}

TEST_CASE("a POS whose account sees a table without transactions may move") {
  OpenPos pos;
  CHECK_FALSE(pos.source.snapshot()->may_move());
  pos.admin().run("CREATE TABLE bitacora (a INT) ENGINE=MyISAM");
  CHECK_FALSE(pos.source.snapshot()->may_move());  // asked once a connection
  Pool fresh(pos.bot(SessionKind::reader), {});
  CHECK(PosSource(fresh).snapshot()->may_move());
}

TEST_CASE("a supplier that comes or changes within the snapshot is not seen either") {
  OpenPos pos;
  pos.sell({"'2024-02-29', 'a', 1, 2, 3, 1, 10, 7"});
  const auto snapshot = pos.source.snapshot();
  pos.admin().run("INSERT INTO productos VALUES ('a', 5)");
  Collector collector;
  snapshot->read_sales(day, collector);
  CHECK(collector.rows.at(0).at(2) == "0");
}

TEST_CASE("a POS that keeps amounts as DOUBLE is read without losing a cent") {
  OpenPos pos({.amount = "DOUBLE"});
  pos.sell({"'2024-02-29', 'a', 1, 2, 3, 0.1, 10.10, 7.01",
            "'2024-02-29', 'a', 1, 2, 3, 0.2, 20.20, 0",
            "'2024-02-29', 'b', 1, 2, 3, 1, 12345678901.23, 1e10"});
  const auto rows = extract(pos.source, 1, day, {true, Decimal::parse("0.01")}).rows;
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].unidades == Decimal::parse("0.3"));
  CHECK(rows[0].venta == Decimal::parse("30.3"));
  CHECK(rows[0].costo == Decimal::parse("7.01"));
  CHECK(rows[1].venta == Decimal::parse("12345678901.23"));
  CHECK(rows[1].costo == Decimal::parse("10000000000"));
}

TEST_CASE("a POS with times in Fecha gives the whole day and nothing of the next") {
  OpenPos pos({.fecha = "DATETIME(6)"});
  pos.sell({"'2024-02-28 23:59:59.999999', 'a', 1, 2, 3, 9, 9, 9",
            "'2024-02-29 00:00:00', 'a', 1, 2, 3, 1, 1, 1",
            "'2024-02-29 23:59:59.999999', 'a', 1, 2, 3, 1, 1, 1",
            "'2024-03-01 00:00:00', 'a', 1, 2, 3, 9, 9, 9"});
  CHECK(pos.rows() == std::vector<SalesRow>{with_key(sales_row("a", "2", "2", "2"), 0, 1, 2, 3)});
}

TEST_CASE("codes in latin1 arrive in UTF-8 and find their supplier") {
  OpenPos pos({.upc = "VARCHAR(50) CHARACTER SET latin1 COLLATE latin1_swedish_ci"});
  pos.sell({"'2024-02-29', 'Ñandú', 1, 2, 3, 1, 1, 1"});
  pos.admin().run("INSERT INTO productos VALUES ('Ñandú', 4)");
  CHECK(pos.rows() ==
        std::vector<SalesRow>{with_key(sales_row("Ñandú", "1", "1", "1"), 4, 1, 2, 3)});
}

TEST_CASE("codes that are numbers arrive as text and find their supplier") {
  OpenPos pos({.upc = "BIGINT"});
  pos.sell({"'2024-02-29', 7501000111112, 1, 2, 3, 1, 1, 1"});
  pos.admin().run("INSERT INTO productos VALUES (7501000111112, 4)");
  CHECK(pos.rows() ==
        std::vector<SalesRow>{with_key(sales_row("7501000111112", "1", "1", "1"), 4, 1, 2, 3)});
}

TEST_CASE("a product with two suppliers counts once, under the lowest number") {
  OpenPos pos;
  pos.sell({"'2024-02-29', 'a', 1, 2, 3, 1, 10, 7", "'2024-02-29', 'a', 1, 2, 3, 1, 10, 7"});
  pos.admin().run("INSERT INTO productos VALUES ('a', 70), ('a', 7), ('a', NULL), ('A', 1)");
  CHECK(pos.rows() == std::vector<SalesRow>{with_key(sales_row("a", "2", "20", "14"), 7, 1, 2, 3)});
}

TEST_CASE(
    "codes that differ in letter case, accent or trailing blank stay apart in any collation") {
  const auto* collation =
      GENERATE("utf8mb4_general_ci", "utf8mb4_unicode_ci", "utf8mb4_bin", "utf8mb4_uca1400_ai_ci");
  CAPTURE(collation);
  if (std::string(collation) == "utf8mb4_uca1400_ai_ci" &&
      Admin(Place::pos).value("SELECT VERSION()").starts_with("10.6"))
    return;
  OpenPos pos({.upc = "VARCHAR(50) CHARACTER SET utf8mb4 COLLATE " + std::string(collation)});
  pos.sell({"'2024-02-29', '84997D', 1, 2, 3, 1, 1, 1", "'2024-02-29', '84997d', 1, 2, 3, 1, 1, 1",
            "'2024-02-29', '84997d ', 1, 2, 3, 1, 1, 1", "'2024-02-29', 'e', 1, 2, 3, 1, 1, 1",
            "'2024-02-29', 'é', 1, 2, 3, 1, 1, 1", "'2024-02-29', '84997D', 1, 2, 3, 1, 1, 1"});
  pos.admin().run("INSERT INTO productos VALUES ('84997d', 5), ('é', 6)");
  CHECK(pos.upcs() == std::vector<std::string>{"84997D", "84997d", "84997d ", "e", "é"});
  const auto rows = pos.rows();
  CHECK(rows[0].key.proveedor == 0);
  CHECK(rows[0].unidades == Decimal::parse("2"));
  CHECK(rows[1].key.proveedor == 5);
  CHECK(rows[2].key.proveedor == 0);
  CHECK(rows[3].key.proveedor == 0);
  CHECK(rows[4].key.proveedor == 6);
}

TEST_CASE("a code that is NULL in the POS is handed over as NULL, to be refused by name") {
  OpenPos pos;
  pos.sell({"'2024-02-29', NULL, 1, 2, 3, 1, 1, 1"});
  Collector collector;
  pos.source.snapshot()->read_sales(day, collector);
  CHECK(collector.rows.at(0).at(1) == "NULL");
  CHECK_THROWS_AS(pos.rows(), DataError);
}

TEST_CASE("a snapshot leaves its connection clean for the next one, also after a refused row") {
  OpenPos pos;
  pos.sell({"'2024-02-29', NULL, 1, 2, 3, 1, 1, 1", "'2024-02-29', 'a', 1, 2, 3, 1, 1, 1"});
  CHECK_THROWS_AS(pos.rows(), DataError);
  pos.admin().run("DELETE FROM ventasdiarias WHERE Upc IS NULL");
  CHECK(pos.upcs() == std::vector<std::string>{"a"});
  CHECK(pos.pool.opened() == 1);
}

TEST_CASE("an audit procedure that returns nothing, or not its columns, is named with the remedy") {
  OpenPos pos;
  const auto* body = GENERATE("DO 0", "SELECT 1 AS TotalUnidades FROM DUAL WHERE FALSE",
                              "SELECT 1 AS TotalUnidades, 2 AS TotalVenta");
  CAPTURE(body);
  pos.admin().run("CREATE OR REPLACE PROCEDURE sp_audit_operativa(f DATE) " + std::string(body));
  const auto snapshot = pos.source.snapshot();
  try {
    snapshot->audit(day);
    FAIL("accepted");
  } catch (const Error& error) {
    CHECK(error.error_class() == ErrorClass::permanent);
    CHECK(error.cause() == ErrorCause::schema);
    CHECK_THAT(error.what(), contains("sp_audit_operativa") && contains("sql/operativa"));
  }
}

TEST_CASE("an audit of NULL sums counts as nothing sold, in whatever case the names are") {
  OpenPos pos;
  pos.admin().run(
      "CREATE OR REPLACE PROCEDURE sp_audit_operativa(f DATE) SELECT 'x' AS otra,"
      " NULL AS TOTALUNIDADES, 1.5e0 AS totalventa, 2 AS TotalCosto");
  const auto audited = pos.source.snapshot()->audit(day);
  CHECK(audited.unidades == Decimal());
  CHECK(audited.venta == Decimal::parse("1.5"));
  CHECK(audited.costo == Decimal::parse("2"));
}

TEST_CASE("a POS without the procedure fails with its name") {
  OpenPos pos;
  pos.admin().run("DROP PROCEDURE sp_select_ventas_diarias");
  const auto error = error_of([&] { pos.rows(); });
  CHECK(error.db_errno() == 1305);
  CHECK(error.cause() == ErrorCause::schema);
}

}  // namespace
}  // namespace consolidador::test
