// SPDX-License-Identifier: MIT
#include "daemon/service/requests.hpp"

#include <fmt/format.h>

#include <utility>

#include "lib/core/log.hpp"
#include "lib/core/text.hpp"
#include "lib/sync/day_window.hpp"

namespace consolidador {
namespace {

constexpr std::size_t most_requests = 100;
constexpr HistoryLimits one_at_a_time{1, 100, 0};
constexpr std::size_t most_days = 200'000;  // times targets; some 100 bytes each

Priority priority_of(RequestKind kind, Date date, Date today) {
  if (kind == RequestKind::backfill) return Priority::historical;
  if (kind != RequestKind::sync) return Priority::requested;
  return date == today ? Priority::today : Priority::window;
}

DayTask task_for(const StoredRequest& request, Date date, Date today) {
  DayTask task{date, priority_of(request.kind, date, today), task_kind(request.kind), {}};
  if (request.kind == RequestKind::reprocess) task.actor = request.actor;
  task.look = true;
  task.request = request.id;
  return task;
}

std::set<DayInTargetKey> days_of_request(const StoredRequest& request, const Places& places) {
  std::set<DayInTargetKey> days;
  const auto wanted = [&](const Place& place, Date date) {
    return request.kind != RequestKind::backfill || !find_day(place.ledger(), date);
  };
  for (const Date date : days_of(request.range))
    for (const Place& place : places)
      if (wanted(place, date)) days.emplace(place.name(), date);
  return days;
}

}  // namespace

Requests::Requests(const Parts& parts)
    : parts_(parts),
      files_(parts.disk, parts.branch.config().paths.state / "requests"),
      decisions_({parts.branch, parts.book, parts.holdings, parts.places}),
      running_([this](const RequestInfo& request, const EndedDay& day) {
        if (request.kind != RequestKind::sync) files_.count(request.id, day);
      }),
      turns_(parts.disk.loop(), one_at_a_time, most_requests,
             "requests wait for the disk already") {}

void Requests::resume() {
  if (resumed_ || parts_.branch.config().dry_run) return;
  resumed_ = true;
  for (const auto& [request, kept] : files_.load()) {
    log::info("request {} goes on: {} {} to {}, of which {} done already", request.id,
              to_string(request.kind), to_string(request.range.first),
              to_string(request.range.last), counted(kept.ended.size(), "day task"));
    start(request, kept);
  }
}

void Requests::check(const DateRange& range) const {
  if (range.empty())
    throw RequestRefused(
        fmt::format("{} is after {}; swap them", to_string(range.first), to_string(range.last)));
  check_reach(range, parts_.branch.today());
  if (running_.size() >= most_requests)
    throw RequestRefused(
        fmt::format("{} requests are running; wait, or cancel some", most_requests));
  const auto days = static_cast<std::size_t>((range.last - range.first).count() + 1);
  if (running_.open_days() + days * parts_.places.size() > most_days)
    throw RequestRefused(fmt::format("{} {} still to be done; wait, or cancel some requests",
                                     counted(running_.open_days(), "day"),
                                     running_.open_days() == 1 ? "is" : "are"));
}

void Requests::refuse_dry_run() const {
  if (parts_.branch.config().dry_run) throw RequestRefused("dry_run is on: nothing is written");
}

void Requests::check_reload(const Config& next) const {
  if (next.dry_run && running_.size() != 0)
    throw ConfigError(
        fmt::format("dry_run: {} under way would end without having written "
                    "anything; wait, or cancel with consolidadorctl cancel",
                    counted(running_.size(), "request")));
}

void Requests::check_decision(const DateRange& range, const std::string& reason) const {
  check(range);
  if (reason.empty()) throw RequestRefused("a reason is needed: it is kept with the days");
  refuse_dry_run();
}

/// What the ledgers have is not asked for, also not after a restart, before they are read again.
void Requests::note_left_out(const StoredRequest& backfill) {
  const Days wanted = days_of_request(backfill, parts_.places);
  RequestFiles::Runs runs;
  for (const Place& place : parts_.places) {
    std::optional<DateRange> run;
    const auto end_run = [&] {
      if (run) runs.emplace_back(place.name(), *run);
      run.reset();
    };
    for (const Date date : days_of(backfill.range))
      if (wanted.contains({place.name(), date}))
        end_run();
      else
        run = {run ? run->first : date, date};
    end_run();
  }
  files_.leave_out(backfill.id, std::move(runs));
}

Task<RequestInfo> Requests::accept(RequestKind kind, DateRange asked, std::string actor) {
  refuse_dry_run();
  StoredRequest request;
  request.kind = kind;
  request.actor = std::move(actor);
  if (kind == RequestKind::sync) {
    request.range = {parts_.branch.window_start(), parts_.branch.today()};
    check(request.range);
    request.id = running_.take_id();
    co_return start(request);
  }
  request.range = asked;
  check(request.range);
  const Turns::Turn turn = co_await turns_.next();
  if (kind == RequestKind::backfill) co_await parts_.places.look_at_ledgers();
  check(request.range);
  request.id = running_.take_id();
  co_await files_.save(request);
  if (kind == RequestKind::backfill) note_left_out(request);
  co_return start(request);
}

Task<RequestInfo> Requests::approve(DateRange range, std::string reason, std::string actor) {
  check_decision(range, reason);
  const Turns::Turn turn = co_await turns_.next();
  check_decision(range, reason);
  StoredRequest decision = decisions_.on_losses(range);
  decision.actor = std::move(actor);
  decision.reason = std::move(reason);
  co_return co_await keep_decision(std::move(decision), "the loss is approved");
}

Task<RequestInfo> Requests::restore(Date date, std::string from, std::string reason,
                                    std::string actor) {
  check_decision({date, date}, reason);
  const Turns::Turn turn = co_await turns_.next();
  check_decision({date, date}, reason);
  StoredRequest decision = decisions_.on_conflict(date, from);
  decision.actor = std::move(actor);
  decision.reason = std::move(reason);
  co_return co_await keep_decision(std::move(decision), "restored from " + from);
}

/// `text`: what was decided of each day, for the log.
Task<RequestInfo> Requests::keep_decision(StoredRequest decision, std::string text) {
  decision.id = running_.take_id();
  co_await files_.save(decision);
  for (const auto& [date, loss] : decision.losses)
    log::write(
        log::Level::warning, {log::Event::loss_approved, date, "", decision.id, 0},
        fmt::format("{}: {} by {}: {}", to_string(date), text, decision.actor, decision.reason));
  co_return start(decision);
}

void Requests::take_over(const std::string& actor) {
  refuse_dry_run();
  log::write(log::Level::warning, {log::Event::machine_changed, std::nullopt, "", 0, 0},
             fmt::format("this machine takes the branch over, by {}", actor));
  for (Place& place : parts_.places) place.take_over();
}

RequestInfo Requests::start(const StoredRequest& request, const RequestProgress::Kept& kept) {
  const bool decided = is_decision(request.kind);
  Days days = decided ? decisions_.days_of(request) : days_of_request(request, parts_.places);
  for (const DayInTargetKey& day : kept.left_out) days.erase(day);
  for (const EndedDay& ended : kept.ended) days.erase(ended.day);
  if (decided) decisions_.note(request, days);
  return open(request, days, kept.ended);
}

RequestInfo Requests::open(const StoredRequest& request, const Days& days,
                           const std::vector<EndedDay>& ended) {
  running_.add(request.id, request.kind, request.range, days);
  RequestInfo info = running_.recall(request.id, ended);
  asked_[request.id] = request;
  parts_.audience->request_new(info);
  for (const DayInTargetKey& day : days) ask_for(day);
  if (request.kind == RequestKind::sync)
    for (Place& place : parts_.places) place.lane().retry_now();
  if (days.empty()) {  // nothing is lacking
    info = running_.cancel(request.id)->first;
    info.state = info.failed == 0 ? RequestState::done : RequestState::failed;
    tell({info});
  }
  parts_.overview.update();
  return info;
}

/// Hands the lane all that is still wanted of the day.
void Requests::ask_for(const DayInTargetKey& day) {
  const auto& [target, date] = day;
  const Date today = parts_.branch.today();
  Place* place = parts_.places.find(target);
  if (!place) return;
  for (const auto id : running_.wanting(day)) {
    if (date > today) to_come_.insert(day);
    place->lane().add(task_for(asked_.at(id), date, today));
  }
}

void Requests::ask_for_days_that_came() {
  const Date today = parts_.branch.today();
  const Days waiting = std::exchange(to_come_, {});
  for (const DayInTargetKey& day : waiting)
    if (day.second > today)
      to_come_.insert(day);
    else
      ask_for(day);
}

void Requests::day_done(const DayReport& report) {
  const auto moved = running_.day_done(report);
  tell(moved);
  end_outdated_decision(report);
  end_carried_out(moved, report.task.date);
  ask_for({report.target, report.task.date});  // of those whom that look did not answer
}

void Requests::end_carried_out(const std::vector<RequestInfo>& moved, Date date) {
  for (const RequestInfo& info : moved)
    if (is_decision(info.kind) && !running_.wants(info.id, date)) decisions_.carried_out(date);
}

/// A decision is good for what was shown: whatever a look finds else ends it.
void Requests::end_outdated_decision(const DayReport& report) {
  const Date date = report.task.date;
  const auto id = decisions_.end_outdated(report);
  if (!id) return;
  const auto why =
      fmt::format("{}: it has changed since it was decided; look again", to_string(date));
  files_.forget_day(*id, date);
  log::warning("{}", why);
  tell(running_.fail_day(*id, date, why));
}

void Requests::forget_target(const std::string& target) {
  tell(running_.forget_target(target));
}

/// On the disk first: what was told to be cancelled does not come back.
Task<bool> Requests::cancel(std::uint64_t id) {
  if (!running_.contains(id)) co_return false;
  co_await files_.remove(id);
  co_return end(id);
}

bool Requests::end(std::uint64_t id) {
  const auto cancelled = running_.cancel(id);
  if (!cancelled) return false;
  for (const auto& day : cancelled->second) {
    if (Place* place = parts_.places.find(day.first))
      place->lane().drop(day.second, Wanting::requests);
    ask_for(day);  // others may want it, too
  }
  parts_.places.plan();  // what the ledgers lack is still wanted
  tell({cancelled->first});
  parts_.overview.update();
  return true;
}

void Requests::tell(const std::vector<RequestInfo>& moved) {
  for (const RequestInfo& info : moved) {
    if (info.state == RequestState::running) {
      parts_.audience->request_progress(info);
      continue;
    }
    asked_.erase(info.id);
    files_.begin_to_remove(info.id);
    decisions_.forget(info.id);
    log::write(
        log::Level::info, {log::Event::other, std::nullopt, "", info.id, 0},
        fmt::format("request {} ({} {} to {}) is {}: {} of {} day tasks, {} failed{}", info.id,
                    to_string(info.kind), to_string(info.range.first), to_string(info.range.last),
                    to_string(info.state), info.done, info.total, info.failed,
                    info.held == 0 ? "" : fmt::format(", {} of them held", info.held)));
    parts_.audience->request_removed(info);
  }
}

}  // namespace consolidador
