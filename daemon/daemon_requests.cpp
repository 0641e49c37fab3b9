// SPDX-License-Identifier: MIT
// Daemon: what operators ask for.
#include <fmt/format.h>

#include "daemon/daemon.hpp"
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
    return kind != RequestKind::backfill || !place.ledger_known || !find_day(place.known, date);
  };
  std::set<RequestBook::DayInTargetKey> open;
  for (const Date date : days_of(range))
    for (const Place& place : places_)
      if (wanted(place, date)) open.emplace(place.lane->name(), date);
  RequestInfo info = requests_.add(id, kind, range, open);
  if (listener_) listener_->request_new(info);
  for (const auto& [target, date] : open) find(target)->lane->add(task_for(kind, date, today()));
  if (kind == RequestKind::sync)
    for (Place& place : places_) place.lane->retry_now();
  if (open.empty()) {  // nothing is lacking
    info = requests_.cancel(id)->first;
    info.state = RequestState::done;
    tell_progress({info});
  }
  update_status();
  return info;
}

void Daemon::tell_progress(const std::vector<RequestInfo>& moved) {
  for (const RequestInfo& info : moved) {
    if (info.state == RequestState::running) {
      if (listener_) listener_->request_progress(info);
      continue;
    }
    request_store_.remove(info.id);
    log::write(
        log::Level::info, {log::Event::other, std::nullopt, "", info.id, 0},
        fmt::format("request {} ({} {} to {}) is {}: {} of {} days, {} failed", info.id,
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
    if (place.ledger_known) plan_for(place);
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
