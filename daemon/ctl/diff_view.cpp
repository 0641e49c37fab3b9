// SPDX-License-Identifier: MIT
#include "daemon/ctl/diff_view.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "lib/core/text.hpp"

namespace consolidador::ctl {
namespace {

using Align = Table::Align;

/// What the place has more than the one that it is measured by.
Amounts excess(const ToldPlace& place, const ToldPlace& first) {
  return amounts_of(place.totals) - amounts_of(first.totals);
}

Colour colour_of(const Amounts& difference) {
  return difference == Amounts{} ? Colour::none : Colour::yellow;
}

std::string upper(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

std::vector<Cell> place_cells(const ToldPlace& place, const ToldPlace* first) {
  std::vector<Cell> cells{{place.name}};
  if (!place.compared) {
    append(cells, std::vector<Cell>(5));
  } else {
    const Amounts more = excess(place, *first);
    cells.push_back({std::to_string(place.totals.filas)});
    append(cells, cells_of(amounts_of(place.totals)));
    cells.push_back(&place == first ? Cell{}
                                    : Cell{more.venta.to_signed_string(), colour_of(more)});
  }
  cells.push_back(state_of(place));
  return cells;
}

std::string places_text(const ToldDifferences& day, const Look& look) {
  Table table({{"PLACE"},
               {"ROWS", Align::right},
               {"UNITS", Align::right},
               {"SALES", Align::right},
               {"COST", Align::right},
               {"SALES +-", Align::right},
               {"STATE"}});
  const auto compared = day.compared();
  const ToldPlace* first = compared.empty() ? nullptr : compared.front();
  for (const ToldPlace& place : day.places) table.add(place_cells(place, first));
  return table.text(look);
}

Table rows_table(const ToldDifferences& day) {
  auto titles = key_titles(day.names);
  titles.push_back({"PLACE"});
  for (const char* figure : {"UNITS", "SALES", "COST"}) titles.push_back({figure, Align::right});
  const auto first = upper(day.compared().front()->name);
  for (const char* figure : {"UNITS", "SALES", "COST"})
    titles.push_back({first + ' ' + figure, Align::right});
  for (const char* figure : {"UNITS +-", "SALES +-", "COST +-"})
    titles.push_back({figure, Align::right});
  return Table(titles);
}

std::vector<Cell> total_cells(const ToldPlace& place, const ToldPlace& first,
                              const NamesByCode& names) {
  std::vector<Cell> cells{{"TOTAL", Colour::bold}};
  cells.resize(key_titles(names).size());
  cells.push_back({place.name});
  append(cells, cells_of(amounts_of(place.totals)));
  append(cells, cells_of(amounts_of(first.totals)));
  append(cells, signed_cells(excess(place, first), Colour::bold));
  return cells;
}

std::vector<Cell> day_cells(const ToldDifferences& day) {
  std::vector<Cell> cells{{day.date}, {std::to_string(day.different_rows)}};
  std::string states;
  for (const ToldPlace& place : day.places) {
    cells.push_back({place.compared ? place.totals.venta.to_string() : "-"});
    if (!place.compared || is_at_odds(place) || place.rejected_rows != 0)
      states += (states.empty() ? "" : "; ") + place.name + ": " + state_of(place).text;
  }
  cells.push_back({states, Colour::yellow});
  return cells;
}

std::vector<Cell> outcome_cells(const DiffOutcome& outcome) {
  using State = DiffOutcome::State;
  auto cells = key_cells(outcome.before.key);
  cells.push_back({outcome.before.place});
  cells.push_back({outcome.before.difference.venta.to_signed_string()});
  cells.push_back({outcome.state == State::unknown ? "-" : outcome.now.venta.to_signed_string()});
  cells.push_back(outcome.state == State::resolved ? Cell{"resolved", Colour::green}
                  : outcome.state == State::left   ? Cell{"left", Colour::red}
                                                   : Cell{"not compared", Colour::yellow});
  return cells;
}

/// Without them nobody may think that all is well.
std::string missed_text(const ToldDifferences& now) {
  std::string text;
  const auto* where = now.compared().empty() ? ", for nothing was compared; "
                                             : " in the places that were compared; ";
  for (const ToldPlace& place : now.places)
    if (is_missed(place))
      text += fmt::format("{}{} could not be asked: {}", text.empty() ? where : "; ", place.name,
                          place.error);
  return text;
}

}  // namespace

std::string diff_table(const ToldDifferences& day, DiffRows shown, const Look& look) {
  auto text = headline(day, shown) + "\n\n" + places_text(day, look);
  const auto compared = day.compared();
  if (day.rows.empty()) return text;
  Table table = rows_table(day);
  for (const DiffLine& line : diff_lines(day, shown)) table.add(cells_of(line, day.names));
  for (std::size_t place = 1; place < compared.size(); ++place)
    table.add(total_cells(*compared[place], *compared.front(), day.names));
  return text + '\n' + table.text(look);
}

std::string diff_days_table(const std::vector<ToldDifferences>& days, const Look& look) {
  std::vector<Table::Column> titles{{"DATE"}, {"ROWS", Align::right}};
  for (const ToldPlace& place : days.front().places)
    titles.push_back({upper(place.name) + " SALES", Align::right});
  titles.push_back({"STATE"});
  Table table(titles);
  for (const ToldDifferences& day : days) table.add(day_cells(day));
  return table.text(look);
}

std::string rerun_table(const std::vector<DiffOutcome>& outcomes, const ToldDifferences& now,
                        const Look& look) {
  auto titles = key_titles();
  titles.push_back({"PLACE"});
  titles.push_back({"SALES +- BEFORE", Align::right});
  titles.push_back({"SALES +- NOW", Align::right});
  titles.push_back({"STATE"});
  Table table(titles);
  for (const DiffOutcome& outcome : outcomes) table.add(outcome_cells(outcome));
  const auto resolved =
      std::ranges::count(outcomes, DiffOutcome::State::resolved, &DiffOutcome::state);
  const auto text = fmt::format("{}: {} of {} differences are resolved; {} {} now{}\n", now.date,
                                resolved, outcomes.size(), counted(now.different_rows, "row"),
                                now.different_rows == 1 ? "differs" : "differ", missed_text(now));
  return outcomes.empty() ? text : text + '\n' + table.text(look);
}

}  // namespace consolidador::ctl
