// SPDX-License-Identifier: MIT
#include "daemon/ctl/history_view.hpp"

#include <fmt/format.h>

#include <vector>

#include "daemon/ctl/json.hpp"
#include "daemon/ctl/reason_text.hpp"
#include "daemon/ctl/told_rows.hpp"
#include "lib/core/text.hpp"

namespace consolidador::ctl {
namespace {

using bus::Dict;
using Align = Table::Align;

std::string rows_text(const Dict& version) {
  return std::to_string(bus::get<std::uint64_t>(version, "Rows"));
}

std::string why(const Dict& version) {
  return reason_text(text(version, "Reason"), text(version, "Note"));
}

Colour colour_of(const Dict& version) {
  const auto reason = text(version, "Reason");
  return reason == "danado" || reason == "hallado" ? Colour::red : Colour::none;
}

/// A first version of a day that has never changed is what its ledger says.
bool is_in_doubt(const Dict& history, const std::vector<Dict>& versions) {
  return bus::get<bool>(history, "Altered") && versions.size() == 1 &&
         text(versions.front(), "Reason").empty();
}

Cell why_cell(const Dict& version, bool in_doubt) {
  if (in_doubt) return {"altered: proves nothing", Colour::red};
  return {why(version), colour_of(version)};
}

/// The person, else the database's account; nobody has asked for a first version.
std::string who(const Dict& version) {
  const auto actor = text(version, "Actor");
  return actor.empty() ? text(version, "Account") : actor;
}

Cell change(const Dict& version, const char* key) {
  const auto figure = text(version, key);
  return {figure.empty() ? "" : Decimal::parse(figure).to_signed_string()};
}

std::string rows_change(const Dict& version) {
  const bus::Value* told = bus::find(version, "RowsChange");
  return told ? fmt::format("{:+}", bus::get<std::int64_t>(version, "RowsChange")) : "";
}

std::vector<Cell> line_of(const Dict& version, bool in_doubt) {
  return {{text(version, "Date")},
          {std::to_string(bus::get<std::uint32_t>(version, "Version"))},
          {text(version, "Since")},
          why_cell(version, in_doubt),
          {rows_text(version)},
          {text(version, "Units")},
          {text(version, "Sales")},
          {text(version, "Cost")},
          {rows_change(version)},
          change(version, "UnitsChange"),
          change(version, "SalesChange"),
          change(version, "CostChange"),
          {who(version)},
          {text(version, "Note")}};
}

std::string others_text(const Dict& history, const std::string& from) {
  if (!from.empty()) return {};
  std::string text;
  for (const auto& other : bus::get<bus::Strings>(history, "OtherTargets"))
    text += fmt::format("{0} has a history of its own: --from {0}\n", other);
  return text;
}

/// Of days whose rows are not what the versions say: nobody has looked at them since.
std::string hands_text(const Dict& history) {
  std::string told;
  for (const Dict& day : bus::get<std::vector<Dict>>(history, "Hands"))
    told += fmt::format(
        "{0}: {1} rows in {2} were changed by hand ({3}) since the last look at the day, and are "
        "in none of its versions yet: `consolidadorctl diff {0}` names them, `consolidadorctl "
        "audit "
        "{0} {0}` takes them in and, where the POS still has the day, repairs them\n",
        text(day, "Date"), bus::get<std::uint64_t>(day, "Rows"), text(history, "Target"),
        text(day, "Accounts"));
  return told;
}

/// Of a day whose ledger and rows contradict each other, and of which no hand is noted.
std::string altered_text(const Dict& history) {
  const auto versions = bus::get<std::vector<Dict>>(history, "Versions");
  const bool by_hands = !bus::get<std::vector<Dict>>(history, "Hands").empty();
  if (!bus::get<bool>(history, "Altered") || by_hands || versions.empty()) return {};
  return fmt::format(
      "{0}: the rows in {1} are not what its entry in SincronizacionDias says: `consolidadorctl "
      "diff {0}` shows both, `consolidadorctl audit {0} {0}` takes that into the history and, "
      "where the POS still has the day, repairs it\n",
      text(versions.back(), "Date"), text(history, "Target"));
}

std::string clocks_text(const Dict& history) {
  const auto zone = text(history, "TimeZone");
  return zone.empty() ? "" : fmt::format(" (times of {})", zone);
}

/// Of a database that got its memory later.
std::string beginning_text(const Dict& history) {
  const auto begins = text(history, "Begins");
  for (const Dict& version : bus::get<std::vector<Dict>>(history, "Versions"))
    if (bus::get<std::uint32_t>(version, "Version") == 1 && text(version, "Since") < begins)
      return fmt::format(
          "The memory of {} begins on {}: version 1 is the day as it was found then.\n",
          text(history, "Target"), begins);
  return {};
}

}  // namespace

std::string history_view(const Dict& history, const std::string& from, const Look& look) {
  const auto versions = bus::get<std::vector<Dict>>(history, "Versions");
  const auto target = text(history, "Target");
  if (versions.empty())
    return fmt::format("no day has changed since it was proven in {}\n", target) +
           hands_text(history) + others_text(history, from);
  Table table({{"DATE"},
               {"VERSION", Align::right},
               {"SINCE"},
               {"WHY"},
               {"ROWS", Align::right},
               {"UNITS", Align::right},
               {"SALES", Align::right},
               {"COST", Align::right},
               {"ROWS +-", Align::right},
               {"UNITS +-", Align::right},
               {"SALES +-", Align::right},
               {"COST +-", Align::right},
               {"WHO"},
               {"NOTE"}});
  const bool in_doubt = is_in_doubt(history, versions);
  for (const Dict& version : versions) table.add(line_of(version, in_doubt));
  return fmt::format("As {} remembers{}:\n", target, clocks_text(history)) + table.text(look) +
         hands_text(history) + altered_text(history) + beginning_text(history) +
         others_text(history, from);
}

std::string version_view(const Dict& version, const Look& look) {
  auto titles = key_titles();
  for (const char* title : {"UNITS", "SALES", "COST"}) titles.push_back({title, Align::right});
  Table table(titles);
  for (const SalesRow& row : read_rows(version)) {
    auto cells = key_cells(row.key);
    for (const Decimal amount : {row.unidades, row.venta, row.costo})
      cells.push_back({amount.to_string()});
    table.add(std::move(cells));
  }
  return fmt::format(
      "{}, version {} in {}, since {}: {}\n{}, units {}, sales {}, cost {}; they add up to "
      "its Huella {}\n\n{}",
      text(version, "Date"), bus::get<std::uint32_t>(version, "Version"), text(version, "Target"),
      text(version, "Since"), why(version),
      counted(bus::get<std::uint64_t>(version, "Rows"), "row"), text(version, "Units"),
      text(version, "Sales"), text(version, "Cost"), text(version, "Huella"), table.text(look));
}

std::string version_json(const Dict& version) {
  std::vector<Dict> rows;
  for (const SalesRow& row : read_rows(version)) {
    Dict dict = key_dict(row.key);
    put_amounts(dict, {row.unidades, row.venta, row.costo});
    rows.push_back(std::move(dict));
  }
  Dict json = version;
  for (bus::Entry& entry : json.entries)
    if (entry.key == "RowsOfDay") entry.value = std::move(rows);
  return to_json(json);
}

}  // namespace consolidador::ctl
