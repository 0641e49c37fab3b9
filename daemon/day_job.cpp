// SPDX-License-Identifier: MIT
#include "daemon/day_job.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "lib/core/log.hpp"

namespace consolidador {
namespace {

/// The database's own messages name it already.
std::string with_place(const std::string& where, const Error& error) {
  const std::string_view text = error.what();
  return text.starts_with(where) ? std::string(text) : fmt::format("{}: {}", where, text);
}

void log_retry(const std::string& where, const Error& error, std::chrono::milliseconds delay) {
  log::warning("{}; trying again in {} ms", with_place(where, error), delay.count());
}

std::string describe_plan(const TargetOutcome& outcome, const DayTotals& wanted) {
  const auto totals = differences(wanted, outcome.before.actual);
  return totals.empty() ? "the ledger does not have the day as it is" : totals;
}

}  // namespace

DayJob::DayJob(DayJobOptions options, Source& source, std::vector<Target*> targets)
    : options_(std::move(options)),
      source_(source),
      targets_(std::move(targets)),
      target_gates_(targets_.size()) {}

DayResult DayJob::run(Date date) {
  const auto start = Clock::now();
  DayResult result;
  result.date = date;
  if (const auto day = extract_day(result)) {
    std::optional<KnownRows> known;
    for (std::size_t i = 0; i < targets_.size(); ++i) sync_target(i, *day, known, result);
  }
  result.duration = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start);
  return result;
}

std::optional<ExtractedDay> DayJob::extract_day(DayResult& result) {
  std::optional<ExtractedDay> day;
  try {
    const unsigned tries = attempt(source_gate_, "operational", [&] {
      day = extract(source_, options_.branch_id, result.date, options_.audit);
    });
    result.totals = day->totals;
    result.attempts = tries;
  } catch (const Error& error) {
    note_failure(result, "operational", error);
  }
  return day;
}

void DayJob::sync_target(std::size_t i, const ExtractedDay& day, std::optional<KnownRows>& known,
                         DayResult& result) {
  Target& target = *targets_[i];
  DayResult::InTarget entry{target.name(), std::nullopt, ""};
  try {
    TargetOutcome outcome;
    const unsigned tries = attempt(target_gates_[i], target.name(),
                                   [&] { outcome = sync_day(target, day, options_.mode, known); });
    outcome.attempts += tries - 1;
    result.attempts = std::max(result.attempts, outcome.attempts);
    if (options_.differences_are_errors && outcome.action != DayAction::unchanged)
      throw Error(ErrorClass::permanent, ErrorCause::audit, describe_plan(outcome, day.totals));
    entry.outcome = outcome;
  } catch (const Error& error) {
    entry.error = error.what();
    note_failure(result, target.name(), error);
  }
  result.targets.push_back(std::move(entry));
}

unsigned DayJob::attempt(Gate& gate, const std::string& where, const std::function<void()>& unit) {
  // Not tried at all: to be told as it was, but not to be repeated.
  if (gate.failure && Clock::now() < gate.closed_until)
    throw Error(ErrorClass::permanent, gate.failure->cause(), gate.failure->what());
  gate.failure.reset();
  try {
    return retrying(options_.retry, unit, [&](const Error& error, std::chrono::milliseconds delay) {
      log_retry(where, error, delay);
    });
  } catch (const Error& error) {
    if (error.cause() == ErrorCause::link) {
      gate.failure = error;
      gate.closed_until = Clock::now() + options_.retry.backoff.max;
    }
    throw;
  }
}

void DayJob::note_failure(DayResult& result, const std::string& where, const Error& error) const {
  if (!result.error.empty()) result.error += "; ";
  result.error += with_place(where, error);
  result.unreachable = result.unreachable || error.cause() == ErrorCause::link;
  if (error.retryable()) result.attempts = std::max(result.attempts, options_.retry.attempts);
}

std::string describe(const DayResult& result) {
  std::string text = fmt::format("{}: {} rows, sales {}", to_string(result.date),
                                 result.totals->filas, result.totals->venta.to_string());
  for (const auto& target : result.targets)
    text += fmt::format(", {} {}", target.name, spanish(target.outcome->action));
  return text + fmt::format(" ({} ms)", result.duration.count());
}

std::string_view english(DayAction action) noexcept {
  switch (action) {
    case DayAction::unchanged:
      return "up to date";
    case DayAction::created:
      return "new";
    case DayAction::changed:
      return "changed";
    case DayAction::rewritten:
      return "rewritten";
    case DayAction::repaired:
      return "repaired";
  }
  return "?";
}

std::string_view spanish(DayAction action) noexcept {
  switch (action) {
    case DayAction::unchanged:
      return "sin cambios";
    case DayAction::created:
      return "nuevo";
    case DayAction::changed:
      return "cambiado";
    case DayAction::rewritten:
      return "reescrito";
    case DayAction::repaired:
      return "reparado";
  }
  return "?";
}

BitacoraEntry bitacora_entry(const DayResult& result, std::int32_t branch_id,
                             std::chrono::system_clock::time_point now) {
  BitacoraEntry entry;
  entry.date = result.date;
  entry.ok = result.ok();
  entry.attempts = result.attempts;
  entry.error = result.error;
  entry.registered = std::chrono::floor<std::chrono::seconds>(now);
  entry.branch = branch_id;
  entry.duration = result.duration;
  if (result.totals) {
    entry.rows = result.totals->filas;
    entry.units = result.totals->unidades;
    entry.sales = result.totals->venta;
    entry.cost = result.totals->costo;
    entry.huella = result.totals->huella;
  }
  entry.local = entry.vps = "omitido";
  for (const auto& target : result.targets)
    (target.name == "local" ? entry.local : entry.vps) =
        target.outcome ? spanish(target.outcome->action) : "error";
  return entry;
}

}  // namespace consolidador
