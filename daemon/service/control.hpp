// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "lib/core/date.hpp"
#include "lib/report/health.hpp"
#include "lib/sync/day_diff.hpp"
#include "lib/sync/day_totals.hpp"
#include "lib/sync/history.hpp"
#include "lib/sync/product_names.hpp"
#include "lib/sync/quarantine.hpp"
#include "lib/sync/target.hpp"
#include "lib/sync/written_change.hpp"

namespace consolidador {

// What can be asked of the daemon and commanded, as plain values: the border between it and D-Bus.
// Loop thread only.

/// How far before today a day may lie that is asked for or listed: a century bounds every answer.
inline constexpr std::chrono::days farthest_back{36'600};

enum class DaemonState { starting, idle, syncing, paused, stopping };
std::string_view to_string(DaemonState state) noexcept;

struct TargetStatus {
  std::string name;  ///< `local`, `vps`; also `operational` where the three places are listed
  bool up = false;
  /// When a day last got through, also before a restart.
  std::optional<std::chrono::system_clock::time_point> last_success;
  std::optional<std::chrono::system_clock::time_point> down_since;
  std::string error;        ///< of the last attempt, empty when it worked
  std::size_t pending = 0;  ///< days that wait for it or are being written
  std::size_t late = 0;     ///< ended days that it should have and has not
  std::optional<Date> oldest_late;
  std::optional<Date> last_audited;  ///< closed, and so is each before it: there is no gap
  std::vector<RetriedDay>
      retried{};                 ///< days that failed and are tried again; none while it is down
  std::uint64_t reconnects = 0;  ///< recoveries from an outage since the start
};

struct StatusSnapshot {
  std::int32_t branch_id = 0;
  std::string branch_name;
  std::string version;
  DaemonState state = DaemonState::starting;
  std::string pause_reason;        ///< empty unless paused
  std::vector<std::string> modes;  ///< what it is configured not to do, or not always: `dry run`
  HealthVerdict health;
  std::chrono::system_clock::time_point started;
  std::optional<std::chrono::system_clock::time_point> last_cycle;
  std::optional<std::chrono::system_clock::time_point> next_cycle;  ///< nothing while paused
  TargetStatus source;
  std::vector<TargetStatus> targets;
  std::uint64_t cycles = 0;
  std::uint64_t days_synced = 0;    ///< days written or confirmed in a target since the start
  std::uint64_t rows_synced = 0;    ///< rows written since the start
  std::size_t failed_days = 0;      ///< days in ERROR
  std::size_t held_days = 0;        ///< days that a person has to approve
  std::size_t rejected_days = 0;    ///< days that are taken without some rows of the POS
  std::uint64_t rejected_rows = 0;  ///< of all these days
  std::size_t archived_days = 0;    ///< days in a target that the POS keeps no longer
  std::optional<Date> pos_begins;   ///< the POS's first day with sales; nothing: not looked for yet
  std::uint64_t consecutive_failures = 0;  ///< cycles in a row that ended with a failure
  std::uint64_t config_generation = 1;     ///< grows by one at each successful reload
  std::string config_error;                ///< why the last reload was refused; empty: it was not
};

/// What an operator can ask for.
enum class RequestKind {
  sync,       ///< today and the window, now
  backfill,   ///< a range: what the targets lack of it
  reprocess,  ///< a range: written whole, as the POS has it
  audit,      ///< a range: audited in each target; differences are repaired, nothing is taken away
  approve,    ///< held days of a range: written as the POS has them
  restore,    ///< an archived day of which the targets hold different rows: one takes the other's
};
std::string_view to_string(RequestKind kind) noexcept;

enum class RequestState { running, done, failed, cancelled };
std::string_view to_string(RequestState state) noexcept;

struct RequestInfo {
  std::uint64_t id = 0;  ///< counts on over restarts for requests that survive one
  RequestKind kind = RequestKind::sync;
  DateRange range;
  RequestState state = RequestState::running;
  std::size_t total = 0;  ///< days times targets
  std::size_t done = 0;   ///< of them finished, failed ones included
  std::size_t failed = 0;
  std::size_t held = 0;  ///< of the failed: a person has to decide about them
  std::string error;     ///< the first failure
};

/// A day in one target, as this process knows it from its ledger and its own work.
struct DayInTarget {
  std::string target;
  std::optional<LedgerDay> ledger;  ///< nothing: the target's ledger has not the day
  bool closed = false;              ///< audited after its end and the closing time
  bool pending = false;
  bool archived = false;  ///< the POS keeps it no longer; proven against the other target
  bool known = true;      ///< false: its ledger has not been read since the start
};

struct DayInfo {
  Date date;
  std::string error;         ///< why it is in ERROR; empty: it is not
  std::string held;          ///< why it is held, for people; empty: it is not
  Rejections rejected{};     ///< rows of the POS that it is taken without
  std::optional<Loss> loss;  ///< what would go if it were approved; nothing: it cannot be
  bool conflict = false;  ///< held because the targets hold different rows: `restore` chooses one
  std::vector<DayInTarget> targets;
  std::string waits{};   ///< why it is not in a target yet, where that is known
  bool to_come = false;  ///< after today in the branch
};

/// Something is known of the day.
bool is_known(const DayInfo& day);

/// A moment as the branch's clocks show it: `2026-01-05 10:22:33`.
struct BranchMoment {
  std::chrono::system_clock::time_point instant{};
  std::string clock;
};

struct VersionInfo {
  RecordedVersion recorded;
  BranchMoment began;
};

/// The versions of days that one target remembers.
struct DayHistory {
  std::string target;
  std::vector<std::string> others;       ///< further targets: each has a history of its own
  std::optional<BranchMoment> begins{};  ///< what came before is not remembered; nothing: not known
  std::vector<VersionInfo> versions;
  std::vector<NotedHands> hands{};  ///< days that hands have changed since the last look at them
  bool altered = false;             ///< of a single day: see DayState::altered()
  std::string zone{};               ///< of the branch's clocks; empty: the machine's own
};

/// A day as a target has had it.
struct PastDay {
  std::string target;
  VersionInfo version;
  std::vector<SalesRow> rows;  ///< in the order of the key
};

/// What has made a version of a day of the one before.
struct PastChange {
  std::string target;
  VersionInfo version;
  std::vector<RowDifference> rows;  ///< before and after; those first that move most sales
  NamesByCode names;                ///< of the first products, where the POS can tell
};

/// What one place has of a day now.
struct PlaceContent {
  std::string place;
  std::string error;      ///< why it could not be compared; empty: it was
  bool archived = false;  ///< not compared: the POS keeps the day no longer
  Rejections rejected{};  ///< of the POS: rows that its figures leave out
  DayTotals totals;
  std::optional<DayTotals> ledger{};  ///< of a target; nothing: not recorded there

  bool compared() const { return error.empty() && !archived; }
};

/// A day row by row, in the places that could be asked.
struct DayDifferences {
  Date date;
  std::vector<PlaceContent> places;  ///< all that are configured
  std::vector<RowDifference> rows;   ///< their amounts are of the places that were compared
  std::size_t reclassified = 0;      ///< rows that have another supplier in the POS now
  NamesByCode names{};               ///< of the first products, where the POS can tell
};

/// Takes what was asked for, or why it is not to be had; called once, on the loop, later.
template <typename T>
using Answer = std::function<void(const std::exception_ptr& error, T value)>;

/// Told on the loop, in the order of events; must not block.
class ControlListener {
 public:
  virtual ~ControlListener() = default;
  virtual void status_changed() = 0;  ///< something of StatusSnapshot; may come often
  virtual void day_synced(Date date, const std::string& target, const DayTotals& totals,
                          const WrittenChange& change, const Rejections& rejected,
                          const std::string& action) = 0;  ///< english(DayAction)
  virtual void day_failed(Date date, const std::string& error) = 0;
  virtual void day_held(Date date, const std::string& reason) = 0;
  virtual void health_changed(const HealthVerdict& health) = 0;
  virtual void target_up(const std::string& target) = 0;
  virtual void target_down(const std::string& target, const std::string& error) = 0;
  virtual void request_new(const RequestInfo& request) = 0;
  virtual void request_progress(const RequestInfo& request) = 0;
  virtual void request_removed(const RequestInfo& request) = 0;  ///< its state is the result
  virtual void cycle_finished(std::uint64_t cycle, std::size_t changed, std::size_t failed) = 0;
};

/// The daemon, as an operator sees it.
class Control {
 public:
  virtual ~Control() = default;

  virtual StatusSnapshot status() const = 0;
  virtual std::vector<RequestInfo> requests() const = 0;  ///< running ones, oldest first
  virtual DayInfo day(Date date) const = 0;
  /// Newest first, at most `limit`; days of which nothing is known are left out.
  virtual std::vector<DayInfo> days(const DateRange& range, std::size_t limit) const = 0;

  // These ask the databases, and answer when they have: within two minutes of their turn, one at a
  // time. RequestRefused: too many wait already, a day after today, no such target, or the service
  // is stopping; Error: the databases' or the days' own.

  /// Of days that have changed, see recorded_versions(). `from` is a target, or empty: local, or
  /// the other one where that is down.
  virtual void history(const DateRange& range, const std::string& from,
                       Answer<DayHistory> answer) = 0;
  virtual void version(Date date, std::uint32_t number, const std::string& from,
                       Answer<PastDay> answer) = 0;
  /// The rows that have changed from the version before to this one, see
  /// consolidador::version_change().
  virtual void version_change(Date date, std::uint32_t number, const std::string& from,
                              Answer<PastChange> answer) = 0;
  /// Reads the day in all places, from the POS within the limits for old days.
  virtual void differences(Date date, Answer<DayDifferences> answer) = 0;

  // These answer when what was asked for is on the disk, and survives a restart, as does how far
  // it is.

  /// Sync is on no disk. RequestRefused: empty range, days after today or more than 100 years ago,
  /// more than 100 requests, more than 200,000 days still to be done; Error: it cannot be written.
  /// `actor` is the login of who asks, which the history keeps with the days of a reprocess.
  virtual void request(RequestKind kind, const DateRange& range, const std::string& actor,
                       Answer<RequestInfo> answer) = 0;
  /// Lets the held days of the range be written as they are in the POS now. `actor` is the login of
  /// who approves. RequestRefused: no day of the range is held, or `reason` is empty.
  virtual void approve(const DateRange& range, const std::string& reason, const std::string& actor,
                       Answer<RequestInfo> answer) = 0;
  /// Lets the other target take the rows that `from` holds of a held day which the POS keeps no
  /// longer. RequestRefused: `from` is no target, or the day is not held so.
  virtual void restore(Date date, const std::string& from, const std::string& reason,
                       const std::string& actor, Answer<RequestInfo> answer) = 0;
  /// At once: from now on this machine writes the branch's days, whoever did before.
  virtual void take_over(const std::string& actor) = 0;

  /// False when there is no such running request. Days that are being written are finished.
  virtual void cancel(std::uint64_t id, Answer<bool> answer) = 0;

  /// No new work from now until resume(), also after a restart; what runs is finished.
  /// `error`: why it is only until the process ends, or is there again after that.
  using Done = std::function<void(const std::exception_ptr& error)>;
  virtual void pause(const std::string& reason, Done done) = 0;
  virtual void resume(Done done) = 0;

  /// Whether another process has the branch's name on the bus: this one then writes nothing.
  virtual void name_taken(bool by_another) = 0;

  /// Answers nothing when the new configuration is in use, else why the old one stays.
  virtual void reload(Answer<std::optional<std::string>> answer) = 0;

  virtual void listen(ControlListener* listener) = 0;  ///< one; nullptr: none
};

class RequestRefused : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Throws RequestRefused for a range that reaches into the future or lies too far back.
void check_reach(const DateRange& range, Date today);

}  // namespace consolidador
