// SPDX-License-Identifier: MIT
#include "daemon/ctl/fleet_changes.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/ctl/fleet_page.hpp"
#include "daemon/ctl/reason_text.hpp"
#include "daemon/ctl/told_rows.hpp"
#include "lib/core/outlet.hpp"
#include "lib/core/text.hpp"

namespace consolidador::ctl {
namespace {

using Align = Table::Align;
using bus::Dict;

std::string amount_text(const std::optional<Decimal>& amount) {
  return amount ? amount->to_string() : "-";
}

std::string row_text(const FleetChangedRow& row) {
  return fmt::format("{}: {} -> {}", one_line(row.code), amount_text(row.sales_before),
                     amount_text(row.sales_after));
}

std::string more_text(std::uint64_t all, std::size_t shown, const char* what) {
  return all <= shown ? "" : fmt::format("and {} more {}", all - shown, what);
}

std::string largest_text(const FleetChange& change) {
  std::string text;
  for (const FleetChangedRow& row : change.largest)
    text += (text.empty() ? "" : ", ") + row_text(row);
  const auto more = more_text(change.rows, change.largest.size(), "rows");
  return more.empty() ? text : text + ", " + more;
}

std::string who_text(const FleetChange& change) {
  return change.actor.empty() ? "" : "by " + one_line(change.actor);
}

std::string why_text(const FleetChange& change) {
  const auto who = who_text(change);
  return reason_text(change.reason, change.note) + (who.empty() ? "" : ' ' + who);
}

std::vector<Cell> cells_of(const FleetMemory& memory, const FleetChange& change) {
  return {{std::to_string(memory.branch_id)},
          {to_string(change.date)},
          {std::to_string(change.number)},
          {change.since},
          {why_text(change)},
          {std::to_string(change.rows)},
          {change.units.to_signed_string()},
          {change.sales.to_signed_string()},
          {largest_text(change)}};
}

std::string query_of(std::int64_t branch, const FleetChange& change) {
  return fmt::format(
      "SELECT * FROM v_cambios WHERE IdSucursal = {} AND Fecha = '{}' AND Cambio = {}", branch,
      to_string(change.date), change.number);
}

/// Those that are not among the newest.
std::string query_of_all(std::int64_t branch) {
  return fmt::format("SELECT * FROM v_cambios_resumen WHERE IdSucursal = {} ORDER BY Instante DESC",
                     branch);
}

std::string more_changes(const FleetMemory& memory) {
  const auto more = more_text(memory.changes, memory.newest.size(), "changes");
  return more.empty() ? more : fmt::format("{}: {}", more, query_of_all(memory.branch_id));
}

std::string footer(const Fleet& fleet) {
  std::string text =
      "All rows of a change: SELECT * FROM v_cambios WHERE IdSucursal = BRANCH AND Fecha = 'DATE' "
      "AND Cambio = CHANGE\n";
  for (const FleetMemory& memory : fleet.memories)
    if (const auto more = more_changes(memory); !more.empty())
      text += fmt::format("Branch {}: {}\n", memory.branch_id, more);
  return text;
}

void put(Dict& dict, const char* key, const std::optional<Decimal>& amount) {
  if (amount) dict.entries.push_back({key, amount->to_string()});
}

Dict change_dict(const FleetChange& change) {
  std::vector<Dict> rows;
  for (const FleetChangedRow& row : change.largest) {
    Dict dict{{{"Code", row.code}}};
    put(dict, "SalesBefore", row.sales_before);
    put(dict, "SalesAfter", row.sales_after);
    rows.push_back(std::move(dict));
  }
  return {{{"Date", to_string(change.date)},
           {"Change", change.number},
           {"Since", change.since},
           {"Reason", change.reason},
           {"Actor", change.actor},
           {"Note", change.note},
           {"UnitsChange", change.units.to_string()},
           {"SalesChange", change.sales.to_string()},
           {"ChangedRows", change.rows},
           {"Largest", std::move(rows)}}};
}

std::string html_row(const FleetChangedRow& row) {
  return fmt::format("<tr><td>{}</td><td>{}</td><td>{}</td></tr>\n", for_html(row.code),
                     amount_text(row.sales_before), amount_text(row.sales_after));
}

std::string html_change(const Fleet& fleet, std::int64_t branch, const FleetChange& change) {
  auto text = fmt::format("<p><b>{}</b> sales {}, units {}: {}, {}, {} {}</p>\n",
                          to_string(change.date), change.sales.to_signed_string(),
                          change.units.to_signed_string(), for_html(why_text(change)),
                          counted(change.rows, "row"), for_html(change.since), fleet.clock);
  if (change.largest.empty()) return text;
  text += "<table>\n<tr><th>code</th><th>sales before</th><th>after</th></tr>\n";
  for (const FleetChangedRow& row : change.largest) text += html_row(row);
  const auto more = more_text(change.rows, change.largest.size(), "rows");
  return text + fmt::format("</table>\n<p class=\"facts\">{}{}</p>\n",
                            more.empty() ? "" : more + ": ", query_of(branch, change));
}

}  // namespace

std::string changes_notice(const Fleet& fleet) {
  return fleet.no_memory.empty()
             ? ""
             : "What was changed after closing cannot be told: " + one_line(fleet.no_memory);
}

std::string changes_table(const Fleet& fleet, const Look& look) {
  if (!fleet.no_memory.empty()) return '\n' + changes_notice(fleet) + '\n';
  Table table({{"BRANCH", Align::right},
               {"DATE"},
               {"CHANGE", Align::right},
               {"SINCE"},
               {"WHY"},
               {"ROWS", Align::right},
               {"UNITS +-", Align::right},
               {"SALES +-", Align::right},
               {"LARGEST"}});
  for (const FleetMemory& memory : fleet.memories)
    for (const FleetChange& change : memory.newest) table.add(cells_of(memory, change));
  if (table.empty()) return {};
  return fmt::format("\nChanged after closing (times {}):\n", fleet.clock) + table.text(look) +
         footer(fleet);
}

std::vector<Dict> changes_dicts(const Fleet& fleet) {
  std::vector<Dict> dicts;
  for (const FleetMemory& memory : fleet.memories) {
    std::vector<Dict> newest;
    for (const FleetChange& change : memory.newest) newest.push_back(change_dict(change));
    dicts.push_back({{{"Branch", memory.branch_id},
                      {"Changes", memory.changes},
                      {"Newest", std::move(newest)}}});
  }
  return dicts;
}

std::string changes_html(const Fleet& fleet, std::int64_t branch_id) {
  const auto memory = std::ranges::find(fleet.memories, branch_id, &FleetMemory::branch_id);
  if (memory == fleet.memories.end()) return {};
  std::string text;
  for (const FleetChange& change : memory->newest) text += html_change(fleet, branch_id, change);
  if (const auto more = more_changes(*memory); !more.empty())
    text += fmt::format("<p class=\"facts\">{}</p>\n", more);
  return fmt::format(
      "<details class=\"changes\"><summary>{} changed after closing</summary>\n{}</details>\n",
      memory->changes, text);
}

}  // namespace consolidador::ctl
