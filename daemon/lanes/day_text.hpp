// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/lanes/day.hpp"

namespace consolidador {

// What people read of a day: in the log, in the bitacora, on the terminal.

/// A day that went well, in one line for the log; of a dry run, what would have become of it.
std::string describe(const DayResult& result, bool dry_run = false);

/// How each line of a dry run begins; empty: it is none.
std::string_view dry_run_prefix(bool dry_run) noexcept;

/// The result as a line of the bitacora.
BitacoraEntry bitacora_entry(const DayResult& result, std::int32_t branch_id,
                             std::chrono::system_clock::time_point now);

/// What happened in a target, in English, for people.
std::string_view english(DayAction action) noexcept;

/// The same in the bitacora's word: `sin cambios`, `nuevo`, `cambiado`, ...
std::string_view spanish(DayAction action) noexcept;

/// Where a person decides about a held day.
enum class Decided { by_client, by_once };

/// Why a day is held, and what a person can do about it.
std::string hold_text(Date date, const std::string& reason, const std::optional<Loss>& loss,
                      bool conflict, Decided decided = Decided::by_client);

/// What a write has changed: rows, money and the codes with the largest difference in sales.
std::string change_text(const WrittenChange& change);

/// What became of an ended or damaged day in that target whose sales changed most, for people;
/// empty where none had the day before, or nothing changed.
std::string history_text(const DayResult& result);

/// What a repair of `target` has found altered there, and by how much it was repaired, both after
/// less before, as in the history; `totals`: what it holds since.
std::string damage_text(const TargetOutcome& outcome, const std::string& target,
                        const DayTotals& totals);

/// Which targets have not got the day yet, and why; empty: all have.
std::string pending_text(const DayResult& result);

/// What is to be noted of the day, the rejected rows of the POS included; empty: nothing.
std::string note_of(const DayResult& result);

/// What a line of the bitacora should say of the outcome beside its columns.
std::string note_of(const TargetOutcome& outcome);

}  // namespace consolidador
