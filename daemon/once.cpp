// SPDX-License-Identifier: MIT
#include "daemon/once.hpp"

#include <fmt/format.h>

#include <pwd.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>
#include <random>
#include <thread>
#include <utility>

#include "daemon/backends.hpp"
#include "daemon/lanes/day_text.hpp"
#include "daemon/logging.hpp"
#include "daemon/once_days.hpp"
#include "daemon/options.hpp"
#include "daemon/progress.hpp"
#include "daemon/rights.hpp"
#include "daemon/service/standing_store.hpp"
#include "daemon/summary.hpp"
#include "daemon/terminal.hpp"
#include "lib/core/log.hpp"
#include "lib/core/time_zone.hpp"
#include "lib/report/bitacora.hpp"
#include "lib/store/audit_options.hpp"
#include "lib/sync/day_window.hpp"

namespace consolidador {
namespace {

RetryOptions retry_options(const RetryConfig& config) {
  RetryOptions options;
  options.attempts = config.attempts;
  options.backoff = config.backoff;
  options.sleep = [](std::chrono::milliseconds delay) { std::this_thread::sleep_for(delay); };
  options.random = [engine = std::mt19937_64(std::random_device{}())]() mutable {
    return std::uniform_real_distribution<double>()(engine);
  };
  return options;
}

Date today_of(const Config& config) {
  return TimeZone(config.branch.time_zone).date_at(std::chrono::system_clock::now());
}

/// The POS has nothing yet of a day to come: proven empty, it would stand in head office as a day
/// without sales.
void refuse_future(const DateRange& range, const Config& config) {
  const Date today = today_of(config);
  if (range.last <= today) return;
  throw UsageError(fmt::format(
      "--to {} is in the future: today is {} in the branch ({}); end the range today at the latest",
      to_string(range.last), to_string(today), config.branch.time_zone));
}

/// A person has said that nothing may be written now, by whatever path.
void refuse_while_paused(const Config& config) {
  const auto pause = find_pause(config.paths.state, config.branch.id);
  if (!pause) return;
  throw UsageError(
      fmt::format("the branch is paused since {}{}{}: nothing is written until "
                  "`consolidadorctl resume`; --dry-run and --audit-only go on",
                  to_utc_string(pause->since), pause->reason.empty() ? "" : ", ", pause->reason));
}

/// Who has run it: behind sudo, the person.
std::string login_name() {
  const char* sudo = std::getenv("SUDO_USER");
  const passwd* user = getpwuid(getuid());
  const std::string name = user ? user->pw_name : std::to_string(getuid());
  return sudo ? fmt::format("{} (sudo: {})", name, sudo) : name;
}

OnceDaysOptions day_options(const Config& config, const OnceOptions& once,
                            const std::string& actor) {
  OnceDaysOptions options;
  options.branch_id = config.branch.id;
  options.audit = audit_options(config);
  options.today = today_of(config);
  options.end_of = [zone = TimeZone(config.branch.time_zone)](Date date) {
    return zone.instant_at(date + std::chrono::days(1), {});
  };
  options.lock = lock_options(config);
  options.approve_loss = once.approve_loss;
  options.actor = actor;
  options.machine = this_machine();
  options.take_over = once.take_over;
  if (once.local_only && config.vps.is_given()) options.left_out = "vps";
  options.mode = once.audit_only ? SyncMode::audit_only
                 : once.dry_run  ? SyncMode::dry_run
                                 : SyncMode::write;
  options.differences_are_errors = once.audit_only;
  options.retry = retry_options(config.retry);
  options.statement = config.timeouts.statement;
  options.unit = config.timeouts.unit;
  return options;
}

std::vector<Date> days_to_process(const Config& config, const OnceOptions& once) {
  if (once.range) return days_of(*once.range);
  return days_to_sync(today_of(config), config.window.reprocess_days, config.historical);
}

/// One line a day; an error that only repeats the day's before is counted instead.
class ResultLog {
 public:
  explicit ResultLog(bool dry_run) : dry_run_(dry_run) {}
  ~ResultLog() { say_repeats(); }

