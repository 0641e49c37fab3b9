// SPDX-License-Identifier: MIT
#include "daemon/service/place.hpp"

#include <algorithm>
#include <utility>

#include "daemon/service/status.hpp"
#include "lib/core/log.hpp"
#include "lib/core/text.hpp"

namespace consolidador {

PlanInput Place::plan_input(std::optional<Date> first_sale) const {
  PlanInput input;
  input.today = branch_.today();
  input.historical = branch_.config().historical;
  input.first_sale = first_sale;
  input.now = branch_.now();
  input.final_from = [this](Date date) { return branch_.final_from(date); };
  return input;
}

void Place::plan(const Place* other, std::optional<Date> first_sale) {
  const auto days =
      consolidador::plan(ledger(), other ? other->ledger() : KnownDays{}, plan_input(first_sale));
  audited_.reset();
  advance_audited();
  const auto late_before = std::exchange(late_, {});
  for (const PlannedDay& day : days) {
    lane_->add(day.task);
    if (day.late) late_.insert(day.task.date);
  }
  for (const Date date : late_before)
    if (!late_.contains(date)) lane_->drop(date, Wanting::service);
  note_lateness();
  if (!days.empty())
    log::info("{}: {} to catch up, from {} to {}", name(), counted(days.size(), "day"),
              to_string(days.front().task.date), to_string(days.back().task.date));
}

void Place::learn_from(const DayReport& report) {
  const Date date = report.task.date;
  const TargetOutcome& outcome = *report.outcome;
  const bool lacking = outcome.action == DayAction::postponed ||
                       (outcome.action == DayAction::archived && !outcome.before.intact());
  if (!lacking) note_caught_up(date);
  if (outcome.recorded && report.task.priority == Priority::verification) verified_ = branch_.now();
  if (outcome.recorded) {
    not_audited_.erase(date);
    holdings_.note_written(name(),
                           ledger_after(find_day(ledger(), date), outcome, date, branch_.now()));
  } else if (report.task.priority == Priority::verification) {
    not_audited_.insert(date);
  }
  note_seen(report);
  follow_audited(date);
}

void Place::follow_audited(Date date) {
  const LedgerDay* day = find_day(ledger(), date);
  const bool still_so = day && is_closed(*day) && audited_ && date >= audited_->first;
  if (audited_ && date <= audited_->last && !still_so) audited_.reset();
  advance_audited();
}

/// What is not yet to be there is no gap.
void Place::advance_audited() {
  if (ledger().empty()) return;
  const auto& history = branch_.config().historical;
  const Date begin = audited_ ? audited_->first : ledger().front().date;
  for (Date date = audited_ ? audited_->last + std::chrono::days(1) : begin; date < branch_.today();
       date += std::chrono::days(1)) {
    const LedgerDay* day = find_day(ledger(), date);
    const bool not_missed = !day && history && history->contains(date);
    if (day && is_closed(*day))
      audited_ = {begin, date};
    else if (!not_missed)
      return;
  }
}

/// With those that failed before a restart and have not been tried since.
std::vector<RetriedDay> Place::retried() const {
  auto days = lane_->retries().days();
  for (const RetriedDay& day : lane_->retries().former())
    if (lane_->days().contains(day.date)) days.push_back(day);
  return days;
}

std::optional<Date> Place::last_audited(const std::set<Date>& troubled) const {
  if (!audited_) return std::nullopt;
  Date gap = audited_->last + std::chrono::days(1);
  if (!troubled.empty()) gap = std::min(gap, *troubled.begin());
  if (!late_.empty()) gap = std::min(gap, *late_.begin());
  for (const RetriedDay& day : retried()) gap = std::min(gap, day.date);
  if (const Date oldest = holdings_.oldest(); oldest < audited_->first) gap = std::min(gap, oldest);
  const auto next = std::ranges::lower_bound(ledger(), gap, {}, &LedgerDay::date);
  return next == ledger().begin() ? std::nullopt : std::optional(std::prev(next)->date);
}

bool Place::is_closed(const LedgerDay& day) const {
  return consolidador::is_closed(day, branch_.final_from(day.date), branch_.now());
}

void Place::note_lateness() {
  if (late_.empty())
    late_since_.reset();
  else if (!late_since_)
    late_since_ = branch_.now();
}

void Place::note_caught_up(Date date) {
  caught_up_ += late_.erase(date);
  note_lateness();
  if (!late_.empty() || caught_up_ == 0) return;
  log::info("{}: caught up with {}; none is pending", name(),
            counted(std::exchange(caught_up_, 0), "ended day"));
}

/// A ledger that was changed by hand under a living connection.
void Place::note_seen(const DayReport& report) {
  const TargetOutcome& outcome = *report.outcome;
  const LedgerDay* known = find_day(ledger(), report.task.date);
  if (outcome.recorded || !known) return;
  if (!outcome.before.ledger) {
    if (outcome.action != DayAction::unchanged)  // that may not have been looked at
      holdings_.learn(name(), report.task.date, {});
    return;
  }
  if (known->totals == *outcome.before.ledger) return;
  LedgerDay seen = *known;
  seen.totals = *outcome.before.ledger;
  seen.revision = outcome.before.revision;
  holdings_.note_written(name(), seen);
}

/// Days in trouble are looked at in every cycle anyway; they and those that could not be proven
/// must not keep the others from their turn.
void Place::ask_for_verification(std::size_t troubled) {
  const auto candidates = static_cast<unsigned>(troubled + not_audited_.size() + 1);
  const Date last = branch_.window_start() - std::chrono::days(1);
  lane_->errands().find_least_verified({parse_date("1900-01-01"), last}, candidates);
}

void Place::verify_next(const std::vector<Date>& days, const std::set<Date>& troubled) {
  const auto next = std::ranges::find_if(
      days, [&](Date date) { return !troubled.contains(date) && !not_audited_.contains(date); });
  if (next != days.end())
    lane_->add({*next, Priority::verification, TaskKind::audit});
  else
    not_audited_.clear();  // all have had their turn
}

bool Place::has_old_days() const {
  return !ledger().empty() && ledger().front().date < branch_.window_start();
}

void Place::beat(Heartbeat heartbeat) {
  heartbeat.pending_days = late();
  heartbeat.oldest_pending = oldest_late();
  heartbeat.marked_from = branch_.window_start();
  lane_->errands().beat(heartbeat);
}

void Place::take_over() {
  lane_->errands().take_over();
  lane_->retry_now();
}

std::optional<Date> Place::oldest_late() const {
  return late_.empty() ? std::nullopt : std::optional(*late_.begin());
}

std::size_t Place::archived(std::optional<Date> first_sale) const {
  const KnownDays& days = ledger();
  const auto end =
      std::ranges::lower_bound(days, first_sale.value_or(Date::min()), {}, &LedgerDay::date);
  return static_cast<std::size_t>(end - days.begin());
}

Outstanding Place::outstanding(Date date) const {
  Outstanding outstanding{name()};
  if (const LedgerDay* known = find_day(ledger(), date)) {
    outstanding.recorded = known->totals;
    outstanding.closed = is_closed(*known);
  }
  const auto retry = lane_->retries().find(date);
  if (!up())
    outstanding.why = lane_->availability().last_error();
  else if (lane_->paused())
    outstanding.why = *lane_->paused();
  else if (retry)
    outstanding.why = retry->error;
  else
    outstanding.soon = true;
  return outstanding;
}

TargetStatus Place::status(const std::set<Date>& troubled) const {
  TargetStatus status = connection_status(name(), lane_->availability());
  status.pending = lane_->days().size();
  status.late = late();
  status.oldest_late = oldest_late();
  status.last_audited = last_audited(troubled);
  if (up()) status.retried = retried();
  return status;
}

DayInTarget Place::day(Date date, std::optional<Date> first_sale) const {
  DayInTarget day;
  day.target = name();
  day.pending = lane_->days().contains(date);
  day.known = holdings_.is_known(name());
  if (const LedgerDay* known = find_day(ledger(), date)) {
    day.ledger = *known;
    day.closed = is_closed(*known);
    day.archived = first_sale && date < *first_sale && known->totals.filas != 0;
  }
  return day;
}

std::unique_ptr<Lane> Place::close() {
  lane_->stop();
  return std::move(lane_);
}

}  // namespace consolidador
