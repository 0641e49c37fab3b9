// SPDX-License-Identifier: MIT
#include "lib/store/fleet.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <sstream>

#include "lib/core/error.hpp"
#include "lib/db/db_error.hpp"
#include "lib/db/statement.hpp"
#include "lib/store/cells.hpp"
#include "lib/store/statements.hpp"

namespace consolidador {
namespace {

using Cells = std::span<const Rows::Cell>;

std::string text(const Rows::Cell& cell) {
  return std::string(cell.value_or(""));
}

std::int64_t number(const Rows::Cell& cell) {
  std::int64_t value = 0;
  const auto digits = cell.value_or("");
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

std::uint64_t count(const Rows::Cell& cell) {
  return static_cast<std::uint64_t>(number(cell));
}

std::optional<std::int64_t> figure(const Rows::Cell& cell) {
  return cell ? std::optional(number(cell)) : std::nullopt;
}

std::vector<std::string> list(const Rows::Cell& cell) {
  std::vector<std::string> items;
  std::istringstream words(text(cell));
  for (std::string item; std::getline(words, item, ',');)
    if (!item.empty()) items.push_back(item);
  return items;
}

/// The branch is named for what it wrote and cannot be; the rest of it, and the others, are shown.
void blame(FleetBranch& branch) {
  constexpr auto cause = "datos_invalidos";
  if (std::ranges::find(branch.causes, cause) == branch.causes.end())
    branch.causes.emplace_back(cause);
  if (branch.light == Light::green) branch.light = Light::yellow;
}

/// What cannot be read is left out.
template <class Read>
bool is_readable(const Read& read) try {
  read();
  return true;
} catch (const DataError&) {
  return false;
}

/// Keeps what is a day.
void read_days(const Rows::Cell& cell, FleetBranch& branch, std::vector<std::string>& days) {
  for (auto& item : list(cell))
    if (is_readable([&] { parse_date(item); }))
      days.push_back(std::move(item));
    else
      blame(branch);
}

Light light(std::string_view word) {
  if (word == "verde") return Light::green;
  return word == "amarillo" ? Light::yellow : Light::red;
}

FleetDayState state(std::string_view word) {
  if (word == "auditado") return FleetDayState::audited;
  if (word == "pendiente") return FleetDayState::pending;
  if (word == "retenido") return FleetDayState::held;
  return word == "fallido" ? FleetDayState::failed : FleetDayState::absent;
}

/// In the order of sql/flota/flota_sucursales.sql.
FleetBranch branch(Cells cells) {
  FleetBranch branch;
  branch.id = number(cells[0]);
  branch.name = text(cells[1]);
  branch.light = light(cells[2].value_or(""));
  branch.causes = list(cells[3]);
  branch.reasons = text(cells[4]);
  if (cells[5]) branch.silence = std::chrono::minutes(number(cells[5]));
  if (cells[6] && !is_readable([&] { branch.last_audited = parse_date(*cells[6]); })) blame(branch);
  branch.pending_days = count(cells[7]);
  read_days(cells[8], branch, branch.failed_days);
  branch.absent_days = count(cells[9]);
  branch.version = text(cells[10]);
  branch.rows = figure(cells[11]);
  branch.sales = text(cells[12]);
  branch.usual_rows = figure(cells[13]);
  branch.usual_sales = text(cells[14]);
  branch.percent = figure(cells[15]);
  read_days(cells[16], branch, branch.held_days);
  return branch;
}

// A row for each day of a year of 2,000 branches.
constexpr Bound rows_of_fleet{1'000'000, std::uint64_t{256} << 20};

Rows query(Connection& connection, std::string_view sql, std::initializer_list<Value> values = {}) {
  return connection.statement(sql).query(values, DbPhase::read, rows_of_fleet);
}

/// Of rows that begin with their branch.
template <class Add>
void each_row(Fleet& fleet, Rows rows, const Add& add) {
  while (rows.next()) {
    const auto cells = rows.cells();
    if (is_readable([&] { add(cells); })) continue;
    const auto found = std::ranges::find(fleet.branches, number(cells[0]), &FleetBranch::id);
    if (found != fleet.branches.end()) blame(*found);
  }
}

/// As SQL has it, `-06:00`.
std::string spell_offset(std::chrono::minutes offset) {
  const auto hours = std::chrono::floor<std::chrono::hours>(std::chrono::abs(offset));
  return fmt::format("{}{:02}:{:02}", offset.count() < 0 ? '-' : '+', hours.count(),
                     (std::chrono::abs(offset) - hours).count());
}

std::optional<Decimal> amount(const Rows::Cell& cell) {
  return cell ? std::optional(amount_of(cell)) : std::nullopt;
}

FleetChange change(Cells cells) {
  return {parse_date(cells[2].value_or("")),
          static_cast<std::uint32_t>(number(cells[3])),
          text(cells[4]),
          text(cells[5]),
          text(cells[6]),
          text(cells[7]),
          amount_of(cells[8]),
          amount_of(cells[9]),
          count(cells[10]),
          {}};
}

bool is_of(const FleetChange& change, Cells cells) {
  return to_string(change.date) == cells[2] && change.number == count(cells[3]);
}

/// In the order of sql/flota/flota_cambios.sql.
void add_row(std::vector<FleetMemory>& memories, Cells cells) {
  const auto branch = number(cells[0]);
  if (memories.empty() || memories.back().branch_id != branch)
    memories.push_back({branch, count(cells[1]), {}});
  auto& newest = memories.back().newest;
  if (newest.empty() || !is_of(newest.back(), cells)) newest.push_back(change(cells));
  if (cells[11])
    newest.back().largest.push_back({text(cells[11]), amount(cells[12]), amount(cells[13])});
}

/// A database of an earlier version is shown without.
void read_memories(Connection& connection, const std::string& since, Fleet& fleet) try {
  each_row(fleet, query(connection, statements::flota_cambios, {since}),
           [&](Cells cells) { add_row(fleet.memories, cells); });
  std::erase_if(fleet.memories, [](const auto& memory) { return memory.newest.empty(); });
} catch (const DbError& error) {
  if (!error.out_of_reach()) throw;
  fleet.no_memory = error.what();
}

/// The same.
void read_rejected(Connection& connection, Fleet& fleet) try {
  Rows rows = query(connection, statements::flota_rechazadas);
  while (rows.next()) {
    const auto found = std::ranges::find(fleet.branches, number(rows.cells()[0]), &FleetBranch::id);
    if (found == fleet.branches.end()) continue;
    found->rejected_rows = count(rows.cells()[1]);
    found->rejected_days = count(rows.cells()[2]);
  }
} catch (const DbError& error) {
  if (!error.out_of_reach()) throw;
}

/// `2026-01-05 06:00:00`, UTC, when this day began.
std::string beginning_of(Date day, std::chrono::minutes offset) {
  return fmt::format("{:%Y-%m-%d %H:%M:%S}",
                     fmt::gmtime(std::chrono::system_clock::to_time_t(day - offset)));
}

}  // namespace

Fleet read_fleet(Connection& connection, std::chrono::minutes offset, unsigned calendar_days) {
  const auto zone = spell_offset(offset);
  connection.execute(fmt::format("SET time_zone = '{}'", zone), DbPhase::read);
  Fleet fleet;
  fleet.clock = "UTC" + zone;
  fleet.today = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now() + offset);
  {
    Rows rows = query(connection, statements::flota_sucursales);
    while (rows.next()) fleet.branches.push_back(branch(rows.cells()));
  }
  const Date first = fleet.today - std::chrono::days(calendar_days - 1);
  each_row(fleet, query(connection, statements::flota_dias, {to_string(first)}), [&](Cells cells) {
    fleet.days.push_back(
        {number(cells[0]), parse_date(cells[1].value_or("")), state(cells[2].value_or(""))});
  });
  each_row(fleet, query(connection, statements::flota_huecos), [&](Cells cells) {
    fleet.gaps.push_back(
        {number(cells[0]), {parse_date(cells[1].value_or("")), parse_date(cells[2].value_or(""))}});
  });
  read_rejected(connection, fleet);
  read_memories(connection, beginning_of(first, offset), fleet);
  return fleet;
}

}  // namespace consolidador
