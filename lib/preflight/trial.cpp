// SPDX-License-Identifier: MIT
#include "lib/preflight/trial.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "lib/core/text.hpp"
#include "lib/core/time_zone.hpp"
#include "lib/store/aggregate_target.hpp"
#include "lib/store/audit_options.hpp"
#include "lib/store/endpoint.hpp"
#include "lib/store/pos_source.hpp"
#include "lib/sync/clock_watch.hpp"
#include "lib/sync/extractor.hpp"
#include "lib/sync/judgement.hpp"

namespace consolidador::preflight {
namespace {

ClockWatch::Here here(const Config& config, Date today) {
  const auto end_of = [zone = TimeZone(config.branch.time_zone)](Date date) {
    return zone.instant_at(date + std::chrono::days(1), {});
  };
  return ClockWatch::here(today, end_of);
}

/// In the words of the service, which would write nothing. Returns whether it would.
bool check_sales_to_come(const Config& config, const ClockWatch& clocks, Date today,
                         const std::optional<ClockWatch::Newest>& newest, Report& report) {
  const auto doubt = clocks.doubt(here(config, today), newest, std::nullopt);
  if (doubt)
    report.fail("days_to_come", *doubt,
                fmt::format("see also clock and time_zone; branch.time_zone is {}",
                            config.branch.time_zone));
  return !doubt;
}

void tell_that_none_are_to_come(Report& report) {
  report.ok("days_to_come", "no sales of days to come");
}

/// Only whether the account may: it is rolled back.
void try_to_write(AggregateTarget& target, Date today) {
  const WantedDay empty{.date = today, .totals = {}, .approved = {}};
  const auto rolled_back = target.begin(judge(empty, {}, {}).permit.value(), {});
  // The procedures write with their owner's rights, also where a read-only server lets only him.
  const SalesRow nowhere;
  const std::array rows{&nowhere};
  rolled_back->remove(today, rows);
  rolled_back->clear(today);
  rolled_back->record(today, {});
}

/// The last day of which the target has rows, where that is to come and the ledger knows of no rows
/// of it: the service writes none such.
std::optional<Date> unrecorded_to_come(AggregateTarget& target, Date latest,
                                       const std::vector<LedgerDay>& ledger) {
  const auto extent = target.extent();
  if (!extent || extent->last <= latest) return std::nullopt;
  const auto day = std::ranges::find(ledger, extent->last, &LedgerDay::date);
  const bool recorded = day != ledger.end() && day->totals.filas != 0;
  return recorded ? std::nullopt : std::optional(extent->last);
}

void check_target_days_to_come(const Config& config, AggregateTarget& target, Date today,
                               Report& report) {
  const auto ledger = target.ledger({today + std::chrono::days(1), parse_date("9999-12-31")});
  std::optional<ClockWatch::Newest> newest;
  for (const LedgerDay& day : ledger)
    if (day.totals.filas != 0) newest = {day.date, target.name()};
  if (!check_sales_to_come(config, {}, today, newest, report)) return;
  const Date latest = std::max(today, here(config, today).soon);
  const auto unrecorded = unrecorded_to_come(target, latest, ledger);
  if (!unrecorded) return tell_that_none_are_to_come(report);
  report.warn("days_to_come",
              fmt::format("rows of {}, a day to come, without an entry in SincronizacionDias: "
                          "somebody else has written them",
                          consolidador::to_string(*unrecorded)),
              fmt::format("look at them in {}, and delete them", target.name()));
}

}  // namespace

void try_extraction(const Config& config, const ConnectOptions& options, Date today,
                    Report& report) {
  Pool pool(options, pool_options(config));
  PosSource source(pool);
  const auto day = extract(source, config.branch.id, today, audit_options(config), nullptr, today);
  report.ok("trial", fmt::format("today has {}, sales {}", counted(day.totals.filas, "row"),
                                 day.totals.venta.to_string()));
  if (!day.rejected.empty())
    report.warn("rows", rejections_text(rejections_of(day.rejected)), "correct it in the POS");
  ClockWatch clocks;
  clocks.heard_of_sales(day.sales_after);
  if (check_sales_to_come(config, clocks, today, std::nullopt, report))
    tell_that_none_are_to_come(report);
  report.ok("snapshot", source.procedures_write()
                            ? "not read-only, for the POS's procedures write (temporary tables, a "
                              "log): what they write is kept, and what they lock while they write "
                              "stays locked until the day has been read"
                            : "read-only");
}

void try_transaction(const Config& config, const ConnectOptions& options, Date today,
                     Report& report) {
  Pool pool(options, pool_options(config));
  AggregateTarget target(pool, config.branch.id, {});
  const auto state = target.state(today);
  try_to_write(target, today);
  report.ok("trial", fmt::format("today has {}", counted(state.actual.filas, "row")));
  check_target_days_to_come(config, target, today, report);
}

}  // namespace consolidador::preflight
