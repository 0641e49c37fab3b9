// SPDX-License-Identifier: MIT
#include "daemon/lanes/lane.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "lib/core/log.hpp"

namespace consolidador {
namespace {

using namespace std::chrono_literals;

// A target that brings no day for so long is not waited for: it is slow, or does not answer.
constexpr auto keeps_up_within = 10s;
constexpr auto look_again_after = 1s;

std::chrono::system_clock::time_point wall_now() {
  return std::chrono::system_clock::now();
}

}  // namespace

Lane::Lane(asio::io_context& loop, std::string name, const LaneOptions& options,
           std::shared_ptr<Target> target, Extractions& extractions, Holdings& holdings,
           LaneListener& listener)
    : loop_(loop),
      name_(std::move(name)),
      options_(options),
      target_(std::move(target)),
      extractions_(extractions),
      holdings_(holdings),
      listener_(listener),
      availability_(name_, options.backoff),
      retries_(name_, options.backoff),
      changed_(extractions.changed()) {
  holdings_.set_target(name_, target_);
  for (std::size_t i = 0; i < options_.workers; ++i)
    workers_.push_back(std::make_unique<DbWorker>(loop_, name_));
}

void Lane::add(DayTask task) {
  task.since = SteadyClock::now();
  queue_.push(task);
  changed_.notify();
}

void Lane::drop(Date date, Priority most_urgent) {
  const auto waiting = queue_.priority_of(date);
  if (waiting && *waiting >= most_urgent) queue_.remove(date);
}

void Lane::pause(bool paused) {
  paused_ = paused;
  changed_.notify();
}

void Lane::read_ledger() {
  ledger_wanted_ = whole_ledger();
  changed_.notify();
}

void Lane::find_least_verified(const DateRange& range, unsigned count) {
  least_verified_wanted_ = LeastVerified{range, count};
  changed_.notify();
}

void Lane::beat(const Heartbeat& heartbeat) {
  heartbeat_ = heartbeat;
  changed_.notify();
}

void Lane::retry_now() {
  availability_.forget_wait();
  changed_.notify();
}

void Lane::take_over() {
  take_over_ = true;
  claimed_ = false;
  retry_now();
}

std::size_t Lane::replace(const LaneOptions& options, std::shared_ptr<Target> target) {
  options_ = options;
  target_ = std::move(target);
  holdings_.set_target(name_, target_);
  claimed_ = false;
  ledger_wanted_ = whole_ledger();
  availability_.set_policy(options.backoff);
  retries_.set_policy(options.backoff);
  confirmed_.clear();
  proof_.reset();
  optional_error_.clear();
  const std::size_t before = workers_.size();
  while (workers_.size() < options_.workers)
    workers_.push_back(std::make_unique<DbWorker>(loop_, name_));
  retry_now();
  return workers_.size() - before;
}

void Lane::stop() {
  stopping_ = true;
  changed_.notify();
}

void Lane::interrupt() {
  for (auto& worker : workers_) worker->interrupt();
}

bool Lane::hung() const {
  for (const auto& worker : workers_)
    if (worker->hung()) return true;
  return false;
}

void Lane::keep_confirmed_from(Date first) {
  confirmed_.erase(confirmed_.begin(), confirmed_.lower_bound(first));
}

/// No coroutine itself: the worker counts from now on, also before its first step.
Task<> Lane::work(std::size_t index) {
  ++working_;
  return counted_work(index);
}

Task<> Lane::counted_work(std::size_t index) {
  co_await work_until_stopped(index);
  --working_;
}

Task<> Lane::work_until_stopped(std::size_t index) {
  while (!stopping_) {
    if (!availability_.up()) {
      co_await wait_while_down(index);
      continue;
    }
    if (index == 0 && has_errand()) {
      co_await do_errands();
      continue;
    }
    const bool wanted = index < options_.workers && !paused_;  // fewer after a reload
    const auto task = wanted ? next_task() : std::nullopt;
    if (!task) {
      co_await changed_.wait_until(wanted ? next_start() : SteadyClock::time_point::max());
      continue;
    }
    busy_.insert(task->date);
    co_await process(*task, *workers_[index]);
    changed_.notify();
  }
}

/// Old days first if they cost the POS nothing, else when it may be asked for them.
std::optional<DayTask> Lane::next_task() {
  if (!claimed_ || !holdings_.can_judge(name_)) return std::nullopt;
  const auto now = SteadyClock::now();
  if (auto task = queue_.pop(now, busy_, Priority::requested)) return task;
  for (const auto& [date, taken] : extractions_.at_hand())
    if (queue_.since(date) <= taken)
      if (auto task = queue_.take(date, now, busy_)) return task;
  if (extractions_.gate().opens_at() > now || ahead()) return std::nullopt;
  return queue_.pop(now, busy_);
}

SteadyClock::time_point Lane::next_start() const {
  if (!claimed_ || !holdings_.can_judge(name_))
    return SteadyClock::time_point::max();  // a ledger wakes it
  const auto now = SteadyClock::now();
  const auto waits = queue_.next_start(now);
  if (!queue_.has_ready()) return waits;
  if (ahead()) return std::min(waits, now + look_again_after);
  const auto opens = extractions_.gate().opens_at();
  return opens > now ? std::min(waits, opens) : waits;  // past: what is ready is being worked on
}

/// The other target would find the days that it needs next no longer at hand, and the POS would
/// have to read them twice.
bool Lane::ahead() const {
  const auto days = extractions_.at_hand();
  const auto wanted = std::ranges::count_if(
      days, [this](const auto& day) { return listener_.wanted_elsewhere(name_, day); });
  return static_cast<std::size_t>(wanted) >= Extractions::recent_limit;
}

bool Lane::wants(const Extractions::AtHand& day) const {
  return availability_.up() && !paused_ && !stopping_ && queue_.since(day.date) <= day.taken &&
         SteadyClock::now() - last_done_ < keeps_up_within;
}

Task<> Lane::wait_while_down(std::size_t index) {
  if (index != 0)
    co_await changed_.wait();
  else if (SteadyClock::now() < availability_.retry_at())
    co_await changed_.wait_until(availability_.retry_at());
  else
    co_await probe();
}

/// Cheap: opens a connection when there is none, prepares the statements, looks at the mark.
Task<> Lane::probe() {
  co_await claim();
  if (!claimed_) co_return;
  if (proof_) co_await prove();
  changed_.notify();
}

/// Reads the machine's mark, and leaves it where there is none.
Task<> Lane::claim() {
  std::function<bool()> unit = [target = target_, machine = options_.machine,
                                dry_run = options_.dry_run, take_over = take_over_] {
    if (dry_run)
      target->check_claim(machine);
    else
      target->claim(machine, take_over);
    return true;
  };
  const auto claimed = co_await errand(std::move(unit));
  claimed_ = claimed.has_value();
  if (claimed_) take_over_ = false;
}

/// A day may need what the cheap question does not, such as a right that was revoked.
Task<> Lane::prove() {
  const DayTask task = *proof_;
  const unsigned failures = availability_.failures();
  busy_.insert(task.date);
  holdings_.forget(name_, task.date);  // the ledger as a whole is read when it is up
  co_await process(task, *workers_[0]);
  const bool same_again = availability_.failures() > failures;
  if (!availability_.up() && !same_again) note_success();  // what failed now is not the target
}

bool Lane::has_errand() const {
  return !claimed_ || ledger_wanted_ || least_verified_wanted_ || (heartbeat_ && !options_.dry_run);
}

Task<> Lane::do_errands() {
  if (!claimed_) co_await claim();
  if (!claimed_) co_return;
  if (const auto range = std::exchange(ledger_wanted_, std::nullopt)) {
    std::function<std::vector<LedgerDay>()> unit = [target = target_, range] {
      return target->ledger(*range);
    };
    if (auto days = co_await errand(std::move(unit))) {
      holdings_.ledger_read(name_, std::move(*days));
      listener_.ledger_read(name_);
      changed_.notify();
    } else
      ledger_wanted_ = range;
  }
  if (const auto wanted = std::exchange(least_verified_wanted_, std::nullopt)) {
    std::function<std::vector<Date>()> unit = [target = target_, wanted] {
      return target->least_verified(wanted->range, wanted->count);
    };
    if (auto days = co_await errand(std::move(unit), true))
      listener_.least_verified(name_, std::move(*days));
  }
  if (const auto heartbeat = std::exchange(heartbeat_, std::nullopt);
      heartbeat && !options_.dry_run) {
    std::function<bool()> unit = [target = target_, heartbeat] {
      target->beat(*heartbeat);
      return true;
    };
    co_await errand(std::move(unit), true);
  }
}

/// `optional`: days can be brought without it.
template <typename T>
Task<std::optional<T>> Lane::errand(std::function<T()> unit, bool optional) {
  std::optional<T> result;
  std::optional<Error> failure;
  try {
    result = co_await workers_[0]->run(std::move(unit), options_.deadline);
  } catch (const std::exception& error) {
    failure = as_error(error);
  }
  if (failure && optional)
    note_optional_failure(*failure);
  else if (failure)
    note_failure(*failure);
  else if (!proof_)
    note_success();
  co_return result;
}

Task<> Lane::process(DayTask task, DbWorker& worker) {
  const auto start = SteadyClock::now();
  const auto target = target_;
  DayReport report{task, name_, std::nullopt, std::nullopt, std::nullopt, 1, {}};
  report.attempts += retries_.failures(task.date);
  std::optional<Error> failure = co_await learn(task.date, worker);
  const auto revision = holdings_.revision(name_, task.date);
  Extraction extraction;
  if (!failure) {
    const auto since = std::max(task.since, holdings_.since(name_, task.date));
    const auto age = task.priority > Priority::requested ? DayAge::old : DayAge::current;
    extraction = co_await extractions_.get(task.date, since, age);
    if (comes_later(task, extraction, start)) co_return;
    failure = extraction.error;
  }
  if (extraction.day) try {
      report.totals = extraction.day->totals;
      const DayTotals* known = known_to_hold(task, *extraction.day);
      if (availability_.up() && known)
        report.outcome = unchanged(task.date, *known);
      else
        report.outcome =
            co_await worker.run(unit_for(task, extraction.day, revision), options_.deadline);
    } catch (const Overtaken& error) {
      holdings_.forget(name_, task.date);
      report.task.since = SteadyClock::now();
      failure = error;
    } catch (const std::exception& error) {
      failure = as_error(error);
    }
  busy_.erase(task.date);   // before anybody is told: nothing is being worked on any more
  if (target != target_) {  // replaced meanwhile: what happened says nothing about the new one
    queue_.push(task);
    co_return;
  }
  report.duration =
      std::chrono::duration_cast<std::chrono::milliseconds>(SteadyClock::now() - start);
  if (failure)
    fail(std::move(report), *failure);
  else
    finish(std::move(report), extraction.day);
}

/// True when the POS cannot be read now: the day waits again, it is not its fault.
bool Lane::comes_later(const DayTask& task, const Extraction& extraction,
                       SteadyClock::time_point start) {
  const bool source_down = extraction.error && concerns_whole_database(*extraction.error);
  const bool too_busy = !extraction.day && !extraction.error;
  if (!source_down && !too_busy) return false;
  busy_.erase(task.date);
  if (source_down)
    queue_.push_later(task, std::max(extractions_.availability().retry_at(), start + 100ms));
  else
    queue_.push(task);
  return true;
}

/// Asks for the day's ledger row when somebody else has written it.
Task<std::optional<Error>> Lane::learn(Date date, DbWorker& worker) {
  std::optional<Error> failure;
  if (!holdings_.is_forgotten(name_, date)) co_return failure;
  std::function<std::vector<LedgerDay>()> unit = [target = target_, date] {
    return target->ledger({date, date});
  };
  try {
    holdings_.learn(name_, date, co_await worker.run(std::move(unit), options_.deadline));
  } catch (const std::exception& error) {
    failure = as_error(error);
  }
  co_return failure;
}

TargetOutcome Lane::unchanged(Date date, const DayTotals& holds) const {
  TargetOutcome outcome;
  outcome.holds = holds;
  outcome.most_rows = confirmed_.at(date).most_rows;
  return outcome;
}

/// What the target holds where it is known without asking, and is what the POS has.
const DayTotals* Lane::known_to_hold(const DayTask& task, const ExtractedDay& day) const {
  const auto found = confirmed_.find(task.date);
  const bool same = task.kind == JobKind::sync && found != confirmed_.end() &&
                    found->second.extracted == day.totals;
  return same ? &found->second.content->totals : nullptr;
}

std::function<TargetOutcome()> Lane::unit_for(const DayTask& task,
                                              const std::shared_ptr<const ExtractedDay>& day,
                                              std::uint32_t revision) const {
  DayRules rules = holdings_.rules(name_, task.date);
  rules.revision = revision;
  if (task.kind == JobKind::verify) rules.limits.enabled = true;  // an audit takes nothing away
  if (task.kind == JobKind::restore && !options_.dry_run &&
      holdings_.restored_from(task.date) != name_)
    return [target = target_, day, rules] { return restore_day(*target, *day, rules); };
  const auto found = confirmed_.find(task.date);
  const auto held = found != confirmed_.end() && !rules.ended ? found->second.content : nullptr;
  if (held) rules.most_rows = found->second.most_rows;
  const auto mode = options_.dry_run                  ? SyncMode::plan
                    : task.kind == JobKind::sync      ? SyncMode::write
                    : task.kind == JobKind::reprocess ? SyncMode::reprocess
                                                      : SyncMode::verify;
  return [target = target_, day, held, mode, rules] {
    if (held && mode == SyncMode::write)
      if (auto pushed = push_delta(*target, *day, *held, rules)) return *pushed;
    std::optional<KnownRows> known;
    return sync_day(*target, *day, mode, rules, known);
  };
}

void Lane::finish(DayReport report, const std::shared_ptr<const ExtractedDay>& day) {
  retries_.settled(report.task.date);
  last_done_ = SteadyClock::now();
  note_success();
  keep_confirmed(report, day);
  if (report.outcome->action != DayAction::held) report.totals = report.outcome->holds;
  report.attempts += report.outcome->attempts - 1;
  listener_.day_done(report);
}

/// Only what the POS has, too: a held day is looked at in every cycle.
void Lane::keep_confirmed(const DayReport& report, const std::shared_ptr<const ExtractedDay>& day) {
  const TargetOutcome& outcome = *report.outcome;
  const auto content = outcome.content ? outcome.content : day;
  const bool same = outcome.holds == content->totals && outcome.action != DayAction::held;
  if (report.task.priority <= Priority::window && !options_.dry_run && same)
    confirmed_[report.task.date] = {day->totals, content, outcome.most_rows};
  else
    confirmed_.erase(report.task.date);
}

void Lane::fail(DayReport report, const Error& error) {
  const Date date = report.task.date;
  confirmed_.erase(date);
  if (concerns_whole_database(error)) {
    queue_.push(report.task);
    if (error.cause() != ErrorCause::link) proof_ = report.task;
    note_failure(error);
    return;
  }
  if (error.retryable()) {
    queue_.push_later(report.task, retries_.failed(date, error));
    return;
  }
  retries_.settled(date);
  report.error = error;
  listener_.day_done(report);
}

void Lane::note_failure(const Error& error) {
  const bool was_up = availability_.up();
  availability_.failed(error, wall_now());
  claimed_ = false;
  confirmed_.clear();  // it may come back from a backup
  holdings_.target_down(name_);
  changed_.notify();
  if (was_up) listener_.lane_down(name_);
}

void Lane::note_optional_failure(const Error& error) {
  if (error.cause() == ErrorCause::link || error.cause() == ErrorCause::configuration) {
    note_failure(error);
    return;
  }
  if (std::exchange(optional_error_, error.what()) != error.what())
    log::error("{}; the days are brought all the same", error.what());
}

/// Back, or up for the first time: what it holds must be read before anything is judged.
void Lane::note_success() {
  proof_.reset();
  if (!availability_.succeeded(wall_now())) return;
  ledger_wanted_ = whole_ledger();
  listener_.lane_up(name_);
}

DateRange Lane::whole_ledger() const {
  return {parse_date("1900-01-01"), holdings_.today() + std::chrono::days(1)};
}

}  // namespace consolidador
