// SPDX-License-Identifier: MIT
#include "daemon/ctl/diff.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>

#include "daemon/ctl/diff_export.hpp"
#include "daemon/ctl/diff_note.hpp"
#include "daemon/ctl/diff_view.hpp"
#include "daemon/progress.hpp"
#include "lib/core/date.hpp"

namespace consolidador::ctl {
namespace {

ToldDifferences ask(const Instance& instance, const std::string& date) {
  return read_differences(instance.inquire("GetDifferences", {date}));
}

bool differs(const ToldDifferences& day) {
  const auto& places = day.places;
  return day.different_rows != 0 || std::ranges::any_of(places, is_at_odds);
}

std::uint64_t rows_of(const ToldDifferences& day) {
  const auto compared = day.compared();
  return compared.empty() ? 0 : compared.front()->totals.filas;
}

/// A long range takes its time: who waits at a terminal sees how far it is.
std::vector<ToldDifferences> ask_each(const Instance& instance, const DateRange& range) {
  const auto count = static_cast<std::size_t>((range.last - range.first).count() + 1);
  Progress progress(std::cerr, count > 1 && isatty(STDERR_FILENO), count);
  std::vector<ToldDifferences> days;
  for (Date date = range.first; date <= range.last; date += std::chrono::days(1)) {
    days.push_back(ask(instance, to_string(date)));
    progress.day_done(true, rows_of(days.back()));
  }
  return days;
}

ExitCode exit_code_of(const std::vector<ToldDifferences>& days) {
  if (std::ranges::any_of(days, differs)) return ExitCode::day_failed;
  const bool missed = std::ranges::any_of(
      days, [](const auto& day) { return std::ranges::any_of(day.places, is_missed); });
  return missed ? ExitCode::unreachable : ExitCode::ok;
}

std::string rendered(const std::vector<ToldDifferences>& days, const CommandLine& line,
                     const Look& look) {
  const DiffRows shown = line.limit.value_or(all_rows);
  if (line.format == Format::json) return diff_json(days, shown);
  if (line.format == Format::csv) return diff_csv(days, shown);
  if (line.format == Format::html) return diff_page(days, shown);
  return line.arguments.size() == 1 ? diff_table(days.front(), shown, look)
                                    : diff_days_table(days, look);
}

/// What was shown is not lost because it cannot be kept.
void keep(const Instance& instance, const ToldDifferences& day) try {
  keep_diff(instance.branch_id(), day);
} catch (const std::exception& error) {
  std::cerr << "consolidadorctl: not kept for --rerun: " << error.what() << '\n';
}

ExitCode rerun(const Instance& instance, const CommandLine& line, const Screen& screen) {
  const auto& date = line.arguments.front();
  const auto kept = kept_diff(instance.branch_id(), date);
  if (!kept)
    throw bus::BusError(
        bus::error_not_found,
        fmt::format("no diff of {0} has been kept; run: consolidadorctl diff {0}", date));
  const ToldDifferences now = ask(instance, date);
  const auto outcomes = outcomes_of(*kept, now);
  screen.out << rerun_table(outcomes, now, screen.look);
  const auto differs_still = [](const DiffOutcome& outcome) {
    return outcome.state == DiffOutcome::State::left;
  };
  if (std::ranges::any_of(outcomes, differs_still)) return ExitCode::day_failed;
  return exit_code_of({now});
}

}  // namespace

ExitCode diff(const Instance& instance, const CommandLine& line, const Screen& screen) {
  if (line.rerun) return rerun(instance, line, screen);
  const auto days =
      ask_each(instance, {parse_date(line.arguments.front()), parse_date(line.arguments.back())});
  screen.out << rendered(days, line, screen.look);
  if (days.size() == 1) keep(instance, days.front());
  return exit_code_of(days);
}

}  // namespace consolidador::ctl
