// SPDX-License-Identifier: MIT
#include "lib/sync/as_sold.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/fakes.hpp"

using namespace consolidador;
using namespace consolidador::test;

namespace {

SalesRow sold(const char* upc, std::int32_t supplier, const char* sales,
              std::int32_t category = 0) {
  SalesRow r = row(upc, "1", sales, "0", category);
  r.key.proveedor = supplier;
  return r;
}

}  // namespace

TEST_CASE("a product keeps the supplier that its line was proven with") {
  const std::vector<SalesRow> proven{sold("a", 7, "10"), sold("b", 8, "20")};
  const std::vector<SalesRow> wanted{sold("a", 0, "10"), sold("b", 8, "20")};
  const AsSold result = as_sold(wanted, proven, {});
  CHECK(result.rows == proven);
  CHECK(result.reclassified == 1);
  CHECK(result.examples == std::vector<std::string>{"Upc a: IdProveedor 7 now 0"});
}

TEST_CASE("amounts are the POS's, and so are new products") {
  const std::vector<SalesRow> proven{sold("a", 7, "10")};
  const std::vector<SalesRow> wanted{sold("a", 9, "11"), sold("new", 9, "5")};
  const AsSold result = as_sold(wanted, proven, {});
  CHECK(result.rows == std::vector<SalesRow>{sold("a", 7, "11"), sold("new", 9, "5")});
}

TEST_CASE("a new line of a known product gets the product's supplier of that day") {
  const std::vector<SalesRow> proven{sold("a", 7, "10", 1)};
  const std::vector<SalesRow> wanted{sold("a", 9, "10", 1), sold("a", 9, "3", 2)};
  const AsSold result = as_sold(wanted, proven, {});
  CHECK(result.rows == std::vector<SalesRow>{sold("a", 7, "10", 1), sold("a", 7, "3", 2)});
}

TEST_CASE("rows that come to the same key are added up") {
  const std::vector<SalesRow> proven{sold("a", 7, "10")};
  const std::vector<SalesRow> wanted{sold("a", 8, "4"), sold("a", 9, "6"), sold("b", 1, "1")};
  const AsSold result = as_sold(wanted, proven, {});
  REQUIRE(result.rows.size() == 2);
  CHECK(result.rows[0].venta.to_string() == "10.0000");
  CHECK(result.rows[0].unidades.to_string() == "2.0000");
}

TEST_CASE("without a proven day nothing changes") {
  const std::vector<SalesRow> wanted{sold("a", 9, "10")};
  CHECK(as_sold(wanted, {}, {}).rows == wanted);
  CHECK(as_sold({}, wanted, {}).rows.empty());
}

TEST_CASE("a department from master data stays as it was sold, one from the till line follows") {
  std::vector<SalesRow> proven{sold("a", 7, "10")}, wanted{sold("a", 8, "10")};
  proven.front().key.departamento = 1;
  wanted.front().key.departamento = 5;
  MasterData master;
  CHECK(as_sold(wanted, proven, master).rows.front().key.departamento == 5);
  CHECK(as_sold(wanted, proven, master).rows.front().key.proveedor == 7);
  master.department = true;
  const AsSold kept = as_sold(wanted, proven, master);
  CHECK(kept.rows == proven);
  CHECK(kept.examples ==
        std::vector<std::string>{"Upc a: IdProveedor 7 now 8, IdDepartamento 1 now 5"});
}
