// SPDX-License-Identifier: MIT
#include "daemon/bus/snapshot.hpp"

#include <algorithm>

#include "daemon/bus/names.hpp"
#include "daemon/service/status.hpp"
#include "lib/core/outlet.hpp"

namespace consolidador::bus {
namespace {

constexpr std::size_t most_texts = 50;

Dict target_dict(const TargetStatus& target) {
  return {{{"Name", target.name},
           {"Up", target.up},
           {"LastSuccessUSec", usec(target.last_success)},
           {"DownSinceUSec", usec(target.down_since)},
           {"Error", bounded(target.error)},
           {"PendingDays", std::uint64_t{target.pending}},
           {"LateDays", std::uint64_t{target.late}},
           {"RetriedDays", std::uint64_t{target.retried.size()}},
           {"OldestLateDay", text_of(target.oldest_late)},
           {"LastAuditedDay", text_of(target.last_audited)},
           {"Reconnects", target.reconnects}}};
}

Dict day_in_target_dict(const DayInTarget& day) {
  Dict dict{{{"Target", day.target},
             {"Pending", day.pending},
             {"Recorded", day.ledger.has_value()},
             {"Known", day.known},
             {"Closed", day.closed},
             {"Archived", day.archived}}};
  if (!day.ledger) return dict;
  const LedgerDay& ledger = *day.ledger;
  const auto append = [&dict](const Dict& more) {
    dict.entries.insert(dict.entries.end(), more.entries.begin(), more.entries.end());
  };
  append(totals_dict(ledger.totals));
  append({{{"Revision", ledger.revision},
           {"FirstSyncUSec", usec(ledger.first_sync)},
           {"LastSyncUSec", usec(ledger.last_sync)},
           {"VerifiedUSec", usec(ledger.verified)}}});
  return dict;
}

Dict loss_dict(const std::optional<Loss>& loss) {
  if (!loss) return {};
  const DayTotals& held = loss->held;
  const DayTotals& left = loss->wanted;
  return {{{"Target", loss->target},
           {"RowsGoing", loss->rows_going},
           {"Rows", held.filas},
           {"RowsLeft", left.filas},
           {"Units", held.unidades.to_string()},
           {"UnitsLeft", left.unidades.to_string()},
           {"Sales", held.venta.to_string()},
           {"SalesLeft", left.venta.to_string()},
           {"Cost", held.costo.to_string()},
           {"CostLeft", left.costo.to_string()}}};
}

}  // namespace

std::uint64_t usec(std::optional<std::chrono::system_clock::time_point> instant) {
  if (!instant) return 0;
  const auto since = instant->time_since_epoch();
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::microseconds>(since).count());
}

std::string text_of(std::optional<Date> date) {
  return date ? to_string(*date) : std::string();
}

std::string bounded(const std::string& text) {
  return for_bus(text);
}

Strings bounded(const std::vector<std::string>& texts) {
  Strings result;
  for (const auto& text : texts)
    if (result.size() < most_texts) result.push_back(bounded(text));
  return result;
}

Dict status_dict(const StatusSnapshot& status) {
  std::vector<Dict> targets{target_dict(status.source)};
  for (const TargetStatus& target : status.targets) targets.push_back(target_dict(target));
  return {{{"BranchId", status.branch_id},
           {"BranchName", bounded(status.branch_name)},
           {"Version", status.version},
           {"State", std::string(to_string(status.state))},
           {"PauseReason", bounded(status.pause_reason)},
           {"Modes", bounded(status.modes)},
           {"Health", std::string(to_string(status.health.health))},
           {"HealthReasons", bounded(status.health.reasons)},
           {"StartedUSec", usec(status.started)},
           {"LastCycleUSec", usec(status.last_cycle)},
           {"NextCycleUSec", usec(status.next_cycle)},
           {"OldestPendingDay", oldest_late(status)},
           {"LastAuditedDay", last_audited(status)},
           {"FailedDays", std::uint64_t{status.failed_days}},
           {"HeldDays", std::uint64_t{status.held_days}},
           {"RejectedDays", std::uint64_t{status.rejected_days}},
           {"RejectedRows", status.rejected_rows},
           {"ArchivedDays", std::uint64_t{status.archived_days}},
           {"PosBeginsDay", text_of(status.pos_begins)},
           {"ConsecutiveFailures", status.consecutive_failures},
           {"Cycles", status.cycles},
           {"DaysSynced", status.days_synced},
           {"RowsSynced", status.rows_synced},
           {"Reconnects", reconnects(status)},
           {"ConfigGeneration", status.config_generation},
           {"ConfigError", bounded(status.config_error)},
           {"Places", std::move(targets)}}};
}

