// SPDX-License-Identifier: MIT
#include "daemon/service/dispatcher.hpp"

#include <fmt/format.h>

#include <ranges>

#include "daemon/lanes/day_text.hpp"
#include "daemon/service/day_news.hpp"
#include "lib/core/log.hpp"
#include "lib/core/text.hpp"
#include "lib/sync/day_window.hpp"

namespace consolidador {
namespace {

constexpr std::size_t rejected_days_looked_at = 7;

}  // namespace

void Dispatcher::begin(const Due& due) {
  keep_hours();
  if (due.closing) {
    log::info("closing pass: every ended day is audited");
    parts_.places.read_ledgers();
  }
  if (due.cycle)
    start_cycle();
  else if (due.heartbeat)
    parts_.overview.send_heartbeats();
  if (due.verify) start_verification();
}

/// Old days are read from the POS at the configured hours only.
void Dispatcher::keep_hours() {
  const auto& hours = parts_.branch.config().extraction.hours;
  parts_.extractions.gate().shut(hours && !hours->contain(parts_.branch.time_of_day()));
  parts_.extractions.changed().notify();
}

/// While it is in doubt, or rows are there which only people remove, everybody is asked again; when
/// the doubt ends, all goes on at once.
void Dispatcher::watch_clock() {
  const bool doubted = parts_.holdings.writing_doubt().has_value();
  const bool rows_to_come = std::ranges::any_of(parts_.places, [](Place& place) {
    return place.lane().errands().rows_to_come().has_value();
  });
  if (doubted || rows_to_come) parts_.places.read_ledgers();  // and the clocks
  if (std::exchange(doubted_, doubted) && !doubted) {
    for (Place& place : parts_.places) place.lane().retry_now();
    parts_.places.plan();
  }
}

void Dispatcher::start_cycle() {
  watch_clock();
  if (parts_.standing.paused) {
    parts_.overview.send_heartbeats();  // head office should know that it lives
    parts_.overview.update();
    return;
  }
  parts_.requests.ask_for_days_that_came();
  const Date today = parts_.branch.today();
  const auto window =
      days_to_sync(today, parts_.branch.config().window.reprocess_days, std::nullopt);
  // Where one runs still, somebody does not answer and holds it up: head office should know.
  if (cycle_.running()) parts_.overview.send_heartbeats();
  cycle_.begin(SteadyClock::now());
  for (Place& place : parts_.places) {
    Lane& lane = place.lane();
    lane.keep_confirmed_from(window.front());
    for (const Date date : window) {
      lane.add({date, date == today ? Priority::today : Priority::window, TaskKind::sync});
      if (place.up()) cycle_.expect(place.name(), date);
    }
    for (const Date date : days_in_trouble())
      if (date < window.front()) lane.add({date, Priority::late, TaskKind::sync});
  }
  end_cycle(cycle_.end_if_done(SteadyClock::now()));
}

/// In ERROR, held or with rejected rows: looked at in every cycle, until the POS has what it should
/// have. Of very many that have some the newest: the others are verified in their turn.
std::set<Date> Dispatcher::days_in_trouble() const {
  std::set<Date> days = parts_.book.troubled();
  for (const auto& [date, rejections] :
       parts_.book.rejected() | std::views::reverse | std::views::take(rejected_days_looked_at))
    days.insert(date);
  return days;
}

void Dispatcher::start_verification() {
  const auto troubled = days_in_trouble().size();
  for (Place& place : parts_.places)
    if (place.up()) place.ask_for_verification(troubled);
}

void Dispatcher::least_verified(const std::string& target, std::vector<Date> days) {
  if (Place* place = parts_.places.find(target)) place->verify_next(days, days_in_trouble());
}

void Dispatcher::rejected_read(const std::map<Date, Rejections>& days) {
  parts_.book.know_rejected(days);
}

void Dispatcher::ledger_read(const std::string& target) {
  Place* const read = parts_.places.find(target);
  if (!read) return;
  parts_.extractions.changed().notify();  // the other lanes may judge now
  parts_.places.plan();
  look_at_unrecorded_days(*read);
  for (Place& place : parts_.places)
    for (const Date date : parts_.holdings.vanished())
      place.lane().add({date, Priority::late, TaskKind::sync});
  if (parts_.places.none_late()) look_at_oldest_day();
  parts_.overview.update();
}

/// Rows before the first day that the ledger knows: no plan has such a day.
void Dispatcher::look_at_unrecorded_days(Place& place) {
  for (const Date date : place.lane().errands().unrecorded())
    if (date < parts_.branch.window_start())
      place.lane().add({date, Priority::late, TaskKind::audit});
}

/// Where the POS has purged it, its horizon is found by that.
void Dispatcher::look_at_oldest_day() {
  const Date oldest = parts_.holdings.oldest();
  if (oldest < parts_.branch.window_start())
    parts_.places.begin()->lane().add({oldest, Priority::historical, TaskKind::audit});
}

void Dispatcher::lane_up(const std::string& target) {
  parts_.overview.send_heartbeats();
  parts_.overview.update();
  parts_.audience->target_up(target);
}

void Dispatcher::lane_down(const std::string& target) {
  if (const Place* place = parts_.places.find(target))
    parts_.audience->target_down(target, place->lane().availability().last_error());
  end_cycle(cycle_.target_gone(target, SteadyClock::now()));
  parts_.book.flush();
  parts_.overview.update();
}

void Dispatcher::forget_target(const std::string& target) {
  end_cycle(cycle_.target_gone(target, SteadyClock::now()));
  parts_.requests.forget_target(target);
  parts_.book.forget_target(target);
}

void Dispatcher::day_done(const DayReport& report) {
  Place* place = parts_.places.find(report.target);
  if (!place) return;
  if (report.outcome) note_outcome(*place, report);
  const bool first =
      place->lane().availability().has_succeeded() && seen_.insert(report.target).second;
  const auto held = parts_.book.held_days();
  parts_.book.add(report);
  if (parts_.book.held_days() != held && !cycle_.running()) parts_.overview.send_heartbeats();
  tell_of_purge();
  parts_.requests.day_done(report);
  end_cycle(cycle_.day_done(report, SteadyClock::now()));
  if (first) parts_.overview.update();  // the first cycle expected no target that was not up
}

void Dispatcher::day_retried(const DayReport& report) {
  if (!parts_.places.find(report.target)) return;
  parts_.book.add_retry(report);
  end_cycle(cycle_.day_retried(report, SteadyClock::now()));
}

void Dispatcher::day_dropped(const std::string& target, Date date) {
  parts_.book.forget_day(date);
  end_cycle(cycle_.day_dropped(target, date, SteadyClock::now()));
}

void Dispatcher::note_outcome(Place& place, const DayReport& report) {
  const Date date = report.task.date;
  const DayAction action = report.outcome->action;
  ++parts_.standing.days;
  place.learn_from(report);
  if (parts_.branch.config().dry_run) return;  // nobody is told of what was not written
  parts_.standing.rows += report.outcome->written;
  if (is_late_change(report, parts_.branch.window_start())) log_late_change(report);
  const bool decided = action == DayAction::approved ||
                       (report.task.kind == TaskKind::restore && action == DayAction::copied);
  if (decided) parts_.book.explain(date, parts_.holdings.decisions().text(date));
  if (is_change(action))
    parts_.audience->day_synced(date, report.target, *report.totals, report.outcome->change,
                                report.rejected, std::string(english(action)));
}

void Dispatcher::tell_of_purge() {
  const auto first_sale = parts_.extractions.first_sale();
  if (!first_sale || told_first_sale_ == first_sale) return;
  told_first_sale_ = first_sale;
  parts_.places.plan();  // what the POS never had is not late
  if (const auto archived = parts_.places.archived(first_sale); archived != 0)
    log_purge(*first_sale, archived);
}

void Dispatcher::end_cycle(const std::optional<Cycle::Finished>& finished) {
  if (!finished) return;
  Standing& standing = parts_.standing;
  const auto& [days, changed, failed, retried, took] = *finished;
  ++standing.cycles;
  standing.last_cycle = parts_.branch.now();
  const bool well = failed + retried == 0 && parts_.places.all_up();
  standing.failed_cycles = well ? 0 : standing.failed_cycles + 1;
  parts_.audience->cycle_finished(standing.cycles, changed, failed);
  if (days != 0)
    log::write(
        log::Level::info, {log::Event::cycle, std::nullopt, "", 0, 0},
        fmt::format("cycle: {}, {} changed, {} in ERROR{}, {} ms; {}", counted(days, "day task"),
                    changed, failed, retried == 0 ? "" : fmt::format(", {} to try again", retried),
                    took.count(), status_line(parts_.overview.status())));
  parts_.overview.send_heartbeats();
  parts_.overview.update();
}

}  // namespace consolidador
