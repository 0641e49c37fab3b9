// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lib/core/date.hpp"
#include "lib/core/decimal.hpp"
#include "lib/db/connection.hpp"

namespace consolidador {

// All branches as head office's database sees them; sql/vps/40_flota.sql says what each figure is.

enum class Light { green, yellow, red };

enum class FleetDayState {
  audited,  ///< proven equal; of today: as far as it has gone
  pending,  ///< the branch knows that it has to send it
  failed,   ///< in ERROR in the branch until somebody acts
  held,     ///< the POS has lost sales of it; somebody has to decide
  absent,   ///< never sent
};

struct FleetBranch {
  std::int64_t id = 0;
  std::string name;
  Light light = Light::red;
  std::vector<std::string> causes;              ///< of the light, in the words of FlotaSucursales
  std::string reasons;                          ///< the branch's own words
  std::optional<std::chrono::minutes> silence;  ///< since the last contact; none: there was none
  std::optional<Date> last_audited;
  std::uint64_t pending_days = 0;
  std::vector<std::string> failed_days;
  std::vector<std::string> held_days;
  std::uint64_t absent_days = 0;
  std::uint64_t rejected_rows = 0, rejected_days = 0;  ///< rows of the POS that cannot be taken
  std::string version;
  // Of today, and of the same weekday as a rule; none where the ledger has no such day.
  std::optional<std::int64_t> rows, usual_rows, percent;
  std::string sales, usual_sales;  ///< amounts with two decimals
};

struct FleetDay {
  std::int64_t branch_id = 0;
  Date date;
  FleetDayState state = FleetDayState::absent;
};

struct FleetGap {
  std::int64_t branch_id = 0;
  DateRange days;
};

/// A row that a change has altered; a side without it is nothing.
struct FleetChangedRow {
  std::string code;
  std::optional<Decimal> sales_before, sales_after;
};

/// A change of a day after it was proven, or a damage.
struct FleetChange {
  Date date;
  std::uint32_t number = 0;  ///< HistorialDias.Cambio
  std::string since;         ///< on Fleet::clock, `2026-02-03 09:12:44`
  std::string reason;        ///< HistorialDias.Motivo
  std::string actor, note;
  Decimal units, sales;  ///< after less before
  std::uint64_t rows = 0;
  std::vector<FleetChangedRow> largest;  ///< at most five, by their sales
};

/// What was changed in a branch after closing, over the days of the calendar.
struct FleetMemory {
  std::int64_t branch_id = 0;
  std::uint64_t changes = 0;
  std::vector<FleetChange> newest;  ///< at most five, the newest first
};

struct Fleet {
  Date today;
  std::vector<FleetBranch> branches;  ///< those that need attention first
  std::vector<FleetDay> days;         ///< by branch and date
  std::vector<FleetGap> gaps;         ///< by branch and date
  std::vector<FleetMemory> memories;  ///< by branch, of those with a change
  std::string no_memory;              ///< why the database cannot tell of changes; empty: it can
  std::string clock{};                ///< of all times, `UTC-06:00`
};

/// Reads it with the rights of an analyst. What a branch has written and nobody can read is left
/// out, and the branch has the cause `datos_invalidos`. Days are those of a clock that is `offset`
/// before UTC; the calendar has so many of them, today included. Throws DbError.
Fleet read_fleet(Connection& connection, std::chrono::minutes offset, unsigned calendar_days);

}  // namespace consolidador
