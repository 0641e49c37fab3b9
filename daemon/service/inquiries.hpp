// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "daemon/backends.hpp"
#include "daemon/lanes/db_workers.hpp"
#include "daemon/service/control.hpp"
#include "daemon/service/places.hpp"
#include "daemon/service/turns.hpp"

namespace consolidador {

/// What people ask of the databases themselves: earlier versions of a day, and a day row by row.
/// Reads only, with workers and connections of its own, which close after each inquiry; from the
/// POS as the lanes do. One inquiry at a time, a few wait, and together they take at most half of
/// the time: nobody can keep a database busy with them. Loop thread only.
class Inquiries {
 public:
  /// All of them must outlive this object. `spawn` has a coroutine run to its end.
  struct Parts {
    asio::io_context& loop;
    const Branch& branch;
    const Backends& backends;
    const Places& places;
    Extractions& extractions;
    std::function<void(Task<>)> spawn;
  };
  explicit Inquiries(Parts parts);

  // As in Control.
  Task<DayHistory> history(DateRange range, std::string from);
  Task<PastDay> version(Date date, std::uint32_t number, std::string from);
  Task<PastChange> version_change(Date date, std::uint32_t number, std::string from);
  Task<DayDifferences> differences(Date date);

  /// Ends what runs and refuses what waits.
  void stop();
  const DbWorkers& workers() const noexcept { return workers_; }

 private:
  using Names = std::vector<std::string>;
  struct Look;

  SteadyClock::time_point deadline() const;
  bool out_of_time() const { return stopping_ || SteadyClock::now() >= deadline(); }
  Names targets_to_ask(const std::string& from) const;
  Names other_targets(const std::string& asked) const;
  BranchMoment moment_of(std::chrono::system_clock::time_point instant) const;
  VersionInfo with_clock(RecordedVersion version) const;
  Task<NamesByCode> names_of(const std::vector<RowDifference>& rows);
  template <typename T>
  Task<T> ask_first_that_answers(Names targets, std::function<T(const Reading&)> question);
  template <typename T>
  Task<T> ask(std::string target, std::function<T(const Reading&)> question);
  template <typename T>
  Task<T> work(std::function<T()> unit, SteadyClock::duration most);

  void begin(const std::shared_ptr<Look>& look);
  std::function<DayDifferences()> comparison_of(Look& look) const;
  Task<> look_at_pos(std::shared_ptr<Look> look);
  Task<> look_at_target(std::shared_ptr<Look> look, std::size_t place);
  Task<bool> may_read(DayAge age);

  Parts parts_;
  DbWorkers workers_;
  Turns turns_;
  Wakeup changed_;
  bool stopping_ = false;
};

}  // namespace consolidador
