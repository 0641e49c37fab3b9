// SPDX-License-Identifier: MIT
#pragma once
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "daemon/availability.hpp"
#include "daemon/db_worker.hpp"
#include "lib/sync/extractor.hpp"

namespace consolidador {

/// A day as extracted, or why it is not there.
struct Extraction {
  std::shared_ptr<const ExtractedDay> day;
  std::optional<Error> error;
};

struct ExtractionOptions {
  std::int32_t branch_id = 0;
  SourceAuditOptions audit;
  std::chrono::milliseconds deadline{900'000};
  BackoffPolicy backoff;
  std::size_t workers = 2;  ///< extractions at the same time
};

/// The days of the POS, shared between the targets: a day that one target has just had extracted
/// serves the other too, and nobody extracts the same day twice at the same time. Loop thread only.
class Extractions {
 public:
  Extractions(asio::io_context& loop, const ExtractionOptions& options,
              std::shared_ptr<Source> source);

  /// An extraction that began before `since` does not do. An error of the whole database makes the
  /// source unavailable: until available().retry_at() everybody gets that error without asking
  /// again.
  Task<Extraction> get(Date date, SteadyClock::time_point since);

  /// From now on only this source counts; extractions that run keep the old one alive until they
  /// end, and are made again.
  void replace(const ExtractionOptions& options, std::shared_ptr<Source> source);

  const Availability& availability() const noexcept { return availability_; }
  void forget_wait() { availability_.forget_wait(); }
  const std::vector<std::unique_ptr<DbWorker>>& workers() const noexcept { return workers_; }
  void forget_all() { recent_.clear(); }

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

  std::shared_ptr<const ExtractedDay> find_recent(Date date, SteadyClock::time_point since) const;
  bool must_wait() const;
  DbWorker* free_worker();
  std::shared_ptr<Flight> find_flight(Date date) const;
  Task<std::shared_ptr<Flight>> fly(Date date, DbWorker& worker);
  void note(const Flight& flight);

  asio::io_context& loop_;
  ExtractionOptions options_;
  std::shared_ptr<Source> source_;
  Availability availability_;
  std::vector<std::unique_ptr<DbWorker>> workers_;
  std::deque<Recent> recent_;
  std::map<Date, std::shared_ptr<Flight>> flights_;
  Wakeup changed_;
};

}  // namespace consolidador
