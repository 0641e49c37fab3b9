// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lib/core/error.hpp"
#include "lib/report/bitacora.hpp"
#include "lib/sync/day_sync.hpp"
#include "lib/sync/retry.hpp"

namespace consolidador {

/// What became of one day: in the source and in each target.
struct DayResult {
  struct InTarget {
    std::string name;
    std::optional<TargetOutcome> outcome;  ///< nothing: failed, see `error`
    std::string error;
  };
  Date date;
  std::optional<DayTotals> totals;  ///< of the extraction; nothing: it failed
  std::vector<InTarget> targets;
  std::string error;         ///< everything that failed, in one line; empty: all well
  bool unreachable = false;  ///< a database could not be reached
  unsigned attempts = 1;
  std::chrono::milliseconds duration{};

  bool ok() const noexcept { return error.empty(); }
};

struct DayJobOptions {
  std::int32_t branch_id = 0;
  SourceAuditOptions audit;
  SyncMode mode = SyncMode::write;
  bool differences_are_errors =
      false;  ///< audit only: a target that is not up to date fails the day
  RetryOptions retry;
};

/// Processes days one after the other, in one thread: extraction, then each target. What fails in
/// one place does not keep the others from going on. A database that could not be reached is not
/// asked again before `retry.backoff.max` has passed; until then its days fail at once.
class DayJob {
 public:
  /// The ports must outlive this object.
  DayJob(DayJobOptions options, Source& source, std::vector<Target*> targets);

  /// Never throws an Error: failures are in the result.
  DayResult run(Date date);

 private:
  using Clock = std::chrono::steady_clock;
  struct Gate {
    std::optional<Error> failure;
    Clock::time_point closed_until{};
  };

  std::optional<ExtractedDay> extract_day(DayResult& result);
  void sync_target(std::size_t i, const ExtractedDay& day, std::optional<KnownRows>& known,
                   DayResult& result);
  unsigned attempt(Gate& gate, const std::string& where, const std::function<void()>& unit);
  void note_failure(DayResult& result, const std::string& where, const Error& error) const;

  DayJobOptions options_;
  Source& source_;
  std::vector<Target*> targets_;
  Gate source_gate_;
  std::vector<Gate> target_gates_;
};

/// A day that went well, in one line for the log.
std::string describe(const DayResult& result);

/// The result as a line of the bitacora.
BitacoraEntry bitacora_entry(const DayResult& result, std::int32_t branch_id,
                             std::chrono::system_clock::time_point now);

/// The same in English, for people: `up to date`, `new`, `changed`, `rewritten`, `repaired`.
std::string_view english(DayAction action) noexcept;

/// What happened in a target, in the bitacora's word: `sin cambios`, `nuevo`, `cambiado`,
/// `reparado`.
std::string_view spanish(DayAction action) noexcept;

}  // namespace consolidador
