// SPDX-License-Identifier: MIT
#include "daemon/service/requests.hpp"

#include <fmt/format.h>

#include <utility>

#include "lib/core/log.hpp"
#include "lib/sync/day_window.hpp"

namespace consolidador {
namespace {

constexpr std::size_t most_requests = 100;
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

bool is_decision(RequestKind kind) {
  return kind == RequestKind::approve || kind == RequestKind::restore;
}

/// Whether a look at the day has found something else than what was decided about.
bool is_outdated(const ApprovedLoss& decided, bool by_restore, const TargetOutcome& outcome) {
  if (by_restore) return outcome.action == DayAction::changed;
  const DayTotals& seen = outcome.loss ? outcome.loss->wanted : outcome.holds;
  if (outcome.action != DayAction::postponed && seen != decided.content) return true;
  return outcome.loss &&
         larger_of(outcome.loss->most, decided.shown) != larger_of(decided.shown, {});
}

}  // namespace

Requests::Requests(const Parts& parts)
    : parts_(parts),
      store_(parts.branch.config().paths.state / "requests"),
      progress_(parts.branch.config().paths.state / "requests"),
      running_([this](const RequestInfo& request, const EndedDay& day) {
        if (request.kind != RequestKind::sync) progress_.add(request.id, day);
      }) {}

void Requests::resume() {
  const auto stored = store_.load();
  std::set<std::uint64_t> ids;
  for (const StoredRequest& request : stored) ids.insert(request.id);
  progress_.keep_only(ids);
  for (const StoredRequest& request : stored) {
    const auto kept = progress_.load(request.id);
    log::info("request {} goes on: {} {} to {}, {} day tasks are done", request.id,
              to_string(request.kind), to_string(request.range.first),
              to_string(request.range.last), kept.ended.size());
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
    throw RequestRefused(fmt::format("{} days are still to be done; wait, or cancel some requests",
                                     running_.open_days()));
}

void Requests::refuse_dry_run() const {
  if (parts_.branch.config().dry_run) throw RequestRefused("dry_run is on: nothing is written");
}

void Requests::check_decision(const DateRange& range, const std::string& reason) const {
  check(range);
  if (reason.empty()) throw RequestRefused("a reason is needed: it is kept with the days");
  refuse_dry_run();
}

RequestInfo Requests::accept(RequestKind kind, const DateRange& asked, const std::string& actor) {
  const DateRange window{parts_.branch.window_start(), parts_.branch.today()};
  StoredRequest request;
  request.id = running_.next_id();
  request.kind = kind;
  request.range = kind == RequestKind::sync ? window : asked;
  request.actor = actor;
  check(request.range);
  progress_.remove(request.id);  // of another that had the number
  if (kind != RequestKind::sync) store_.save(request);
  if (kind == RequestKind::backfill) note_left_out(request);
  return start(request);
}

/// What the ledgers have is not asked for, also not after a restart, before they are read again.
void Requests::note_left_out(const StoredRequest& backfill) {
  const Days wanted = days_of_request(backfill);
  for (const Place& place : parts_.places) {
    std::optional<DateRange> run;
    const auto end_run = [&] {
      if (run) progress_.leave_out(backfill.id, place.name(), *run);
      run.reset();
    };
    for (const Date date : days_of(backfill.range))
      if (wanted.contains({place.name(), date}))
        end_run();
      else
        run = {run ? run->first : date, date};
    end_run();
  }
}

RequestInfo Requests::approve(const DateRange& range, const std::string& reason,
                              const std::string& actor) {
  check_decision(range, reason);
  StoredRequest decision{running_.next_id(), RequestKind::approve, range, actor, reason, {}, {}};
  for (const Date date : parts_.book.held())
    if (const auto loss = parts_.book.loss(date);
        range.contains(date) && loss && !parts_.holdings.decisions().loss(date))
      decision.losses.emplace(date, *loss);
  if (decision.losses.empty())
    throw RequestRefused(fmt::format("no day from {} to {} is held for a loss and not decided yet",
                                     to_string(range.first), to_string(range.last)));
  return keep_decision(decision, "the loss is approved");
}

RequestInfo Requests::restore(Date date, const std::string& from, const std::string& reason,
                              const std::string& actor) {
  check_decision({date, date}, reason);
  if (!parts_.places.find(from))
    throw RequestRefused(fmt::format("'{}' is no target; use local or vps", from));
  const DayBook::Hold* hold = parts_.book.hold(date);
  if (!hold || !hold->conflict || parts_.holdings.decisions().loss(date))
    throw RequestRefused(
        fmt::format("{} is not held because the targets hold different rows, or "
                    "it has been decided already",
                    to_string(date)));
  ApprovedLoss loss;
  for (const Place& place : parts_.places)
    if (const LedgerDay* day = find_day(place.ledger(), date))
      (place.name() == from ? loss.content : loss.shown) = day->totals;
  return keep_decision(
      {running_.next_id(), RequestKind::restore, {date, date}, actor, reason, from, {{date, loss}}},
      fmt::format("restored from {}", from));
}

/// `text`: what was decided of each day, for the log.
RequestInfo Requests::keep_decision(const StoredRequest& decision, const std::string& text) {
  progress_.remove(decision.id);
  store_.save(decision);
  for (const auto& [date, loss] : decision.losses)
    log::write(
        log::Level::warning, {log::Event::loss_approved, date, "", decision.id, 0},
        fmt::format("{}: {} by {}: {}", to_string(date), text, decision.actor, decision.reason));
  return start(decision);
}

void Requests::take_over(const std::string& actor) {
  refuse_dry_run();
  log::write(log::Level::warning, {log::Event::machine_changed, std::nullopt, "", 0, 0},
             fmt::format("this machine takes the branch over, by {}", actor));
  for (Place& place : parts_.places) place.take_over();
}

RequestInfo Requests::start(const StoredRequest& request, const RequestProgress::Kept& kept) {
  const bool decided = is_decision(request.kind);
  Days days = decided ? days_of_decision(request) : days_of_request(request);
  for (const DayInTargetKey& day : kept.left_out) days.erase(day);
  for (const EndedDay& ended : kept.ended) days.erase(ended.day);
  if (decided) note_decision(request, days);
  return open(request, days, kept.ended);
}

Requests::Days Requests::days_of_request(const StoredRequest& request) const {
  Days days;
  const auto wanted = [&](const Place& place, Date date) {
    return request.kind != RequestKind::backfill || !find_day(place.ledger(), date);
  };
  for (const Date date : days_of(request.range))
    for (const Place& place : parts_.places)
      if (wanted(place, date)) days.emplace(place.name(), date);
  return days;
}

Requests::Days Requests::days_of_decision(const StoredRequest& decision) const {
  Days days;
  for (const auto& [date, loss] : decision.losses)
    for (const Place& place : parts_.places)
      if (place.name() != decision.from) days.emplace(place.name(), date);
  return days;
}

/// What a person has decided of held days lets them be written, once: where it is carried out in
/// every target it is good for nothing any more.
void Requests::note_decision(const StoredRequest& decision, const Days& days) {
  std::set<Date> open;
  for (const auto& [target, date] : days) open.insert(date);
  for (const auto& [date, loss] : decision.losses) {
    if (!open.contains(date)) continue;
    const Approval approval{loss, decision.actor, decision.reason};
    if (decision.kind == RequestKind::restore)
      parts_.holdings.decisions().restore(decision.id, date, decision.from, approval);
    else
      parts_.holdings.decisions().approve(decision.id, date, approval);
  }
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
    if (is_decision(info.kind) && !running_.wants(info.id, date))
      parts_.holdings.decisions().forget_day(date);
}

/// A decision is good for what was shown: whatever a look finds else ends it.
void Requests::end_outdated_decision(const DayReport& report) {
  const Date date = report.task.date;
  const ApprovedLoss* decided = parts_.holdings.decisions().loss(date);
  if (!decided || !report.outcome || date >= parts_.branch.today()) return;
  const bool by_restore = parts_.holdings.decisions().restored_from(date).has_value();
  if (!is_outdated(*decided, by_restore, *report.outcome)) return;
  const auto why =
      fmt::format("{}: it has changed since it was decided; look again", to_string(date));
  const auto id = *parts_.holdings.decisions().forget_day(date);
  store_.forget_day(id, date);
  log::warning("{}", why);
  tell(running_.fail_day(id, date, why));
}

void Requests::forget_target(const std::string& target) {
  tell(running_.forget_target(target));
}

bool Requests::cancel(std::uint64_t id) {
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
    progress_.remove(info.id);
    store_.remove(info.id);
    parts_.holdings.decisions().forget_request(info.id);
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
