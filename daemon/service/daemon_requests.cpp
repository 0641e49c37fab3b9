// SPDX-License-Identifier: MIT
// Daemon: what operators ask for.
#include <fmt/format.h>

#include "daemon/service/daemon.hpp"
#include "lib/core/log.hpp"
#include "lib/sync/day_window.hpp"

namespace consolidador {
namespace {

constexpr std::size_t most_requests = 100;
constexpr std::size_t most_days = 200'000;  // times targets; some 100 bytes each

DayTask task_for(RequestKind kind, Date date, Date today) {
  switch (kind) {
    case RequestKind::sync:
      return {date, date == today ? Priority::today : Priority::window, JobKind::sync, {}};
    case RequestKind::backfill:
      return {date, Priority::historical, JobKind::sync, {}};
    case RequestKind::reprocess:
      return {date, Priority::requested, JobKind::rewrite, {}};
    case RequestKind::approve:
      return {date, Priority::requested, JobKind::sync, {}};
    case RequestKind::restore:
      return {date, Priority::requested, JobKind::restore, {}};
    case RequestKind::audit:
      break;
  }
  return {date, Priority::requested, JobKind::verify, {}};
}

}  // namespace

void Daemon::resume_requests() {
  for (const StoredRequest& stored : request_store_.load()) {
    log::info("request {} goes on: {} {} to {}", stored.id, to_string(stored.kind),
              to_string(stored.range.first), to_string(stored.range.last));
    if (stored.kind == RequestKind::approve || stored.kind == RequestKind::restore)
      start_decision(stored);
    else
      start_request(stored.id, stored.kind, stored.range);
  }
}

void Daemon::check_request(const DateRange& range) const {
  if (range.empty())
    throw RequestRefused(
        fmt::format("{} is after {}; swap them", to_string(range.first), to_string(range.last)));
  if (range.last > today())
    throw RequestRefused(
        fmt::format("{} is in the future: today is {}", to_string(range.last), to_string(today())));
  if (today() - range.first > farthest_back)
    throw RequestRefused(
        fmt::format("{} is more than 100 years ago; ask for less", to_string(range.first)));
  if (requests_.size() >= most_requests)
    throw RequestRefused(
        fmt::format("{} requests are running; wait, or cancel some", most_requests));
  const auto days = static_cast<std::size_t>((range.last - range.first).count() + 1);
  if (requests_.open_days() + days * places_.size() > most_days)
    throw RequestRefused(fmt::format("{} days are still to be done; wait, or cancel some requests",
                                     requests_.open_days()));
}

RequestInfo Daemon::request(RequestKind kind, const DateRange& asked) {
  const DateRange window{today() - std::chrono::days(config_.window.reprocess_days), today()};
  const DateRange range = kind == RequestKind::sync ? window : asked;
  check_request(range);
  const auto id = requests_.next_id();
  if (kind != RequestKind::sync) request_store_.save({id, kind, range});
  return start_request(id, kind, range);
}

RequestInfo Daemon::start_request(std::uint64_t id, RequestKind kind, const DateRange& range) {
  const auto wanted = [&](const Place& place, Date date) {
    return kind != RequestKind::backfill || !find_day(known(place), date);
  };
  std::set<RequestBook::DayInTargetKey> open;
  for (const Date date : days_of(range))
    for (const Place& place : places_)
      if (wanted(place, date)) open.emplace(place.lane->name(), date);
  StoredRequest request;
  request.id = id;
  request.kind = kind;
  request.range = range;
  return open_request(request, open);
}

RequestInfo Daemon::open_request(const StoredRequest& stored,
                                 std::set<RequestBook::DayInTargetKey> open) {
  RequestInfo info = requests_.add(stored.id, stored.kind, stored.range, open);
  if (listener_) listener_->request_new(info);
  for (const auto& [target, date] : open)
    find(target)->lane->add(task_for(stored.kind, date, today()));
  if (stored.kind == RequestKind::sync)
    for (Place& place : places_) place.lane->retry_now();
  if (open.empty()) {  // nothing is lacking
    info = requests_.cancel(stored.id)->first;
    info.state = RequestState::done;
    tell_progress({info});
  }
  update_status();
  return info;
}

/// What a person has decided of held days.
RequestInfo Daemon::start_decision(const StoredRequest& stored) {
  std::set<RequestBook::DayInTargetKey> open;
  const auto decide = [&](Date date) {
    for (const Place& place : places_)
      if (place.lane->name() != stored.from) open.emplace(place.lane->name(), date);
  };
  for (const auto& [date, loss] : stored.losses) {
    const Approval approval{loss, stored.actor, stored.reason};
    if (stored.kind == RequestKind::restore)
      holdings_.restore(stored.id, date, stored.from, approval);
    else
      holdings_.approve(stored.id, date, approval);
    decide(date);
  }
  return open_request(stored, std::move(open));
}

void Daemon::check_decision(const DateRange& range, const std::string& reason) const {
  check_request(range);
  if (reason.empty()) throw RequestRefused("a reason is needed: it is kept with the days");
  if (config_.dry_run) throw RequestRefused("dry_run is on: nothing is written");
}

RequestInfo Daemon::approve(const DateRange& range, const std::string& reason,
                            const std::string& actor) {
  check_decision(range, reason);
  StoredRequest stored{requests_.next_id(), RequestKind::approve, range, actor, reason, {}, {}};
  for (const Date date : book_.held())
    if (const auto loss = book_.loss(date);
        range.contains(date) && loss && !holdings_.decided(date))
      stored.losses.emplace(date, *loss);
  if (stored.losses.empty())
    throw RequestRefused(fmt::format("no day from {} to {} is held for a loss and not decided yet",
                                     to_string(range.first), to_string(range.last)));
  request_store_.save(stored);
  for (const auto& [date, loss] : stored.losses)
    log::write(log::Level::warning, {log::Event::loss_approved, date, "", stored.id, 0},
               fmt::format("{}: the loss is approved by {}: {}", to_string(date), actor, reason));
  return start_decision(stored);
}

RequestInfo Daemon::restore(Date date, const std::string& from, const std::string& reason,
                            const std::string& actor) {
  check_decision({date, date}, reason);
  if (!find(from)) throw RequestRefused(fmt::format("'{}' is no target; use local or vps", from));
  const DayBook::Hold* hold = book_.hold(date);
  if (!hold || !hold->conflict || holdings_.decided(date))
    throw RequestRefused(
        fmt::format("{} is not held because the targets hold different rows, or "
                    "it has been decided already",
                    to_string(date)));
  ApprovedLoss loss;
  for (const Place& place : places_)
    if (const LedgerDay* day = find_day(known(place), date))
      (place.lane->name() == from ? loss.content : loss.shown) = day->totals;
  StoredRequest stored{requests_.next_id(), RequestKind::restore, {date, date}, actor, reason, from,
                       {{date, loss}}};
  request_store_.save(stored);
  log::write(log::Level::warning, {log::Event::loss_approved, date, "", stored.id, 0},
             fmt::format("{}: restored from {} by {}: {}", to_string(date), from, actor, reason));
  return start_decision(stored);
}

/// A decision is good for what was shown: whatever a look finds else ends it.
void Daemon::check_decisions(const DayReport& report) {
  const Date date = report.task.date;
  const ApprovedLoss* decided = holdings_.decided(date);
  if (!decided || !report.outcome || date >= today()) return;
  const TargetOutcome& outcome = *report.outcome;
  const bool by_restore = holdings_.restored_from(date).has_value();
  const DayTotals& seen = outcome.loss ? outcome.loss->wanted : outcome.holds;
  const bool other_content =
      by_restore ? outcome.action == DayAction::changed
                 : outcome.action != DayAction::postponed && seen != decided->content;
  const bool more = outcome.loss && !by_restore &&
                    larger_of(outcome.loss->most, decided->shown) != larger_of(decided->shown, {});
  if (!other_content && !more) return;
  const auto why =
      fmt::format("{}: it has changed since it was decided; look again", to_string(date));
  const auto id = *holdings_.forget_decision(date);
  request_store_.forget_day(id, date);
  log::warning("{}", why);
  tell_progress(requests_.fail_day(id, date, why));
}

void Daemon::take_over(const std::string& actor) {
  if (config_.dry_run) throw RequestRefused("dry_run is on: nothing is written");
  log::write(log::Level::warning, {log::Event::machine_changed, std::nullopt, "", 0, 0},
             fmt::format("this machine takes the branch over, by {}", actor));
  for (Place& place : places_) place.lane->take_over();
}

void Daemon::tell_progress(const std::vector<RequestInfo>& moved) {
  for (const RequestInfo& info : moved) {
    if (info.state == RequestState::running) {
      if (listener_) listener_->request_progress(info);
      continue;
    }
    request_store_.remove(info.id);
    holdings_.forget_request(info.id);
    log::write(
        log::Level::info, {log::Event::other, std::nullopt, "", info.id, 0},
        fmt::format("request {} ({} {} to {}) is {}: {} of {} day tasks, {} failed", info.id,
                    to_string(info.kind), to_string(info.range.first), to_string(info.range.last),
                    to_string(info.state), info.done, info.total, info.failed));
    if (listener_) listener_->request_removed(info);
  }
}

bool Daemon::cancel(std::uint64_t id) {
  const auto cancelled = requests_.cancel(id);
  if (!cancelled) return false;
  for (const auto& [target, date] : cancelled->second)
    if (Place* place = find(target)) place->lane->drop(date);
  for (Place& place : places_)  // what the ledgers lack is still wanted
    if (holdings_.is_known(place.lane->name())) plan_for(place);
  tell_progress({cancelled->first});
  update_status();
  return true;
}

void Daemon::pause(const std::string& reason) {
  paused_ = true;
  pause_reason_ = reason;
  log::warning("paused: {}", reason);
  for (Place& place : places_) place.lane->pause(true);
  update_status();
}

void Daemon::resume() {
  if (!paused_) return;
  paused_ = false;
  pause_reason_.clear();
  log::info("resumed");
  for (Place& place : places_) place.lane->pause(false);
  start_cycle();
  update_status();
}

}  // namespace consolidador