  void add(const DayResult& result) {
    if (!result.ok() && result.error == last_error_) {
      ++repeats_;
      return;
    }
    say_repeats();
    last_error_ = result.error;
    const auto prefix = dry_run_prefix(dry_run_);
    const auto text = [&] { return fmt::format("{}{}", prefix, describe(result, dry_run_)); };
    if (result.ok() && !result.hold.empty())
      log::write(log::Level::warning, {log::Event::day_held, result.date, "", 0, 0},
                 fmt::format("{}{} held: {}", prefix, to_string(result.date), result.hold));
    else if (result.ok() && !result.note.empty())
      log::write(log::Level::warning, {log::Event::loss_approved, result.date, "", 0, 0},
                 fmt::format("{}; {}", text(), result.note));
    else if (result.ok())
      log::info("{}", text());
    else
      log::error("{}{}: {}", prefix, to_string(result.date), result.error);
  }

 private:
  void say_repeats() {
    if (repeats_ != 0) log::error("the same for {} more days", std::exchange(repeats_, 0));
  }

  bool dry_run_;
  std::string last_error_;
  std::size_t repeats_ = 0;
};

/// A local-only run has no pool of the VPS: nothing can touch it.
std::vector<std::shared_ptr<Target>> targets_of(const Backends& backends, const Config& config,
                                                bool with_vps) {
  std::vector<std::shared_ptr<Target>> targets{backends.target(config, "local")};
  if (with_vps) targets.push_back(backends.target(config, "vps"));
  return targets;
}

struct RunOutcome {
  Summary summary;
  bool unreachable = false;
};

/// Tells of each day: log, bitacora, bar and, at the end, the outcome.
class Telling {
 public:
  Telling(const Config& config, const OnceOptions& options, std::ostream& out, std::size_t days,
          RunOutcome& outcome)
      : branch_id_(config.branch.id),
        outcome_(outcome),
        log_(options.dry_run),
        progress_(out, options.terminal, days) {
    if (!options.dry_run) bitacora_.emplace(config.paths.bitacora());
  }

  void day(const DayResult& result) {
    tell(result);
    outcome_.summary.add(result);
    progress_.day_done(result.ok(), result.totals ? result.totals->filas : 0);
  }

  void day_again(const DayResult& result) {
    tell(result);
    outcome_.summary.replace(result);
  }

 private:
  void tell(const DayResult& result) {
    log_.add(result);
    if (bitacora_)
      bitacora_->append(bitacora_entry(result, branch_id_, std::chrono::system_clock::now()));
    outcome_.unreachable = outcome_.unreachable || result.unreachable;
  }

  std::int32_t branch_id_;
  RunOutcome& outcome_;
  std::optional<Bitacora> bitacora_;
  ResultLog log_;
  Progress progress_;
};

/// Days that were held only because the POS's first sale was not known yet are looked at again when
/// it is.
void run_days(OnceDays& once, const std::vector<Date>& days, Telling& telling) {
  std::vector<Date> doubtful;
  for (const Date day : days) {
    const DayResult result = once.run(day);
    telling.day(result);
    if (result.estado() == Estado::held && !once.first_sale()) doubtful.push_back(day);
  }
  for (const Date day : doubtful)
    if (once.first_sale() && day < *once.first_sale()) telling.day_again(once.run(day));
}

}  // namespace

ExitCode run_once(const Config& config, const OnceOptions& options, std::ostream& out) {
  if (options.range) refuse_future(*options.range, config);
  const std::string actor = login_name();
  become_owner_of(config.paths.logs);
  if (!options.dry_run && !options.audit_only) refuse_while_paused(config);
  start_logging(config, options.terminal);
  const Backends backends = database_backends();
  OnceDays once(day_options(config, options, actor), backends.source(config),
                targets_of(backends, config, !options.local_only));
  const auto days = days_to_process(config, options);
  RunOutcome outcome{Summary(options.dry_run || options.audit_only)};
  {
    Telling telling(config, options, out, days.size(), outcome);
    run_days(once, days, telling);
  }
  const auto& [summary, unreachable] = outcome;
  out << summary.text(plain_look());
  if (unreachable) return ExitCode::unreachable;
  return summary.failed() + summary.held() == 0 ? ExitCode::ok : ExitCode::day_failed;
}

}  // namespace consolidador
