// SPDX-License-Identifier: MIT
#include "daemon/service/inquiries.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>

#include "daemon/service/comparison.hpp"
#include "lib/core/log.hpp"

namespace consolidador {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t most_waiting = 8;
constexpr std::size_t most_workers = 3;  // one for each target, one to compare them
constexpr auto longest = 120s;
constexpr auto longest_naming = 10s;
constexpr HistoryLimits half_of_the_time{1, 50, 0};

/// Of the rows that move most, each once.
std::vector<std::string> first_codes(const std::vector<RowDifference>& rows) {
  std::vector<std::string> codes;
  for (const RowDifference& row : rows) {
    if (codes.size() == most_named_products) break;
    if (std::ranges::find(codes, row.key.upc) == codes.end()) codes.push_back(row.key.upc);
  }
  return codes;
}

}  // namespace

/// A day on its way from all places. What comes too late is written here, and nobody reads it.
struct Inquiries::Look {
  Date date;
  SeenDay pos;
  std::shared_ptr<const ExtractedDay> extracted;
  std::vector<SeenDay> targets;

  bool complete() const { return pos.done && std::ranges::all_of(targets, &SeenDay::done); }
};

Inquiries::Inquiries(Parts parts)
    : parts_(std::move(parts)),
      workers_(parts_.loop, "inquiry"),
      turns_(parts_.loop, half_of_the_time, most_waiting,
             "inquiries wait already; ask again later"),
      changed_(parts_.loop) {}

void Inquiries::stop() {
  stopping_ = true;
  workers_.interrupt();
  turns_.stop();
  changed_.notify();
  parts_.extractions.changed().notify();
}

SteadyClock::time_point Inquiries::deadline() const {
  return turns_.began() + longest;
}

Inquiries::Names Inquiries::targets_to_ask(const std::string& from) const {
  if (!from.empty() && !parts_.places.find(from))
    throw RequestRefused(fmt::format("{} is no target of this branch", from));
  if (!from.empty()) return {from};
  Names names;
  for (const bool up : {true, false})
    for (const Place& place : parts_.places)
      if (place.up() == up) names.push_back(place.name());
  return names;
}

template <typename T>
Task<T> Inquiries::work(std::function<T()> unit, SteadyClock::duration most) {
  workers_.grow_to(most_workers);
  DbWorker* worker = nullptr;
  while (!(worker = workers_.find_free(most_workers))) co_await changed_.wait();
  const auto left = std::max<SteadyClock::duration>(deadline() - SteadyClock::now(), 1s);
  co_return co_await worker->run(
      std::move(unit), std::chrono::duration_cast<std::chrono::milliseconds>(std::min(left, most)));
}

/// Connections are opened, used and closed on the worker.
template <typename T>
Task<T> Inquiries::ask(std::string target, std::function<T(const Reading&)> question) {
  std::function<T()> unit = [open = parts_.backends.reading, config = parts_.branch.config(),
                             target = std::move(target), question = std::move(question)] {
    return question(open(config, target));
  };
  return work<T>(std::move(unit), longest);
}

template <typename T>
Task<T> Inquiries::ask_first_that_answers(Names targets,
                                          std::function<T(const Reading&)> question) {
  std::exception_ptr unreachable;
  for (const std::string& target : targets) {
    std::optional<T> answer;
    try {
      answer = co_await ask<T>(target, question);
    } catch (const Error& error) {
      if (!error.unanswered() || out_of_time()) throw;
      unreachable = std::current_exception();
    }
    if (answer) co_return std::move(*answer);
  }
  std::rethrow_exception(unreachable);
}

BranchMoment Inquiries::moment_of(std::chrono::system_clock::time_point instant) const {
  if (instant == std::chrono::system_clock::time_point{}) return {};
  const TimeZone& zone = parts_.branch.zone();
  return {instant, fmt::format("{} {:%H:%M:%S}", to_string(zone.date_at(instant)),
                               zone.time_of_day_at(instant))};
}

VersionInfo Inquiries::with_clock(RecordedVersion version) const {
  BranchMoment since = moment_of(version.began);
  return {std::move(version), std::move(since)};
}

Inquiries::Names Inquiries::other_targets(const std::string& asked) const {
  Names names;
  for (const Place& place : parts_.places)
    if (place.name() != asked) names.push_back(place.name());
  return names;
}

Task<DayHistory> Inquiries::history(DateRange range, std::string from) {
  struct Found {
    std::string target;
    std::vector<RecordedVersion> versions;
    std::optional<std::chrono::system_clock::time_point> begins;
    std::vector<NotedHands> hands;
    bool altered = false;
  };
  check_reach(range, parts_.branch.today());
  const Names targets = targets_to_ask(from);
  const Turns::Turn mine = co_await turns_.next();
  std::function<Found(const Reading&)> question = [range](const Reading& reading) {
    return Found{reading.target->name(),
                 recorded_versions(*reading.target, *reading.history, range),
                 reading.history->begins(), reading.history->hands(range),
                 range.first == range.last && reading.target->state(range.first).altered()};
  };
  Found found = co_await ask_first_that_answers(targets, std::move(question));
  DayHistory history{
      found.target,  other_targets(found.target), std::nullopt, {}, std::move(found.hands),
      found.altered, parts_.branch.zone().name()};
  if (found.begins) history.begins = moment_of(*found.begins);
  for (RecordedVersion& version : found.versions)
    history.versions.push_back(with_clock(std::move(version)));
  co_return history;
}