Dict request_dict(const RequestInfo& request) {
  return {{{"Id", request.id},
           {"Path", path_of_job(request.id)},
           {"Kind", std::string(to_string(request.kind))},
           {"From", to_string(request.range.first)},
           {"To", to_string(request.range.last)},
           {"State", std::string(to_string(request.state))},
           {"Progress", progress(request)},
           {"Done", std::uint64_t{request.done}},
           {"Total", std::uint64_t{request.total}},
           {"Failed", std::uint64_t{request.failed}},
           {"Held", std::uint64_t{request.held}},
           {"Error", bounded(request.error)}}};
}

Dict day_dict(const DayInfo& day) {
  std::vector<Dict> targets;
  for (const DayInTarget& target : day.targets) targets.push_back(day_in_target_dict(target));
  return {{{"Date", to_string(day.date)},
           {"Error", bounded(day.error)},
           {"Waits", bounded(day.waits)},
           {"Held", bounded(day.held)},
           {"Conflict", day.conflict},
           {"RejectedRows", day.rejected.rows},
           {"Rejected", bounded(day.rejected.text)},
           {"Loss", loss_dict(day.loss)},
           {"Targets", std::move(targets)}}};
}

Dict totals_dict(const DayTotals& totals) {
  return {{{"Rows", totals.filas},
           {"Units", totals.unidades.to_string()},
           {"Sales", totals.venta.to_string()},
           {"Cost", totals.costo.to_string()},
           {"Huella", std::to_string(totals.huella)}}};
}

Dict synced_dict(const DayTotals& totals, const WrittenChange& change, const Rejections& rejected) {
  Dict dict = totals_dict(totals);
  std::vector<Dict> largest;
  for (const auto& product : change.largest)
    largest.push_back({{{"Upc", for_bus(product.upc)}, {"Sales", product.venta.to_string()}}});
  const Dict told{{{"RowsAdded", std::uint64_t{change.added}},
                   {"RowsChanged", std::uint64_t{change.changed}},
                   {"RowsRemoved", std::uint64_t{change.removed}},
                   {"UnitsChange", change.unidades.to_string()},
                   {"SalesChange", change.venta.to_string()},
                   {"CostChange", change.costo.to_string()},
                   {"RejectedRows", rejected.rows},
                   {"Largest", std::move(largest)}}};
  dict.entries.insert(dict.entries.end(), told.entries.begin(), told.entries.end());
  return dict;
}

double progress(const RequestInfo& request) {
  if (request.total == 0) return request.state == RequestState::running ? 0.0 : 1.0;
  return std::min(1.0, static_cast<double>(request.done) / static_cast<double>(request.total));
}

std::string oldest_late(const StatusSnapshot& status) {
  std::optional<Date> oldest;
  for (const TargetStatus& target : status.targets)
    if (target.oldest_late && (!oldest || *target.oldest_late < *oldest))
      oldest = target.oldest_late;
  return text_of(oldest);
}

std::string last_audited(const StatusSnapshot& status) {
  return text_of(audited_everywhere(status.targets));
}

std::uint64_t reconnects(const StatusSnapshot& status) {
  std::uint64_t sum = status.source.reconnects;
  for (const TargetStatus& target : status.targets) sum += target.reconnects;
  return sum;
}

}  // namespace consolidador::bus
