// SPDX-License-Identifier: MIT
#include "daemon/lanes/lane.hpp"

#include <algorithm>
#include <utility>

#include "lib/core/log.hpp"

namespace consolidador {
namespace {

using namespace std::chrono_literals;

// A target that brings no day for so long is not waited for: it is slow, or does not answer.
constexpr auto keeps_up_within = 10s;

}  // namespace

Lane::Lane(asio::io_context& loop, std::string name, const LaneOptions& options,
           std::shared_ptr<Target> target, Extractions& extractions, Holdings& holdings,
           LaneListener& listener)
    : name_(std::move(name)),
      options_(options),
      target_(std::move(target)),
      extractions_(extractions),
      holdings_(holdings),
      listener_(listener),
      changed_(extractions.changed()),
      turns_(extractions, *this),
      retries_(name_, options.backoff),
      allowance_(options.limits()),
      errands_(name_, options, target_, holdings, listener, changed_),
      recovery_(name_, options, {errands_, confirmed_, holdings, listener, changed_}),
      workers_(loop, name_) {
  holdings_.set_target(name_, target_);
  workers_.grow_to(options_.workers);
  extractions_.sign_on(*this);
}

Lane::~Lane() {
  extractions_.sign_off(*this);
}

void Lane::add(DayTask task) {
  if (task.date > holdings_.today()) return;
  task.asked = SteadyClock::now();
  turns_.add(task);
  changed_.notify();
}

void Lane::drop(Date date, Wanting wanting) {
  turns_.drop(date, wanting);
  if (!turns_.contains(date)) retries_.settled(date);
}

void Lane::pause(std::optional<std::string> why) {
  paused_ = std::move(why);
  changed_.notify();
}

void Lane::retry_now() {
  recovery_.forget_wait();
  turns_.end_waits();
  changed_.notify();
}

void Lane::replace(const LaneOptions& options, std::shared_ptr<Target> target) {
  options_ = options;
  target_ = std::move(target);
  holdings_.set_target(name_, target_);
  errands_.replace(options_, target_);
  recovery_.replace(options);
  retries_.set_policy(options.backoff);
  allowance_.configure(options.limits());
  confirmed_.forget_all();
  workers_.grow_to(options_.workers);
  retry_now();
}

void Lane::stop() {
  stopping_ = true;
  changed_.notify();
}

/// No coroutine itself: the worker counts from now on, also before its first step.
Task<> Lane::work(std::size_t index) {
  ++working_;
  return work_until_stopped(index);
}

Task<> Lane::work_until_stopped(std::size_t index) {
  while (!stopping_) {
    if (!recovery_.up()) {
      co_await wait_while_down(index);
      continue;
    }
    if (index == 0 && errands_.waiting()) {
      co_await run_errand();
      continue;
    }
    const bool wanted = index < options_.workers && !paused_;  // fewer after a reload
    const bool may_begin = wanted && errands_.claimed() && holdings_.can_judge(name_);
    const auto task =
        may_begin ? turns_.begin_next(holdings_.clock_doubt().has_value()) : std::nullopt;
    if (!task) {
      co_await changed_.wait_until(may_begin ? turns_.next_start()
                                             : SteadyClock::time_point::max());
      continue;
    }
    co_await process(*task, workers_[index]);
    changed_.notify();
  }
  --working_;
}

bool Lane::wants(const DayAtHand& day) const {
  return recovery_.up() && !paused_ && !stopping_ && turns_.waiting_since(day.date) <= day.taken &&
         SteadyClock::now() - last_done_ < keeps_up_within;
}

Task<> Lane::wait_while_down(std::size_t index) {
  if (index != 0)
    co_await changed_.wait();
  else if (SteadyClock::now() < availability().retry_at())
    co_await changed_.wait_until(availability().retry_at());
  else
    co_await probe();
}

/// Cheap: opens a connection when there is none, prepares the statements, looks at the mark. That
/// is the errand that waits first of a target that is down.
Task<> Lane::probe() {
  co_await run_errand();
  if (!errands_.claimed()) co_return;
  if (recovery_.test_day() && !paused_) co_await bring_test_day();
  changed_.notify();
}

/// The day that took the target down, or a more urgent one, lest an old day that never gets through
/// keeps today's sales away.
Task<> Lane::bring_test_day() {
  const auto urgent = turns_.begin_more_urgent(recovery_.test_day()->priority);
  const DayTask task = urgent ? *urgent : turns_.begin(*recovery_.test_day());
  const unsigned failures = availability().failures();
  holdings_.forget(name_, task.date);  // the ledger as a whole is read when it is up
  co_await process(task, workers_[0]);
  const bool same_again = availability().failures() > failures;
  if (!recovery_.up() && !same_again) recovery_.answered();  // what failed now is not the target
}

Task<> Lane::run_errand() {
  const auto target = target_;
  const auto failure = co_await errands_.run_next(workers_[0]);
  if (target != target_) co_return;  // what happened says nothing about the new one
  if (failure)
    recovery_.failed(*failure);
  else if (!recovery_.test_day() || paused_ || recovery_.up())  // paused: no day is to be brought
    recovery_.answered();
}

Task<> Lane::process(DayTask task, DbWorker& worker) {
  const auto start = SteadyClock::now();
  const auto target = target_;
  DayReport report{task, name_, std::nullopt, std::nullopt, std::nullopt, 1, {}};
  report.attempts += retries_.failures(task.date);
  if (task.look) {
    confirmed_.forget(task.date);
    holdings_.forget(name_, task.date);  // its ledger row, too, is asked for
  }
  std::optional<Error> failure = co_await errands_.learn(task.date, worker);
  const auto revision = holdings_.revision(name_, task.date);
  Extraction extraction;
  if (!failure) {
    extraction = co_await extract(task);
    if (is_left_out(report, extraction, start)) co_return;
    failure = extraction.error;
  }
  if (extraction.day) failure = holdings_.doubt(*extraction.day);
  if (extraction.day && !failure) failure = co_await load(report, extraction.day, revision, worker);
  turns_.end(task.date);    // before anybody is told: nothing is being worked on any more
  if (target != target_) {  // replaced meanwhile: what happened says nothing about the new one
    turns_.add(task);
    co_return;
  }
  report.duration =
      std::chrono::duration_cast<std::chrono::milliseconds>(SteadyClock::now() - start);
  if (failure)
    fail(std::move(report), *failure);
  else
    finish(std::move(report), extraction.day, start);
}

Task<Extraction> Lane::extract(const DayTask& task) {
  const auto not_before = std::max(task.asked, holdings_.others_wrote_at(name_, task.date));
  const auto age = task.priority > Priority::requested ? DayAge::old : DayAge::current;
  return extractions_.get(task.date, not_before, age);
}

/// Brings the target up to the day that was extracted; returns what kept it from that.
Task<std::optional<Error>> Lane::load(DayReport& report, std::shared_ptr<const ExtractedDay> day,
                                      std::uint32_t revision, DbWorker& worker) {
  std::optional<Error> failure;
  report.totals = day->totals;
  report.rejected = rejections_of(day->rejected);
  const TimeLimits limits = allowance_.of(day->date, day->totals.filas);
  confirmed_.forget_unless(day->date, find_day(holdings_.days(name_), day->date));
  try {
    if (recovery_.up())
      report.outcome =
          confirmed_.unchanged(report.task, *day, holdings_.has_ended(report.task.date));
    report.remembered = report.outcome.has_value();
    if (!report.outcome) {
      DayUnit unit = unit_for(report.task, day, revision);
      unit.statement = limits.statement;
      std::function<TargetOutcome()> work = std::move(unit);
      report.outcome = co_await worker.run(std::move(work), limits.unit);
    }
    allowance_.got_through(day->date);
  } catch (const Overtaken& error) {
    holdings_.forget(name_, report.task.date);
    report.task.asked = SteadyClock::now();
    failure = error;
  } catch (const std::exception& error) {
    failure = allowance_.failed(day->date, day->totals.filas, as_error(error));
  }
  co_return failure;
}

/// True when the POS cannot be read now: the day waits again, it is not its fault. And when it is a
/// day to come: it was today, or had ended, by a clock that has been set right since.
bool Lane::is_left_out(DayReport report, const Extraction& extraction,
                       SteadyClock::time_point start) {
  const DayTask& task = report.task;
  if (task.date > holdings_.today()) {
    turns_.forget(task.date);
    retries_.settled(task.date);
    log::warning("{}: {} is to come: it is not brought; the clock was wrong", name_,
                 to_string(task.date));
    listener_.day_dropped(name_, task.date);
    return true;
  }
  const bool source_down = extraction.error && concerns_whole_database(*extraction.error);
  const bool too_busy = !extraction.day && !extraction.error;
  if (!source_down && !too_busy) return false;
  turns_.end(task.date);
  if (source_down)
    turns_.add_later(task, std::max(extractions_.availability().retry_at(), start + 100ms));
  else
    turns_.add(task);
  if (source_down && task.priority == Priority::today) {
    report.error = extraction.error;
    listener_.day_retried(report);
  }
  return true;
}

DayUnit Lane::unit_for(const DayTask& task, std::shared_ptr<const ExtractedDay> day,
                       std::uint32_t revision) const {
  DayUnit unit{target_, std::move(day), task.kind, options_.dry_run,
               holdings_.rules(name_, task.date)};
  unit.rules.revision = revision;
  unit.rules.actor = task.actor;
  if (task.kind == TaskKind::audit) unit.rules.limits.enabled = true;  // it takes nothing away
  if (task.kind == TaskKind::restore && holdings_.decisions().restored_from(task.date) == name_)
    unit.kind = TaskKind::audit;
  const auto* known = confirmed_.find(task.date);
  if (known) unit.rules.confirmed = known->content;
  if (known && !unit.rules.ended) {
    unit.held = known->content;
    unit.rules.most_rows = known->most_rows;
  }
  return unit;
}

void Lane::finish(DayReport report, const std::shared_ptr<const ExtractedDay>& day,
                  SteadyClock::time_point start) {
  retries_.settled(report.task.date);
  last_done_ = SteadyClock::now();
  if (report.remembered)
    recovery_.confirmed();
  else
    recovery_.succeeded(start);
  if (!options_.dry_run) confirmed_.keep_outcome(report, day);
  if (report.outcome->action != DayAction::held) report.totals = report.outcome->holds;
  report.attempts += report.outcome->attempts - 1;
  listener_.day_done(report);
}

void Lane::fail(DayReport report, const Error& error) {
  const Date date = report.task.date;
  confirmed_.forget(date);
  // A person has to act, and others got through meanwhile: only days like this one need that.
  const bool its_own = !error.retryable() && retries_.failed_before(date, recovery_.succeeded_at());
  if (concerns_whole_database(error) && !its_own) {
    turns_.add_later(report.task, retries_.failed_with_target(date, error));
    const bool too_slow = error.cause() == ErrorCause::deadline;  // says nothing of the others
    recovery_.failed(error, too_slow ? std::nullopt : std::optional(report.task));
    return;
  }
  if (error.retryable()) {
    turns_.add_later(report.task, retries_.failed(date, error));
    report.error = error;
    listener_.day_retried(report);
    return;
  }
  if (its_own)
    retries_.failed_for_good(date);
  else
    retries_.settled(date);
  report.error = error;
  listener_.day_done(report);
}

}  // namespace consolidador
