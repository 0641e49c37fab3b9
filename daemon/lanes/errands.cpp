// SPDX-License-Identifier: MIT
#include "daemon/lanes/errands.hpp"

#include <algorithm>
#include <utility>

#include "lib/core/log.hpp"
#include "lib/sync/ledger_mark.hpp"

namespace consolidador {

using namespace std::chrono_literals;

namespace {

const DateRange whole_calendar{parse_date("1900-01-01"), parse_date("9999-12-31")};

}  // namespace

Errands::Errands(std::string name, const LaneOptions& options, std::shared_ptr<Target> target,
                 Holdings& holdings, LaneListener& listener, Wakeup& changed)
    : name_(std::move(name)),
      options_(options),
      target_(std::move(target)),
      holdings_(holdings),
      listener_(listener),
      changed_(changed) {}

void Errands::replace(const LaneOptions& options, std::shared_ptr<Target> target) {
  options_ = options;
  target_ = std::move(target);
  claimed_ = false;
  extent_.reset();
  if (options_.dry_run) heartbeat_.reset();
  dispensable_error_.clear();
  read_ledger();
}

/// With the ledger the clock: what is late depends on both.
void Errands::read_ledger() {
  clock_wanted_ = true;
  ledger_wanted_ = true;
  changed_.notify();
}

void Errands::find_least_verified(const DateRange& range, unsigned count) {
  least_verified_ = LeastVerified{range, count};
  changed_.notify();
}

void Errands::beat(const Heartbeat& heartbeat) {
  if (options_.dry_run) return;
  heartbeat_ = heartbeat;
  marked_from_ = heartbeat.marked_from;
  changed_.notify();
}

void Errands::take_over() {
  take_over_ = true;
  claimed_ = false;
  changed_.notify();
}

Task<std::optional<Error>> Errands::run_next(DbWorker& worker) {
  if (!claimed_) return claim(worker);
  if (std::exchange(clock_wanted_, false)) return fetch_clock(worker);
  if (std::exchange(ledger_wanted_, false)) return fetch_ledger(worker);
  if (std::exchange(overtaken_, false)) return fetch_overtaken_ledger(worker);
  if (const auto wanted = std::exchange(least_verified_, std::nullopt))
    return fetch_least_verified(*wanted, worker);
  return send(std::exchange(heartbeat_, std::nullopt).value(), worker);
}

Task<std::optional<Error>> Errands::send_heartbeat(DbWorker& worker) {
  if (!heartbeat_) co_return std::nullopt;
  co_return co_await send(std::exchange(heartbeat_, std::nullopt).value(), worker);
}

template <typename T>
Task<std::optional<Error>> Errands::ask(DbWorker& worker, std::function<T(Target&)> question,
                                        std::function<void(T)> take_answer) {
  const auto target = target_;
  std::optional<T> answer;
  std::optional<Error> failure;
  std::function<T()> unit = [target, question = std::move(question)] { return question(*target); };
  try {
    answer = co_await worker.run(std::move(unit), options_.deadline);
  } catch (const std::exception& error) {
    failure = as_error(error);
  }
  if (answer && target == target_) take_answer(std::move(*answer));
  co_return failure;
}

/// Reads the machine's mark, and leaves it where there is none.
Task<std::optional<Error>> Errands::claim(DbWorker& worker) {
  std::function<bool(Target&)> question = [machine = options_.machine, dry_run = options_.dry_run,
                                           take_over = take_over_](Target& target) {
    if (dry_run)
      target.check_claim(machine);
    else
      target.claim(machine, take_over);
    return true;
  };
  return ask<bool>(worker, std::move(question), [this](bool) {
    claimed_ = true;
    take_over_ = false;
  });
}

Task<std::optional<Error>> Errands::fetch_clock(DbWorker& worker) {
  using Answer = std::optional<std::chrono::system_clock::time_point>;
  return ask<Answer>(
      worker, [](Target& target) { return target.clock(); },
      [this](Answer theirs) {
        if (theirs) holdings_.clocks().heard(name_, *theirs, time_since_boot());
      });
}

/// Days to come are in it, too: they tell that a clock is wrong.
Task<std::optional<Error>> Errands::fetch_ledger(DbWorker& worker) {
  begin_reading();
  struct Answer {
    std::vector<LedgerDay> days;
    std::map<Date, Rejections> rejected;
    std::optional<DateRange> extent;
  };
  return ask<Answer>(
      worker,
      [](Target& target) {
        return Answer{target.ledger(whole_calendar), target.rejected_days(), target.extent()};
      },
      [this](Answer answer) {
        ++readings_;
        holdings_.ledger_read(name_, with_newer(std::move(answer.days)));
        extent_ = answer.extent;
        listener_.rejected_read(answer.rejected);
        listener_.ledger_read(name_);
      });
}

std::vector<Date> Errands::unrecorded() const {
  if (!extent_) return {};
  return unrecorded_days(holdings_.days(name_), *extent_);
}

std::optional<Date> Errands::rows_to_come() const {
  const auto days = unrecorded();
  if (days.empty() || days.back() <= holdings_.today() + std::chrono::days(1)) return std::nullopt;
  return days.back();
}

std::size_t Errands::overwritten_lately() const {
  const auto is_late = [now = SteadyClock::now()](auto when) { return now - when < 1h; };
  return static_cast<std::size_t>(std::ranges::count_if(overwritten_, is_late));
}

void Errands::note_overwritten(std::size_t days) {
  const auto now = SteadyClock::now();
  std::erase_if(overwritten_, [now](auto when) { return now - when >= 1h; });
  if (days != 0) overwritten_.push_back(now);
}

/// All of it: who has written the window may have brought back the whole database.
Task<std::optional<Error>> Errands::fetch_overtaken_ledger(DbWorker& worker) {
  begin_reading();
  return ask<KnownDays>(
      worker, [](Target& target) { return target.ledger(whole_calendar); },
      [this](KnownDays read) {
        KnownDays whole = with_newer(std::move(read));
        tell_of_others(changed_days(holdings_.days(name_), whole));
        holdings_.ledger_read(name_, std::move(whole));
        listener_.ledger_read(name_);
      });
}

/// Own days that are written from now on, or are under way, will be newer than what is read.
void Errands::begin_reading() {
  newer_ = std::set<Date>(own_.begin(), own_.end());
}

KnownDays Errands::with_newer(KnownDays read) {
  return with_own_days(std::move(read), holdings_.days(name_), std::exchange(newer_, {}));
}

void Errands::begin_own(Date date) {
  own_.insert(date);
  newer_.insert(date);
  if (date >= marked_from_) ++own_days_;
}

void Errands::tell_of_others(const std::vector<Date>& changed) {
  note_overwritten(changed.size());
  for (const Date date : changed)
    log::warning("{}: somebody else has written the ledger's row of {}; it is looked at again",
                 name_, to_string(date));
}

Task<std::optional<Error>> Errands::fetch_least_verified(LeastVerified wanted, DbWorker& worker) {
  const auto failure = co_await ask<std::vector<Date>>(
      worker,
      [wanted](Target& target) { return target.least_verified(wanted.range, wanted.count); },
      [this](std::vector<Date> days) { listener_.least_verified(name_, std::move(days)); });
  co_return unless_dispensable(failure);
}

Task<std::optional<Error>> Errands::send(Heartbeat heartbeat, DbWorker& worker) {
  using Mark = std::optional<std::string>;
  const Date from = heartbeat.marked_from;
  std::function<Mark(Target&)> question = [heartbeat](Target& target) {
    return target.beat(heartbeat);
  };
  std::function<void(Mark)> compare = [this, from, alone = since_now()](Mark mark) {
    if (!mark || !alone() || !holdings_.is_known(name_)) return;
    const auto known = ledger_mark(holdings_.days(name_), from, std::chrono::system_clock::now());
    overtaken_ = overtaken_ || *mark != known;
  };
  const auto failure = co_await ask<Mark>(worker, std::move(question), std::move(compare));
  note_beat(failure);
  co_return unless_dispensable(failure);
}

/// Without a heartbeat's answer the ledger is looked at itself.
void Errands::note_beat(const std::optional<Error>& failure) {
  if (!failure) return silence_.reset();
  if (failure->unanswered()) return;
  if (!silence_) silence_.emplace().since = std::chrono::system_clock::now();
  silence_->error = failure->what();
  silence_->passes = failure->retryable();
  overtaken_ = holdings_.is_known(name_);
}

/// Whether no own day of those that are marked was under way at any time from now on until it is
/// asked.
std::function<bool()> Errands::since_now() const {
  const bool busy = own_.lower_bound(marked_from_) != own_.end();
  return [this, begun = own_days_, busy] { return !busy && own_days_ == begun; };
}

Task<std::optional<Error>> Errands::learn(Date date, DbWorker& worker) {
  if (!holdings_.is_forgotten(name_, date)) co_return std::nullopt;
  co_return co_await ask<std::vector<LedgerDay>>(
      worker,
      [date](Target& target) {
        return target.ledger({date, date});
      },
      [this, date](const std::vector<LedgerDay>& answer) { holdings_.learn(name_, date, answer); });
}

/// Days can be brought without a heartbeat and without a verification, but not without a link or
/// into another machine's branch.
std::optional<Error> Errands::unless_dispensable(const std::optional<Error>& failure) {
  if (!failure || failure->unanswered() || failure->cause() == ErrorCause::configuration)
    return failure;
  if (std::exchange(dispensable_error_, failure->what()) != failure->what())
    log::error("{}; the days are brought all the same", failure->what());
  return std::nullopt;
}

}  // namespace consolidador
