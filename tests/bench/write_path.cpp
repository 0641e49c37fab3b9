// SPDX-License-Identifier: MIT
// Writes days that a target holds once more, each in two ways by turns: the server by itself, out
// of a copy (INSERT ... SELECT), and the product's transaction. Prints for each day the
// milliseconds: server, upsert, whole transaction with ledger and audit.
//   write_path CONFIG FIRST DAYS      `local` of CONFIG must hold the days, and central.Copia too
#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "lib/config/loader.hpp"
#include "lib/db/connection.hpp"
#include "lib/db/library.hpp"
#include "lib/db/pool.hpp"
#include "lib/store/aggregate_target.hpp"
#include "lib/store/endpoint.hpp"
#include "lib/sync/day_totals.hpp"

namespace {

using namespace consolidador;
using Clock = std::chrono::steady_clock;

double since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

Permit permit_for(Date date, const DayTotals& totals) {
  return judge({.date = date, .totals = totals, .approved = {}}, {}, {}).permit.value();
}

void empty_day(Target& target, Date date) {
  const auto unit = target.begin(permit_for(date, {}), {});
  unit->clear(date);
  unit->commit();
}

double by_server(Connection& connection, Date date) {
  const auto start = Clock::now();
  connection.execute("START TRANSACTION", DbPhase::write);
  connection.execute(
      "INSERT INTO VentasAgrupadas SELECT * FROM Copia WHERE Fecha = '" + to_string(date) + "'",
      DbPhase::write);
  connection.execute("COMMIT", DbPhase::write);
  return since(start);
}

struct Ours {
  double upsert;
  double whole;
};

Ours by_product(Target& target, Date date, const std::vector<SalesRow>& rows,
                const DayTotals& totals) {
  std::vector<const SalesRow*> pointers;
  for (const SalesRow& row : rows) pointers.push_back(&row);
  const auto start = Clock::now();
  const auto unit = target.begin(permit_for(date, totals), {});
  unit->upsert(date, pointers);
  const double upsert = since(start);
  if (unit->record(date, totals).actual != totals) throw std::runtime_error("the audit failed");
  unit->commit();
  return {upsert, since(start)};
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 4) throw std::runtime_error("wrong number of arguments");
  const DbLibrary library;
  const Config config = load_config(argv[1], process_environment());
  const auto options = target_connection(config, config.local, "local");
  Connection server(options);
  Pool pool(options, pool_options(config));
  AggregateTarget target(pool, config.branch.id, {config.upsert.batch_size});
  const Date first = parse_date(argv[2]);
  for (int i = 0; i < std::stoi(argv[3]); ++i) {
    const Date date = first + std::chrono::days(i);
    const auto rows = target.rows(date);
    const auto totals = totals_of(rows, config.branch.id, date);
    empty_day(target, date);
    const double alone = by_server(server, date);
    empty_day(target, date);
    const Ours ours = by_product(target, date, rows, totals);
    fmt::print("{:.2f} {:.2f} {:.2f}\n", alone, ours.upsert, ours.whole);
  }
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "write_path: %s\n", error.what());
  return 1;
}
