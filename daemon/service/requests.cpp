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

std::set<DayInTargetKey> days_of_decision(const StoredRequest& decision, const Places& places) {
  std::set<DayInTargetKey> days;
  for (const auto& [date, loss] : decision.losses)
    for (const Place& place : places)
      if (place.name() != decision.from) days.emplace(place.name(), date);
  return days;
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
      progress_(std::make_shared<RequestProgress>(parts.branch.config().paths.state / "requests")),
      running_([this](const RequestInfo& request, const EndedDay& day) {
        if (request.kind == RequestKind::sync) return;
        begin([id = request.id, day](const RequestStore&, RequestProgress& progress) {
          progress.add(id, day);
        });
      }),
      turns_(parts.disk.loop()) {}

void Requests::resume() {
  const auto stored = store_.load();
  std::set<std::uint64_t> ids;
  for (const StoredRequest& request : stored) ids.insert(request.id);
  progress_->keep_only(ids);
  for (const StoredRequest& request : stored) {
    const auto kept = progress_->load(request.id);
    log::info("request {} goes on: {} {} to {}, {} day tasks are done", request.id,
              to_string(request.kind), to_string(request.range.first),
              to_string(request.range.last), kept.ended.size());
    start(request, kept);
  }
}

/// What happens to a request's file behind the loop's back, in the order of these calls.
void Requests::begin(std::function<void(const RequestStore&, RequestProgress&)> work) {
  parts_.disk.begin(
      [store = store_, progress = progress_, work = std::move(work)] { work(store, *progress); },
      [](const std::exception_ptr& error) {
        if (error) log::warning("requests: {}", text_of(error));
      });
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

/// What the ledgers have is not asked for, also not after a restart, before they are read again.
void Requests::note_left_out(const StoredRequest& backfill) {
  const Days wanted = days_of_request(backfill, parts_.places);
  std::vector<std::pair<std::string, DateRange>> runs;
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
  begin([id = backfill.id, runs = std::move(runs)](const RequestStore&, RequestProgress& progress) {
    for (const auto& [target, days] : runs) progress.leave_out(id, target, days);
  });
}

/// One at a time is checked, written and started: so the limits hold, and nothing is decided twice.
Task<Requests::Turn> Requests::turn() {
  if (waiting_ >= most_requests)
    throw RequestRefused(fmt::format("{} requests wait for the disk already", waiting_));
  ++waiting_;
  while (saving_) co_await turns_.wait();
  --waiting_;
  saving_ = true;
  co_return Turn(this);
}

void Requests::end_turn() {
  saving_ = false;
  turns_.notify();
}

Task<> Requests::save(StoredRequest request) {
  std::function<void()> work = [store = store_, progress = progress_,
                                request = std::move(request)] {
    progress->remove(request.id);  // of another that had the number
    store.save(request);
  };
  co_await parts_.disk.run(std::move(work));
}

Task<RequestInfo> Requests::accept(RequestKind kind, DateRange asked, std::string actor) {
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
  const Turn turn = co_await this->turn();
  check(request.range);
  request.id = running_.take_id();
  co_await save(request);
  if (kind == RequestKind::backfill) note_left_out(request);
  co_return start(request);
}

StoredRequest Requests::decision_on_losses(const DateRange& range) const {
  StoredRequest decision;
  decision.kind = RequestKind::approve;
  decision.range = range;
  for (const Date date : parts_.book.held())
    if (const auto loss = parts_.book.loss(date);
        range.contains(date) && loss && !parts_.holdings.decisions().loss(date))
      decision.losses.emplace(date, *loss);
  if (decision.losses.empty())
    throw RequestRefused(fmt::format("no day from {} to {} is held for a loss and not decided yet",
                                     to_string(range.first), to_string(range.last)));
  return decision;
}

Task<RequestInfo> Requests::approve(DateRange range, std::string reason, std::string actor) {
  check_decision(range, reason);
  const Turn turn = co_await this->turn();
  check_decision(range, reason);
  StoredRequest decision = decision_on_losses(range);
  decision.actor = std::move(actor);
  decision.reason = std::move(reason);
  co_return co_await keep_decision(std::move(decision), "the loss is approved");
}

StoredRequest Requests::decision_on_conflict(Date date, const std::string& from) const {
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
  StoredRequest decision;
  decision.kind = RequestKind::restore;
  decision.range = {date, date};
  decision.from = from;
  decision.losses.emplace(date, loss);
  return decision;
}

Task<RequestInfo> Requests::restore(Date date, std::string from, std::string reason,
                                    std::string actor) {
  check_decision({date, date}, reason);
  const Turn turn = co_await this->turn();
  check_decision({date, date}, reason);
  StoredRequest decision = decision_on_conflict(date, from);
  decision.actor = std::move(actor);
  decision.reason = std::move(reason);
  co_return co_await keep_decision(std::move(decision), "restored from " + from);
}

/// `text`: what was decided of each day, for the log.
Task<RequestInfo> Requests::keep_decision(StoredRequest decision, std::string text) {
  decision.id = running_.take_id();
  co_await save(decision);
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
  Days days =
      decided ? days_of_decision(request, parts_.places) : days_of_request(request, parts_.places);
  for (const DayInTargetKey& day : kept.left_out) days.erase(day);
  for (const EndedDay& ended : kept.ended) days.erase(ended.day);
  if (decided) note_decision(request, days);
  return open(request, days, kept.ended);
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
  begin([id, date](const RequestStore& store, RequestProgress&) { store.forget_day(id, date); });
  log::warning("{}", why);
  tell(running_.fail_day(id, date, why));
}

void Requests::forget_target(const std::string& target) {
  tell(running_.forget_target(target));
}

/// On the disk first: what was told to be cancelled does not come back.
Task<bool> Requests::cancel(std::uint64_t id) {
  if (!running_.contains(id)) co_return false;
  std::function<void()> work = [store = store_, id] { store.remove(id); };
  co_await parts_.disk.run(std::move(work));
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
    begin([id = info.id](const RequestStore& store, RequestProgress& progress) {
      progress.remove(id);
      store.remove(id);
    });
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
