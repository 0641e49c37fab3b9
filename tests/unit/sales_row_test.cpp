// SPDX-License-Identifier: MIT
#include "lib/sync/sales_row.hpp"

#include "lib/core/error.hpp"
#include "tests/support/catch.hpp"

using namespace consolidador;
using test::contains;

namespace {

using Cell = SalesRowMapper::Cell;
const Date day = parse_date("2026-01-05");
const std::vector<std::string> columns{"Fecha",          "Upc",         "IdProveedor",
                                       "IdDepartamento", "IdCategoria", "IdSubcategoria",
                                       "Unidades",       "VentaTotal",  "CostoTotal"};

std::vector<Cell> good() {
  return {"2026-01-05", "7501", "7", "1", "2", "3", "2.000", "15.30", "9"};
}

SalesRow map(const std::vector<Cell>& cells) {
  return SalesRowMapper(columns, day).map(cells);
}

std::vector<Cell> with(std::size_t column, Cell value) {
  auto cells = good();
  cells[column] = value;
  return cells;
}

}  // namespace

TEST_CASE(
    "a row is read by column name, in any order and any letter case, and extra columns are "
    "ignored") {
  const std::vector<std::string> shuffled{
      "extra",    "COSTOTOTAL",     "upc",         "fecha",          "VentaTotal",
      "Unidades", "IdSubcategoria", "IdCategoria", "IdDepartamento", "IdProveedor"};
  const std::vector<Cell> cells{"x", "9", "7501", "2026-01-05", "15.30", "2", "3", "2", "1", "7"};
  const SalesRow row = SalesRowMapper(shuffled, day).map(cells);
  CHECK(row == map(good()));
  CHECK(row.key == SalesKey{"7501", 7, 1, 2, 3});
  CHECK(row.venta.to_string() == "15.3000");
}

TEST_CASE("a missing column is a schema error that names it") {
  auto fewer = columns;
  fewer.erase(fewer.begin() + 7);
  try {
    SalesRowMapper(fewer, day);
    FAIL("accepted");
  } catch (const Error& error) {
    CHECK(error.cause() == ErrorCause::schema);
    CHECK_THAT(error.what(), contains("VentaTotal"));
  }
}

TEST_CASE("an unacceptable row is refused with its number, its column and the reason") {
  const std::string bad_utf8 = "75\xC0\xAF";
  struct {
    std::size_t column;
    Cell value;
    const char* expected;
  } const cases[] = {
      {0, std::nullopt, "row 1 (Upc '7501'): Fecha is NULL"},
      {0, "2026-01-06", "Fecha '2026-01-06' is not the day asked for, 2026-01-05"},
      {0, "2026-01-05 10:00:00", "is not the day asked for"},
      {1, std::nullopt, "row 1: Upc is NULL"},
      {1, "", "row 1: Upc is empty"},
      {1, "   ", "row 1: Upc is empty"},
      {1, "123456789012345678901", "Upc '123456789012345678901' has 21 characters; at most 20 fit"},
      {1, bad_utf8, "Upc is not valid UTF-8"},
      {2, "x", "IdProveedor 'x' is not a decimal number"},
      {3, "1.5", "IdDepartamento '1.5' is not a 32-bit whole number"},
      {4, "2147483648", "IdCategoria '2147483648' is not a 32-bit whole number"},
      {5, "99999999999999999999999999999999999999999", "IdSubcategoria '"},
      {6, std::nullopt, "Unidades is NULL"},
      {7, "1e14", "VentaTotal '1e14' does not fit DECIMAL(18,4)"},
      {7, "-100000000000000", "does not fit DECIMAL(18,4)"},
      {7, "99999999999999.99996", "does not fit DECIMAL(18,4)"},
      {8, "nan", "CostoTotal 'nan' is not a decimal number"},
  };
  for (const auto& c : cases) {
    INFO("column " << c.column << " = " << c.value.value_or("NULL"));
    CHECK_THROWS_WITH(map(with(c.column, c.value)), contains(c.expected));
  }
}

TEST_CASE("the limits themselves are accepted") {
  CHECK(map(with(7, "99999999999999.9999")).venta.to_string() == "99999999999999.9999");
  CHECK(map(with(7, "-99999999999999.9999")).venta.to_string() == "-99999999999999.9999");
  CHECK(map(with(4, "-2147483648")).key.categoria == INT32_MIN);
  CHECK(map(with(1, "12345678901234567890")).key.upc.size() == 20);
  CHECK(map(with(1, "ñandú-ñandú-ñandú-ñá")).key.upc == "ñandú-ñandú-ñandú-ñá");  // 20 characters
  CHECK(map(with(0, "2026-01-05 00:00:00")).key.upc == "7501");
}

TEST_CASE("a missing dimension counts as 0, and a whole number may be written as a decimal") {
  CHECK(map(with(2, std::nullopt)).key.proveedor == 0);
  CHECK(map(with(2, "12.0")).key.proveedor == 12);
}

TEST_CASE("rows are counted from 1, and each rounded amount is counted for its column") {
  SalesRowMapper mapper(columns, day);
  mapper.map(good());
  CHECK(mapper.map(with(7, "1.23455")).venta.to_string() == "1.2346");
  CHECK(mapper.map(with(7, "-1.23455")).venta.to_string() == "-1.2346");
  CHECK(mapper.rounded().venta == 2);
  CHECK(mapper.rounded().unidades == 0);
  CHECK_THROWS_WITH(mapper.map(with(1, "")), contains("row 4"));
}