Task<PastDay> Inquiries::version(Date date, std::uint32_t number, std::string from) {
  check_reach({date, date}, parts_.branch.today());
  const Names targets = targets_to_ask(from);
  const Turns::Turn mine = co_await turns_.next();
  std::function<PastDay(const Reading&)> question =
      [date, number, id = parts_.branch.id()](const Reading& reading) {
        DayVersion day = version_of(*reading.target, *reading.history, id, date, number);
        return PastDay{reading.target->name(), {day, {}}, std::move(day.rows)};
      };
  PastDay day = co_await ask_first_that_answers(targets, std::move(question));
  day.version = with_clock(std::move(day.version.recorded));
  co_return day;
}

Task<PastChange> Inquiries::version_change(Date date, std::uint32_t number, std::string from) {
  check_reach({date, date}, parts_.branch.today());
  const Names targets = targets_to_ask(from);
  const Turns::Turn mine = co_await turns_.next();
  std::function<PastChange(const Reading&)> question =
      [date, number, id = parts_.branch.id()](const Reading& reading) {
        VersionChange made =
            consolidador::version_change(*reading.target, *reading.history, id, date, number);
        return PastChange{reading.target->name(), {made, {}}, std::move(made.rows), {}};
      };
  PastChange made = co_await ask_first_that_answers(targets, std::move(question));
  made.version = with_clock(std::move(made.version.recorded));
  made.names = co_await names_of(made.rows);
  co_return made;
}

/// A POS that cannot tell, or does not answer, is no error: people see the codes.
Task<NamesByCode> Inquiries::names_of(const std::vector<RowDifference>& rows) {
  auto codes = first_codes(rows);
  NamesByCode names;
  if (codes.empty() || !parts_.backends.products || parts_.extractions.availability().down_since())
    co_return names;
  std::function<NamesByCode()> unit = [open = parts_.backends.products,
                                       config = parts_.branch.config(), codes = std::move(codes)] {
    return open(config)->names(codes);
  };
  try {
    names = co_await work(std::move(unit), longest_naming);
  } catch (const std::exception& error) {
    log::debug("the POS does not name its products: {}", error.what());
  }
  co_return names;
}

Task<DayDifferences> Inquiries::differences(Date date) {
  check_reach({date, date}, parts_.branch.today());
  const Turns::Turn mine = co_await turns_.next();
  const auto look = std::make_shared<Look>(Look{date, {}, {}, {}});
  begin(look);
  while (!look->complete() && !out_of_time()) co_await changed_.wait_until(deadline());
  if (stopping_) throw RequestRefused("the service is stopping");
  DayDifferences found = co_await work(comparison_of(*look), longest);
  found.names = co_await names_of(found.rows);
  co_return found;
}

std::function<DayDifferences()> Inquiries::comparison_of(Look& look) const {
  std::vector<SeenDay> targets;
  for (SeenDay& target : look.targets) targets.push_back(std::exchange(target, {}));
  const Config& config = parts_.branch.config();
  const bool ended = look.date < parts_.branch.today();
  return [date = look.date, pos = std::exchange(look.pos, {}), day = look.extracted,
          targets = std::move(targets),
          rule = SupplierRule{config.branch.id, ended, lock_options(config).master}]() mutable {
    if (day) pos.rows = day->rows;
    return compare_places(date, std::move(pos), std::move(targets), rule);
  };
}

void Inquiries::begin(const std::shared_ptr<Look>& look) {
  const auto too_late = fmt::format("no answer within {} s", longest.count());
  look->pos.content.place = "operational";
  look->pos.content.error = too_late;
  for (const Place& place : parts_.places) {
    look->targets.emplace_back().content.place = place.name();
    look->targets.back().content.error = too_late;
  }
  parts_.spawn(look_at_pos(look));
  for (std::size_t i = 0; i < look->targets.size(); ++i) parts_.spawn(look_at_target(look, i));
}

Task<bool> Inquiries::may_read(DayAge age) {
  HistoryGate& gate = parts_.extractions.gate();
  while (age == DayAge::old && gate.opens_at() > SteadyClock::now()) {
    if (gate.is_shut() || out_of_time()) co_return false;
    co_await parts_.extractions.changed().wait_until(std::min(gate.opens_at(), deadline()));
  }
  co_return !out_of_time();
}

Task<> Inquiries::look_at_pos(std::shared_ptr<Look> look) {
  const auto age = look->date < parts_.branch.window_start() ? DayAge::old : DayAge::current;
  Extraction extraction;
  bool may = co_await may_read(age);
  while (may) {
    extraction = co_await parts_.extractions.get(look->date, SteadyClock::now(), age);
    if (extraction.day || extraction.error) break;
    may = co_await may_read(age);
  }
  SeenDay& seen = look->pos;
  seen.content.error = extraction.error ? extraction.error->what()
                       : may            ? ""
                                        : "old days wait for their time (extraction)";
  if (extraction.day) {
    seen.content.totals = extraction.day->totals;
    seen.content.archived = extraction.day->before_horizon;
    seen.content.rejected = rejections_of(extraction.day->rejected);
    look->extracted = extraction.day;
  }
  seen.done = true;
  changed_.notify();
}

Task<> Inquiries::look_at_target(std::shared_ptr<Look> look, std::size_t place) {
  SeenDay& seen = look->targets[place];
  std::function<HeldDay(const Reading&)> question =
      [date = look->date, id = parts_.branch.id()](const Reading& reading) {
        return held_day(*reading.target, id, date);
      };
  std::string failure;
  try {
    HeldDay day = co_await ask(seen.content.place, std::move(question));
    seen.content.totals = day.state.actual;
    seen.content.ledger = day.state.ledger;
    seen.rows = std::move(day.rows);
  } catch (const std::exception& error) {
    failure = error.what();
  }
  seen.content.error = failure;
  seen.done = true;
  changed_.notify();
}

}  // namespace consolidador
