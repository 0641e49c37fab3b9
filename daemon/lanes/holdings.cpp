// SPDX-License-Identifier: MIT
#include "daemon/lanes/holdings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace consolidador {

namespace {

ProvenDay as_remembered(const std::string& target, const LedgerDay& day) {
  return {target, day.totals, std::nullopt, false, " when its ledger was read before"};
}

std::string rival_text(std::int32_t branch_id) {
  return fmt::format(
      "another process of this machine serves branch {} and has its name on the bus: nothing is "
      "written from here until it ends; give each POS a branch.id of its own",
      branch_id);
}

}  // namespace

const Holdings::Holding* Holdings::find(const std::string& name) const {
  const auto found = targets_.find(name);
  return found == targets_.end() ? nullptr : &found->second;
}

void Holdings::set_target(const std::string& name, std::shared_ptr<Target> target) {
  Holding& holding = targets_[name];
  holding.target = std::move(target);
  clocks_.forget(name);
  holding.known = false;
  holding.down = false;
}

void Holdings::leave_out(const std::string& name) {
  Holding& holding = targets_[name] = {};
  holding.down = true;
}

void Holdings::target_down(const std::string& name) {
  const auto found = targets_.find(name);
  if (found == targets_.end()) return;
  found->second.known = false;
  found->second.down = true;
}

void Holdings::ledger_read(const std::string& name, KnownDays days) {
  Holding& holding = targets_[name];
  const auto now = SteadyClock::now();
  const bool first = !holding.known;
  for (const LedgerDay& day : days) {
    const LedgerDay* before = find_day(holding.days, day.date);
    if (!before || before->revision != day.revision) holding.others[day.date] = now;
  }
  for (const LedgerDay& day : holding.days)
    if (!find_day(days, day.date)) remember(name, day);
  holding.days = std::move(days);
  if (!std::exchange(holding.seen, true))
    if (const auto newest = newest_sales()) found_ = newest->date;
  holding.known = true;
  holding.down = false;
  if (!first) return;
  holding.others.clear();  // all of them
  holding.read = now;
}

void Holdings::note_written(const std::string& name, const LedgerDay& day) {
  remembered_.erase(day.date);
  note_day(targets_[name].days, day);
}

void Holdings::forget(const std::string& name, Date date) {
  targets_[name].others[date] = std::nullopt;
}

void Holdings::learn(const std::string& name, Date date, const std::vector<LedgerDay>& answer) {
  Holding& holding = targets_[name];
  holding.others[date] = SteadyClock::now();
  if (const LedgerDay* day = find_day(holding.days, date); day && answer.empty())
    remember(name, *day);
  if (answer.empty())
    std::erase_if(holding.days, [date](const LedgerDay& day) { return day.date == date; });
  else
    note_day(holding.days, answer.front());
}

const KnownDays& Holdings::days(const std::string& name) const {
  static const KnownDays none;
  const Holding* holding = find(name);
  return holding ? holding->days : none;
}

bool Holdings::is_known(const std::string& name) const {
  const Holding* holding = find(name);
  return holding && holding->known;
}

bool Holdings::was_read(const std::string& name) const {
  const Holding* holding = find(name);
  return holding && holding->seen;
}

bool Holdings::is_forgotten(const std::string& name, Date date) const {
  const Holding* holding = find(name);
  if (!holding) return false;
  const auto found = holding->others.find(date);
  return found != holding->others.end() && !found->second;
}

bool Holdings::can_judge(const std::string& name) const {
  return is_known(name) && std::ranges::all_of(targets_, [](const auto& entry) {
           return entry.second.known || entry.second.down;
         });
}

SteadyClock::time_point Holdings::others_wrote_at(const std::string& name, Date date) const {
  const Holding* holding = find(name);
  if (!holding) return {};
  const auto found = holding->others.find(date);
  const bool changed = found != holding->others.end() && found->second;
  return changed ? std::max(holding->read, *found->second) : holding->read;
}

std::uint32_t Holdings::revision(const std::string& name, Date date) const {
  const LedgerDay* day = find_day(days(name), date);
  return day ? day->revision : 0;
}

std::optional<std::string> Holdings::writing_doubt() const {
  if (has_rival_ && has_rival_()) return rival_text(branch_id_);
  const Holding* vps = find("vps");
  std::optional<ClockWatch::Awaited> awaited;
  if (found_ && vps && vps->target && !clocks_.has_heard("vps"))
    awaited = ClockWatch::Awaited{"vps", *found_};
  return clocks_.doubt(ClockWatch::here(today(), end_of_), newest_sales(), awaited);
}

std::optional<Error> Holdings::doubt(const ExtractedDay& day) {
  if (day.date == today()) clocks_.heard_of_sales(day.sales_after);
  const auto why = writing_doubt();
  if (!why) return std::nullopt;
  return Error(ErrorClass::transient, ErrorCause::internal, *why);
}

DayRules Holdings::rules(const std::string& name, Date date) const {
  DayRules rules;
  rules.branch_id = branch_id_;
  rules.limits = lock_.limits;
  rules.master = lock_.master;
  rules.ended = has_ended(date);
  if (end_of_) rules.end = end_of_(date);
  rules.approval = decisions_.approval(date);
  if (const LedgerDay* own = find_day(days(name), date); own && own->totals.filas != 0)
    rules.remembered = as_remembered(name, *own);
  else if (const auto day = remembered_.find(date); day != remembered_.end() && !has_rows(date))
    rules.remembered = day->second;
  for (const auto& [other_name, other] : targets_) {
    if (other_name == name) continue;
    rules.other = OtherTarget{other.down ? nullptr : other.target, other_name,
                              other.read != SteadyClock::time_point{}, std::nullopt};
    if (const LedgerDay* day = find_day(other.days, date)) {
      rules.other->ledger = day->totals;
      rules.other->verified = day->verified;
    }
  }
  return rules;
}

/// An edited ledger is seen when its day is looked at; a ledger row that is gone would not be.
void Holdings::remember(const std::string& name, const LedgerDay& day) {
  if (day.totals.filas == 0) return;
  remembered_.insert_or_assign(day.date, as_remembered(name, day));
}

std::vector<Date> Holdings::vanished() const {
  std::vector<Date> days;
  for (const auto& [date, day] : remembered_)
    if (!has_rows(date)) days.push_back(date);
  return days;
}

bool Holdings::has_rows(Date date) const {
  return std::ranges::any_of(targets_, [date](const auto& entry) {
    const LedgerDay* day = find_day(entry.second.days, date);
    return day && day->totals.filas != 0;
  });
}

std::optional<ClockWatch::Newest> Holdings::newest_sales() const {
  std::optional<ClockWatch::Newest> newest;
  for (const auto& [name, holding] : targets_)
    for (auto day = holding.days.rbegin(); day != holding.days.rend(); ++day)
      if (day->totals.filas != 0) {
        if (!newest || day->date > newest->date) newest = {day->date, name};
        break;
      }
  return newest;
}

/// A clock that goes back makes no day with sales an open day again.
bool Holdings::has_ended(Date date) const {
  const auto newest = newest_sales();
  return date < (newest ? std::max(today(), newest->date) : today());
}

Date Holdings::oldest() const {
  Date first = today();
  for (const auto& [name, holding] : targets_)
    if (!holding.days.empty()) first = std::min(first, holding.days.front().date);
  return first;
}

}  // namespace consolidador
