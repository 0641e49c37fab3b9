// SPDX-License-Identifier: MIT
#include "daemon/lanes/extractions.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "lib/core/log.hpp"
#include "lib/db/patience.hpp"

namespace consolidador {
namespace {

using namespace std::chrono_literals;

constexpr auto busy_for = 2s;  // until the POS is asked again whether it has too much to do

}  // namespace

Extractions::Extractions(asio::io_context& loop, const ExtractionOptions& options,
                         std::shared_ptr<Source> source, const Holdings& holdings)
    : options_(options),
      source_(std::move(source)),
      holdings_(holdings),
      availability_("operational", options.backoff),
      workers_(loop, "operational"),
      gate_(options.history),
      allowance_(options.limits()),
      changed_(loop) {
  workers_.grow_to(options_.workers);
}

void Extractions::replace(const ExtractionOptions& options, std::shared_ptr<Source> source) {
  options_ = options;
  source_ = std::move(source);
  availability_.set_policy(options.backoff);
  availability_.forget_wait();
  recent_.clear();
  horizon_ = {};
  gate_.set_limits(options.history);
  allowance_.configure(options.limits());
  workers_.grow_to(options_.workers);
}

Task<Extraction> Extractions::get(Date date, SteadyClock::time_point not_before, DayAge age) {
  while (true) {
    if (auto day = find_recent(date, not_before))
      co_return Extraction{std::move(day), std::nullopt};
    auto flight = find_flight(date);
    if (flight) {
      while (flight->running) co_await changed_.wait();
    } else if (must_wait()) {
      co_return Extraction{
          nullptr, Error(ErrorClass::transient, ErrorCause::link, availability_.last_error())};
    } else if (DbWorker* worker = workers_.find_free(options_.workers)) {
      flight = co_await fly(date, age, *worker);
    } else {
      co_await changed_.wait();
      continue;
    }
    if (flight->source == source_ && flight->taken >= not_before) co_return flight->extraction;
  }
}

std::shared_ptr<Extractions::Flight> Extractions::find_flight(Date date) const {
  const auto found = flights_.find(date);
  return found == flights_.end() ? nullptr : found->second;
}

Task<std::shared_ptr<Extractions::Flight>> Extractions::fly(Date date, DayAge age,
                                                            DbWorker& worker) {
  const auto flight = std::make_shared<Flight>(Flight{source_, {}});
  flights_[date] = flight;
  if (age == DayAge::old) gate_.began();
  Extraction& extraction = flight->extraction;
  const auto rows = rows_thought(holdings_, date);
  const TimeLimits limits = allowance_.of(date, rows);
  try {
    const Extracted extracted =
        co_await worker.run(unit_for(date, age, limits.statement), limits.unit);
    if (extracted.day) allowance_.got_through(date);
    extraction.day = extracted.day;
    if (extracted.day && flight->source == source_) horizon_ = extracted.horizon;
  } catch (const std::exception& error) {
    extraction.error = allowance_.failed(date, rows, as_error(error));
  }
  flight->running = false;
  flights_.erase(date);
  const auto now = SteadyClock::now();
  if (age == DayAge::old) gate_.ended(now - flight->taken, now);
  if (age == DayAge::old) too_busy_ = !extraction.day && !extraction.error;
  if (!extraction.day && !extraction.error) postpone_history();
  if (flight->source == source_) keep_result(*flight);
  changed_.notify();
  co_return flight;
}

/// Gives no day when it is an old one and the POS has too much to do.
std::function<Extractions::Extracted()> Extractions::unit_for(
    Date date, DayAge age, std::chrono::seconds statement) const {
  const auto ceiling = age == DayAge::old ? options_.history.max_threads_running : 0;
  HorizonSearch search{horizon_, holdings_.today(),
                       [oldest = holdings_.oldest()] { return oldest; }};
  // Else nobody has to know where it ends.
  const bool could_be_lost = holdings_.has_rows(date) || age == DayAge::old;
  return [source = source_, date, ceiling, search, could_be_lost, statement,
          id = options_.branch_id, audit = options_.audit]() mutable -> Extracted {
    const Patience::Scope patience(statement);
    if (ceiling != 0 && source->threads_running() > ceiling) return {};
    auto day = std::make_shared<const ExtractedDay>(
        extract(*source, id, date, audit, could_be_lost ? &search : nullptr, search.today));
    return {std::move(day), search.horizon};
  };
}

std::string Extractions::history_wait() const {
  if (gate_.is_shut()) return "the POS is read for that within extraction.hours only";
  if (!too_busy_) return "";
  return fmt::format("more than {} threads are running in the POS (extraction.max_threads_running)",
                     options_.history.max_threads_running);
}

void Extractions::postpone_history() {
  gate_.close_until(SteadyClock::now() + busy_for);
  const auto text = fmt::format(
      "operational: more than {} threads are running; old days wait "
      "(extraction.max_threads_running)",
      options_.history.max_threads_running);
  if (news_.is_news(text, std::chrono::system_clock::now())) log::info("{}", text);
}

std::vector<DayAtHand> Extractions::at_hand() const {
  std::vector<DayAtHand> days;
  for (const Recent& recent : recent_) days.push_back({recent.day->date, recent.taken});
  for (const auto& [date, flight] : flights_) days.push_back({date, flight->taken});
  return days;
}

bool Extractions::others_behind(const ExtractionTaker& taker) const {
  const auto wanted = [&](const DayAtHand& day) {
    return std::ranges::any_of(
        takers_, [&](const auto* other) { return other != &taker && other->wants(day); });
  };
  return std::ranges::count_if(at_hand(), wanted) >= static_cast<std::ptrdiff_t>(recent_limit);
}

void Extractions::keep_result(const Flight& flight) {
  const auto& day = flight.extraction.day;
  const auto& error = flight.extraction.error;
  const auto now = std::chrono::system_clock::now();
  if (error && concerns_whole_database(*error))
    availability_.failed(*error, now);
  else if (day)
    availability_.succeeded(now);
  else
    availability_.answered(now);
  if (!day) return;
  std::erase_if(recent_, [&](const Recent& r) { return r.day->date == day->date; });
  recent_.push_back({day, flight.taken});
  if (recent_.size() > recent_limit) recent_.pop_front();
}

std::shared_ptr<const ExtractedDay> Extractions::find_recent(
    Date date, SteadyClock::time_point not_before) const {
  for (const Recent& recent : recent_)
    if (recent.day->date == date && recent.taken >= not_before) return recent.day;
  return nullptr;
}

/// While the source is down only one extraction at a time tries, and not before its time.
bool Extractions::must_wait() const {
  if (availability_.up() || !availability_.down_since()) return false;
  return !flights_.empty() || SteadyClock::now() < availability_.retry_at();
}

}  // namespace consolidador
