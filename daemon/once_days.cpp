// SPDX-License-Identifier: MIT
#include "daemon/once_days.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "daemon/lanes/day_text.hpp"
#include "lib/core/log.hpp"
#include "lib/db/deadline.hpp"
#include "lib/db/patience.hpp"

namespace consolidador {
namespace {

// A day that was overtaken twice is left: the other writer has extracted it after this run began.
constexpr unsigned enough_overtaken = 2;
constexpr std::chrono::days farthest_ahead{3'660};

/// The database's own messages name it already.
std::string with_place(const std::string& where, const Error& error) {
  const std::string_view text = error.what();
  return text.starts_with(where) ? std::string(text) : fmt::format("{}: {}", where, text);
}

void log_retry(const std::string& where, const Error& error, std::chrono::milliseconds delay) {
  log::warning("{}; trying again in {} ms", with_place(where, error), delay.count());
}

std::string describe_plan(const TargetOutcome& outcome, const DayTotals& wanted) {
  if (outcome.forged)
    return fmt::format("{} rows are others, though count, sums and Huella agree",
                       outcome.written + outcome.removed);
  const auto totals = differences(wanted, outcome.before.actual);
  return totals.empty() ? "the ledger does not have the day as it is" : totals;
}

}  // namespace

OnceDays::OnceDays(OnceDaysOptions options, std::shared_ptr<Source> source,
                   std::vector<std::shared_ptr<Target>> targets)
    : options_(std::move(options)),
      source_(std::move(source)),
      targets_(std::move(targets)),
      source_gate_({options_.statement, options_.unit}),
      target_gates_(targets_.size(), Gate({options_.statement, options_.unit})),
      claimed_(targets_.size()) {}

DayResult OnceDays::run(Date date) {
  const auto start = Clock::now();
  DayResult result;
  overtaken_.assign(targets_.size(), 0);
  for (bool again = true; again;) try {
      result = {};
      result.date = date;
      sync_all(result);
      again = false;
    } catch (const Overtaken& error) {  // what was extracted is older than what is there now
      log::info("{}", error.what());
    }
  result.duration = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start);
  return result;
}

void OnceDays::sync_all(DayResult& result) {
  States states = look(result);
  std::uint64_t rows = 0;
  for (const auto& state : states)
    if (state)
      rows = std::max({rows, state->actual.filas, state->ledger.value_or(DayTotals{}).filas});
  const auto day = extract_day(result, rows != 0, rows);
  if (!day) return;
  if (clock_is_doubted(*day, result)) return;
  std::optional<KnownRows> known;
  for (std::size_t i = 0; i < targets_.size(); ++i) sync_target(i, *day, states, known, result);
}

/// Before the extraction: so that nobody's newer one is written over.
OnceDays::States OnceDays::look(DayResult& result) {
  States states(targets_.size());
  for (std::size_t i = 0; i < targets_.size(); ++i) try {
      Target& target = *targets_[i];
      const unsigned tries = attempt(target_gates_[i], target.name(), {result.date}, [&] {
        claim(i);
        states[i] = target.state(result.date);
      });
      result.attempts = std::max(result.attempts, tries);
    } catch (const Error& error) {
      result.targets.push_back({targets_[i]->name(), std::nullopt, error.what()});
      note_failure(result, targets_[i]->name(), error);
    }
  return states;
}

/// Once for each target: it must be this machine's.
void OnceDays::claim(std::size_t i) {
  if (claimed_[i]) return;
  if (only_reads(options_.mode))
    targets_[i]->check_claim(options_.machine);
  else
    targets_[i]->claim(options_.machine, options_.take_over);
  claimed_[i] = true;
  if (const auto theirs = targets_[i]->clock())
    clocks_.heard(targets_[i]->name(), *theirs, time_since_boot());
  // A clock that goes back makes no day an open one again.
  const DateRange later{options_.today + std::chrono::days(1), options_.today + farthest_ahead};
  for (const LedgerDay& day : targets_[i]->ledger(later))
    if (day.totals.filas != 0 && (!latest_ || day.date > latest_->date))
      latest_ = {day.date, targets_[i]->name()};
}

/// Today's reading tells of them, and before that nothing may be written.
void OnceDays::hear_of_sales_to_come(const ExtractedDay& day) {
  if (day.date == options_.today) clocks_.heard_of_sales(day.sales_after);
  if (std::exchange(heard_of_sales_, true) || day.date == options_.today) return;
  DayResult result;
  result.date = options_.today;
  if (const auto today = extract_day(result, false, 0)) clocks_.heard_of_sales(today->sales_after);
}

bool OnceDays::clock_is_doubted(const ExtractedDay& day, DayResult& result) {
  hear_of_sales_to_come(day);
  const auto here = ClockWatch::here(options_.today, options_.end_of);
  const auto doubt = clocks_.doubt(here, latest_, std::nullopt);
  if (doubt) result.error = *doubt;
  return doubt.has_value();
}

/// The first day of which a target knows; asked when the first empty day turns up.
Date OnceDays::oldest() {
  if (oldest_) return *oldest_;
  oldest_ = options_.today;
  for (std::size_t i = 0; i < targets_.size(); ++i) try {
      if (!claimed_[i]) continue;
      const auto days = targets_[i]->ledger({parse_date("1900-01-01"), options_.today});
      if (!days.empty()) oldest_ = std::min(*oldest_, days.front().date);
    } catch (const Error&) {  // it is told where its days are brought
    }
  return *oldest_;
}

std::optional<ExtractedDay> OnceDays::extract_day(DayResult& result, bool could_be_lost,
                                                  std::uint64_t rows) {
  std::optional<ExtractedDay> day;
  try {
    HorizonSearch search{horizon_, options_.today, [this] { return oldest(); }};
    const unsigned tries = attempt(source_gate_, "operational", {result.date, rows}, [&] {
      day = extract(*source_, options_.branch_id, result.date, options_.audit,
                    could_be_lost ? &search : nullptr, options_.today);
    });
    horizon_ = search.horizon;
    result.totals = day->totals;
    result.rejected = rejections_of(day->rejected);
    result.attempts = std::max(result.attempts, tries);
  } catch (const Error& error) {
    note_failure(result, "operational", error);
  }
  return day;
}

DayRules OnceDays::rules_for(std::size_t i, Date date, const States& states) const {
  DayRules rules;
  rules.branch_id = options_.branch_id;
  rules.limits = options_.lock.limits;
  rules.master = options_.lock.master;
  rules.ended = date < (latest_ ? latest_->date : options_.today);
  if (options_.end_of) rules.end = options_.end_of(date);
  rules.approve_all = !options_.approve_loss.empty();
  rules.actor = options_.actor;
  rules.note = options_.approve_loss;
  rules.revision = states[i]->revision;
  rules.other = other_of(i, states);
  return rules;
}

std::optional<OtherTarget> OnceDays::other_of(std::size_t i, const States& states) const {
  for (std::size_t j = 0; j < targets_.size(); ++j) {
    if (j == i) continue;
    if (!states[j]) return OtherTarget{nullptr, targets_[j]->name(), false, {}, {}, {}};
    return OtherTarget{targets_[j],       targets_[j]->name(), true,
                       states[j]->ledger, states[j],           states[j]->verified};
  }
  if (options_.left_out.empty()) return std::nullopt;
  return OtherTarget{nullptr, options_.left_out, false, {}, {}, {}};
}

void OnceDays::sync_target(std::size_t i, const ExtractedDay& day, States& states,
                           std::optional<KnownRows>& known, DayResult& result) {
  if (!states[i]) return;  // has been told
  Target& target = *targets_[i];
  DayResult::InTarget entry{target.name(), std::nullopt, ""};
  DayRules rules = rules_for(i, day.date, states);
  auto seen = states[i];
  try {
    TargetOutcome outcome;
    const Size size{day.date, day.totals.filas};
    const unsigned tries = attempt(target_gates_[i], target.name(), size, [&] {
      rules.seen = std::exchange(seen, std::nullopt);  // after a failure it is asked again
      outcome = sync_day(target, day, options_.mode, rules, known);
    });
    outcome.attempts += tries - 1;
    result.attempts = std::max(result.attempts, outcome.attempts);
    if (outcome.recorded)  // the next target is told
      states[i] = DayState{outcome.holds, outcome.holds, outcome.revision, std::nullopt,
                           std::chrono::system_clock::now()};
    note_outcome(outcome, result);
    if (options_.differences_are_errors && is_change(outcome.action))
      throw Error(ErrorClass::permanent, ErrorCause::audit, describe_plan(outcome, day.totals));
    entry.outcome = outcome;
  } catch (const Overtaken& error) {
    if (++overtaken_[i] < enough_overtaken) throw;
    log::info("{}; what it has written is newer than this run", error.what());
    entry.outcome.emplace().holds = day.totals;
  } catch (const Error& error) {
    entry.error = error.what();
    note_failure(result, target.name(), error);
  }
  result.targets.push_back(std::move(entry));
}

void OnceDays::note_outcome(const TargetOutcome& outcome, DayResult& result) const {
  if (outcome.action == DayAction::held)
    result.hold =
        hold_text(result.date, outcome.reason, outcome.loss, outcome.conflict, Decided::by_once);
  else
    result.totals = outcome.holds;
  if (outcome.action == DayAction::approved)
    result.note = fmt::format("approved by {}: {}", options_.actor, options_.approve_loss);
}

void OnceDays::run_patiently(DayAllowance& allowance, const Size& size,
                             const std::function<void()>& unit) try {
  const TimeLimits limits = allowance.of(size.date, size.rows);
  const Patience::Scope patience(limits.statement);
  run_until(limits.unit, unit);
  allowance.got_through(size.date);
} catch (const Error& error) {
  if (!is_of_limits(error)) throw;
  throw allowance.failed(size.date, size.rows, error);
}

unsigned OnceDays::attempt(Gate& gate, const std::string& where, const Size& size,
                           const std::function<void()>& unit) {
  // The database failed a moment ago: the day fails with the same words, and is not tried again.
  if (gate.failure && Clock::now() < gate.closed_until)
    throw Error(ErrorClass::permanent, gate.failure->cause(), gate.failure->what());
  gate.failure.reset();
  try {
    const auto patient = [&] { run_patiently(gate.allowance, size, unit); };
    return retrying(options_.retry, patient,
                    [&](const Error& error, std::chrono::milliseconds delay) {
                      log_retry(where, error, delay);
                    });
  } catch (const Overtaken&) {
    throw;
  } catch (const Error& error) {
    if (error.unanswered()) {
      gate.failure = error;
      gate.closed_until = Clock::now() + options_.retry.backoff.max;
    }
    throw;
  }
}

void OnceDays::note_failure(DayResult& result, const std::string& where, const Error& error) const {
  if (!result.error.empty()) result.error += "; ";
  result.error += where.empty() ? error.what() : with_place(where, error);
  result.unreachable = result.unreachable || error.cause() == ErrorCause::link;
  if (error.retryable()) result.attempts = std::max(result.attempts, options_.retry.attempts);
}

}  // namespace consolidador
