// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "daemon/lanes/loop.hpp"
#include "lib/core/date.hpp"
#include "lib/core/error.hpp"
#include "lib/report/bitacora.hpp"
#include "lib/sync/target_outcome.hpp"

namespace consolidador {

// One day on its way through the program: what is to be done with it, what became of it in one
// target, and what became of it everywhere.

/// Whose turn it is first. Today's sales never wait behind history.
enum class Priority {
  today,           ///< the open day
  window,          ///< the days before it that are looked at in every cycle
  requested_late,  ///< late, and an operator waits for it, too
  requested,       ///< an operator waits for it
  late,            ///< a closed day that should be there and is not, or is in trouble
  historical,      ///< what else a target lacks
  verification,    ///< old days audited again
};

/// What to do with a day. Of several that are asked for, the last in this order is done.
enum class TaskKind {
  sync,       ///< write when the POS has something else than is known of the target
  audit,      ///< audit the target too, and note the audit in its ledger
  reprocess,  ///< empty the day and write it whole, because an operator asks
  restore,    ///< take the other target's rows, because an operator asks
};

struct DayTask {
  Date date;
  Priority priority = Priority::today;
  TaskKind kind = TaskKind::sync;
  SteadyClock::time_point asked{};  ///< when it was asked for: no older extraction is used
  std::string actor{};              ///< of a reprocess: the login of who has asked for it
  bool look = false;          ///< at the target, whatever is remembered of it: a person has asked
  std::uint64_t request = 0;  ///< whose turn it takes among old days; 0: the service's own
};

/// What happened to a day in one target.
struct DayReport {
  DayTask task;
  std::string target;
  std::optional<DayTotals> totals;       ///< what the target holds now; of a held day, the POS's
  std::optional<TargetOutcome> outcome;  ///< nothing: failed
  std::optional<Error> error;            ///< the day is in ERROR; of a retry: why it waits
  unsigned attempts = 1;
  std::chrono::milliseconds duration{};
  bool remembered = false;  ///< known to be there without asking the target
  Rejections rejected{};    ///< rows of the POS that the day is taken without
};

/// What became of a day: in the source and in each target.
struct DayResult {
  struct InTarget {
    std::string name;
    std::optional<TargetOutcome> outcome;  ///< nothing: failed, see `error`
    std::string error;
  };
  Date date;
  std::optional<DayTotals> totals;  ///< of the extraction; nothing: it failed
  std::vector<InTarget> targets;
  std::string error;  ///< everything that failed, in one line; empty: nothing did
  std::string hold;   ///< why it is held, for people; empty: it is not
  std::map<std::string, std::string> pending;  ///< targets that have not got it yet, and why
  bool released = false;                       ///< it was held before
  std::string note;                            ///< who approved it and why; what was reclassified
  bool unreachable = false;                    ///< a database could not be reached
  unsigned attempts = 1;
  std::chrono::milliseconds duration{};
  Rejections rejected{};  ///< rows of the POS that the day is taken without

  bool ok() const noexcept { return error.empty(); }  ///< nothing failed; it may be held
  Estado estado() const noexcept {
    if (!ok()) return Estado::error;
    if (!hold.empty()) return Estado::held;
    return pending.empty() ? Estado::ok : Estado::pending;
  }
};

/// Rows of the target were written, or would be: the day was neither merely looked at nor held.
bool is_change(DayAction action) noexcept;

}  // namespace consolidador
