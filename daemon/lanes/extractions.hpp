// SPDX-License-Identifier: MIT
#pragma once
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "daemon/lanes/availability.hpp"
#include "daemon/lanes/day_allowance.hpp"
#include "daemon/lanes/db_workers.hpp"
#include "daemon/lanes/history_gate.hpp"
#include "daemon/lanes/holdings.hpp"
#include "lib/sync/extractor.hpp"

namespace consolidador {

/// A day as extracted, or why it is not there. Neither: an old day, and the POS has too much to do
/// now.
struct Extraction {
  std::shared_ptr<const ExtractedDay> day;
  std::optional<Error> error;
};

/// Old days are read only as fast as HistoryLimits allow.
enum class DayAge { current, old };

struct ExtractionOptions {
  std::int32_t branch_id = 0;
  SourceAuditOptions audit;
  std::chrono::milliseconds deadline{900'000};
  BackoffPolicy backoff;
  std::size_t workers = 2;  ///< extractions at the same time
  HistoryLimits history;
  std::chrono::seconds statement{50};  ///< and so long for one statement; both more for large days

  TimeLimits limits() const { return {statement, deadline}; }
};

/// A day that costs the POS nothing more, and when its extraction began.
struct DayAtHand {
  Date date;
  SteadyClock::time_point taken;
};

/// Who brings extracted days somewhere: a lane.
class ExtractionTaker {
 public:
  virtual ~ExtractionTaker() = default;
  /// Whether it will soon make use of this extraction: it has had a day brought lately.
  virtual bool wants(const DayAtHand& day) const = 0;
};

/// The days of the POS, shared between the targets: a day that one target has just had extracted
/// serves the other too, and nobody extracts the same day twice at the same time. Loop thread only.
class Extractions {
 public:
  /// Days that are kept until the other target has them, too; each may hold a whole day's rows.
  static constexpr std::size_t recent_limit = 3;

  Extractions(asio::io_context& loop, const ExtractionOptions& options,
              std::shared_ptr<Source> source, const Holdings& holdings);

  /// An extraction that began at `not_before` or later. An error of the whole database makes the
  /// source unavailable: until availability().retry_at() everybody gets that error without asking
  /// again. Whether an old day may begin is asked of gate() before.
  Task<Extraction> get(Date date, SteadyClock::time_point not_before, DayAge age);

  std::vector<DayAtHand> at_hand() const;

  /// Lanes sign on while they live; `taker` is not owned.
  void sign_on(const ExtractionTaker& taker) { takers_.push_back(&taker); }
  void sign_off(const ExtractionTaker& taker) { std::erase(takers_, &taker); }

  /// Others still want as many days as are kept: with one more for this taker they would no longer
  /// find what they need next, and the POS would have to read it twice.
  bool others_behind(const ExtractionTaker& taker) const;

  /// The POS's first day with sales; nothing: not found, or not looked for yet.
  std::optional<Date> first_sale() const { return horizon_.first_sale(); }

  HistoryGate& gate() noexcept { return gate_; }
  const HistoryGate& gate() const noexcept { return gate_; }
  /// Why old days are not read now; empty: nothing keeps them from that.
  std::string history_wait() const;

  /// Notified when something may have become possible; the lanes wait with it, too.
  Wakeup& changed() noexcept { return changed_; }

  /// From now on only this source counts; extractions that run keep the old one alive until they
  /// end, and are made again.
  void replace(const ExtractionOptions& options, std::shared_ptr<Source> source);

  const Availability& availability() const noexcept { return availability_; }
  void forget_wait() { availability_.forget_wait(); }
  /// What a former process has seen of the POS.
  void remember_success(Availability::Instant when) { availability_.remember_success(when); }
  DbWorkers& workers() noexcept { return workers_; }

 private:
  struct Recent {
    std::shared_ptr<const ExtractedDay> day;
    SteadyClock::time_point taken;
  };
  struct Flight {
    std::shared_ptr<Source> source;
    Extraction extraction;
    SteadyClock::time_point taken = SteadyClock::now();
    bool running = true;
  };
  struct Extracted {
    std::shared_ptr<const ExtractedDay> day;  ///< nothing: the POS has too much to do
    Horizon horizon;
  };

  std::shared_ptr<const ExtractedDay> find_recent(Date date,
                                                  SteadyClock::time_point not_before) const;
  bool must_wait() const;
  std::shared_ptr<Flight> find_flight(Date date) const;
  Task<std::shared_ptr<Flight>> fly(Date date, DayAge age, DbWorker& worker);
  std::function<Extracted()> unit_for(Date date, DayAge age, std::chrono::seconds statement) const;
  void postpone_history();
  void keep_result(const Flight& flight);

  ExtractionOptions options_;
  std::shared_ptr<Source> source_;
  const Holdings& holdings_;
  Horizon horizon_;
  Availability availability_;
  DbWorkers workers_;
  std::deque<Recent> recent_;
  std::map<Date, std::shared_ptr<Flight>> flights_;
  std::vector<const ExtractionTaker*> takers_;
  HistoryGate gate_;
  DayAllowance allowance_;
  FailureNews news_;       // of a POS that has too much to do
  bool too_busy_ = false;  // it had, when an old day was last to be read
  Wakeup changed_;
};

}  // namespace consolidador
