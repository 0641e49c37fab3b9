// SPDX-License-Identifier: MIT
#include "daemon/ctl/diff_view.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "daemon/ctl/fleet_page.hpp"
#include "daemon/ctl/json.hpp"
#include "daemon/ctl/markup.hpp"
#include "lib/report/csv.hpp"

namespace consolidador::ctl {
namespace {

using bus::Dict;
using Align = Table::Align;
using Texts = std::vector<std::string>;

constexpr std::array<Decimal Amounts::*, 3> figures{&Amounts::unidades, &Amounts::venta,
                                                    &Amounts::costo};

std::string text_of(const std::optional<Amounts>& amounts, Decimal Amounts::*figure) {
  return amounts ? ((*amounts).*figure).to_string() : "-";
}

Amounts sums_of(const DayTotals& totals) {
  return {totals.unidades, totals.venta, totals.costo};
}

/// What the place has more than the one that it is measured by.
Amounts excess(const ToldPlace& place, const ToldPlace& first) {
  return {place.totals.unidades - first.totals.unidades, place.totals.venta - first.totals.venta,
          place.totals.costo - first.totals.costo};
}

Cell state_of(const ToldPlace& place) {
  if (place.archived) return {"the POS has it no longer"};
  if (!place.compared) return {"not compared: " + place.error, Colour::red};
  if (place.name == "operational") return {};
  if (!place.recorded) return {"not in its ledger", Colour::red};
  return place.intact ? Cell{"as its ledger says", Colour::green}
                      : Cell{"its ledger says otherwise", Colour::red};
}

Colour colour_of(const Amounts& difference) {
  return difference == Amounts{} ? Colour::none : Colour::yellow;
}

std::string upper(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
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
  for (const ToldPlace& place : day.places) {
    std::vector<Cell> cells{{place.name}, {}, {}, {}, {}, {}, state_of(place)};
    if (place.compared) {
      const Amounts sums = sums_of(place.totals);
      const Amounts more = excess(place, *compared.front());
      cells[1] = {std::to_string(place.totals.filas)};
      for (std::size_t i = 0; i < figures.size(); ++i) cells[2 + i] = {text_of(sums, figures[i])};
      if (&place != compared.front()) cells[5] = {signed_text(more.venta), colour_of(more)};
    }
    table.add(std::move(cells));
  }
  return table.text(look);
}

Table rows_table(const ToldDifferences& day) {
  auto titles = key_titles();
  titles.push_back({"PLACE"});
  for (const char* figure : {"UNITS", "SALES", "COST"}) titles.push_back({figure, Align::right});
  const auto first = upper(day.compared().front()->name);
  for (const char* figure : {"UNITS", "SALES", "COST"})
    titles.push_back({first + ' ' + figure, Align::right});
  for (const char* figure : {"UNITS +-", "SALES +-", "COST +-"})
    titles.push_back({figure, Align::right});
  return Table(titles);
}

std::vector<Cell> cells_of(const DiffLine& line) {
  auto cells = key_cells(line.row->key);
  cells.push_back({line.place->name});
  for (const auto figure : figures) cells.push_back({text_of(line.there(), figure)});
  for (const auto figure : figures) cells.push_back({text_of(line.expected(), figure)});
  const Amounts difference = line.difference();
  for (const auto figure : figures) cells.push_back({signed_text(difference.*figure)});
  return cells;
}

std::vector<Cell> total_cells(const ToldPlace& place, const ToldPlace& first) {
  std::vector<Cell> cells{{"TOTAL", Colour::bold}, {}, {}, {}, {}, {place.name}};
  const Amounts more = excess(place, first);
  for (const ToldPlace* each : {&place, &first})
    for (const auto figure : figures) cells.push_back({text_of(sums_of(each->totals), figure)});
  for (const auto figure : figures) cells.push_back({signed_text(more.*figure), Colour::bold});
  return cells;
}

std::string headline(const ToldDifferences& day, DiffRows shown) {
  auto text =
      fmt::format("{}: {} {} in the places that were compared", day.date, day.different_rows,
                  day.different_rows == 1 ? "row differs" : "rows differ");
  const auto there = std::min(day.rows.size(), shown);
  if (there < day.different_rows)
    text += fmt::format("; the {} that move most sales are shown, the totals are of all", there);
  if (day.reclassified != 0)
    text += fmt::format("; {} rows have another supplier in the POS since", day.reclassified);
  return text;
}

/// A day's table, first the titles, as texts.
std::vector<Texts> grid_of(const ToldDifferences& day, DiffRows shown) {
  std::vector<Texts> grid;
  for (const DiffLine& line : diff_lines(day, shown)) {
    Texts texts;
    for (Cell& cell : cells_of(line)) texts.push_back(std::move(cell.text));
    grid.push_back(std::move(texts));
  }
  return grid;
}

Dict amounts_dict(const std::optional<Amounts>& amounts) {
  Dict dict;
  if (amounts) put_amounts(dict, *amounts);
  return dict;
}

Dict line_dict(const DiffLine& line) {
  Dict dict = key_dict(line.row->key);
  dict.entries.push_back({"Place", line.place->name});
  dict.entries.push_back({"There", amounts_dict(line.there())});
  dict.entries.push_back({"Expected", amounts_dict(line.expected())});
  dict.entries.push_back({"Difference", amounts_dict(line.difference())});
  return dict;
}

Dict place_dict(const ToldPlace& place) {
  Dict dict{{{"Place", place.name},
             {"Compared", place.compared},
             {"Archived", place.archived},
             {"Error", place.error}}};
  if (!place.compared) return dict;
  dict.entries.push_back({"Rows", place.totals.filas});
  put_amounts(dict, sums_of(place.totals));
  dict.entries.push_back({"Huella", std::to_string(place.totals.huella)});
  dict.entries.push_back({"Recorded", place.recorded});
  dict.entries.push_back({"Intact", place.intact});
  return dict;
}

Dict day_dict(const ToldDifferences& day, DiffRows shown) {
  std::vector<Dict> places;
  for (const ToldPlace& place : day.places) places.push_back(place_dict(place));
  std::vector<Dict> differences;
  for (const DiffLine& line : diff_lines(day, shown)) differences.push_back(line_dict(line));
  return {{{"Date", day.date},
           {"DifferentRows", day.different_rows},
           {"Reclassified", day.reclassified},
           {"Places", std::move(places)},
           {"Differences", std::move(differences)}}};
}

/// Somebody may have sold `=HYPERLINK(...)`.
std::string no_formula(const std::string& text) {
  constexpr std::string_view beginnings = "=+-@";
  return !text.empty() && beginnings.find(text.front()) != std::string_view::npos ? '\'' + text
                                                                                  : text;
}

std::string table_row(const char* tag, const Texts& texts) {
  std::string row = "<tr>";
  for (const auto& text : texts) row += fmt::format("<{0}>{1}</{0}>", tag, escape_html(text));
  return row + "</tr>\n";
}

constexpr std::array places_titles{"place", "rows", "units", "sales", "cost", "state"};

std::string places_html(const ToldDifferences& day) {
  std::string rows = table_row("th", {places_titles.begin(), places_titles.end()});
  for (const ToldPlace& place : day.places) {
    Texts texts{place.name, "", "", "", "", state_of(place).text};
    if (place.compared)
      texts = {place.name,
               std::to_string(place.totals.filas),
               place.totals.unidades.to_string(),
               place.totals.venta.to_string(),
               place.totals.costo.to_string(),
               state_of(place).text};
    rows += table_row("td", texts);
  }
  return fmt::format("<table>\n{}</table>\n", rows);
}

constexpr std::array line_titles{"code",
                                 "supplier",
                                 "department",
                                 "category",
                                 "subcategory",
                                 "place",
                                 "units",
                                 "sales",
                                 "cost",
                                 "expected_units",
                                 "expected_sales",
                                 "expected_cost",
                                 "units_difference",
                                 "sales_difference",
                                 "cost_difference"};

std::string day_html(const ToldDifferences& day, DiffRows shown) {
  auto text = fmt::format("<h2>{}</h2>\n{}", escape_html(headline(day, shown)), places_html(day));
  if (day.rows.empty()) return text;
  text += "<table>\n" + table_row("th", {line_titles.begin(), line_titles.end()});
  for (const Texts& texts : grid_of(day, shown)) text += table_row("td", texts);
  return text + "</table>\n";
}

}  // namespace

std::vector<DiffLine> diff_lines(const ToldDifferences& day, DiffRows shown) {
  std::vector<DiffLine> lines;
  const auto compared = day.compared();
  for (std::size_t i = 0; i < std::min(shown, day.rows.size()); ++i) {
    const RowDifference& row = day.rows[i];
    for (std::size_t place = 1; place < compared.size(); ++place)
      if (row.amounts[place] != row.amounts.front())
        lines.push_back({&row, compared[place], place});
  }
  return lines;
}

bool is_compared(const ToldDifferences& day, const std::string& place) {
  return std::ranges::any_of(day.compared(), [&](const auto* each) { return each->name == place; });
}

bool is_at_odds(const ToldPlace& place) {
  return place.compared && place.name != "operational" && !place.intact;
}

std::string diff_table(const ToldDifferences& day, DiffRows shown, const Look& look) {
  auto text = headline(day, shown) + "\n\n" + places_text(day, look);
  const auto compared = day.compared();
  if (day.rows.empty()) return text;
  Table table = rows_table(day);
  for (const DiffLine& line : diff_lines(day, shown)) table.add(cells_of(line));
  for (std::size_t place = 1; place < compared.size(); ++place)
    table.add(total_cells(*compared[place], *compared.front()));
  return text + '\n' + table.text(look);
}

std::string diff_days_table(const std::vector<ToldDifferences>& days, const Look& look) {
  std::vector<Table::Column> titles{{"DATE"}, {"ROWS", Align::right}};
  for (const ToldPlace& place : days.front().places)
    titles.push_back({upper(place.name) + " SALES", Align::right});
  titles.push_back({"STATE"});
  Table table(titles);
  for (const ToldDifferences& day : days) {
    std::vector<Cell> cells{{day.date}, {std::to_string(day.different_rows)}};
    std::string states;
    for (const ToldPlace& place : day.places) {
      cells.push_back({place.compared ? place.totals.venta.to_string() : "-"});
      if (!place.compared || is_at_odds(place))
        states += (states.empty() ? "" : "; ") + place.name + ": " + state_of(place).text;
    }
    cells.push_back({states, Colour::yellow});
    table.add(std::move(cells));
  }
  return table.text(look);
}

std::string rerun_table(const std::vector<DiffOutcome>& outcomes, const ToldDifferences& now,
                        const Look& look) {
  using State = DiffOutcome::State;
  auto titles = key_titles();
  titles.push_back({"PLACE"});
  titles.push_back({"SALES +- BEFORE", Align::right});
  titles.push_back({"SALES +- NOW", Align::right});
  titles.push_back({"STATE"});
  Table table(titles);
  std::size_t resolved = 0;
  for (const DiffOutcome& outcome : outcomes) {
    resolved += outcome.state == State::resolved ? 1 : 0;
    auto cells = key_cells(outcome.before.key);
    cells.push_back({outcome.before.place});
    cells.push_back({signed_text(outcome.before.difference.venta)});
    cells.push_back({outcome.state == State::unknown ? "-" : signed_text(outcome.now.venta)});
    cells.push_back(outcome.state == State::resolved ? Cell{"resolved", Colour::green}
                    : outcome.state == State::left   ? Cell{"left", Colour::red}
                                                     : Cell{"not compared", Colour::yellow});
    table.add(std::move(cells));
  }
  const auto text = fmt::format("{}: {} of {} differences are resolved; {} rows differ now\n",
                                now.date, resolved, outcomes.size(), now.different_rows);
  return outcomes.empty() ? text : text + '\n' + table.text(look);
}

std::string diff_json(const std::vector<ToldDifferences>& days, DiffRows shown) {
  std::string text;
  for (const ToldDifferences& day : days) text += to_json(day_dict(day, shown)) + '\n';
  return text;
}

std::string diff_csv(const std::vector<ToldDifferences>& days, DiffRows shown) {
  Texts titles{"date"};
  titles.insert(titles.end(), line_titles.begin(), line_titles.end());
  std::string text = format_csv_record(titles) + "\n";
  for (const ToldDifferences& day : days)
    for (Texts& texts : grid_of(day, shown)) {
      texts.front() = no_formula(texts.front());
      std::ranges::replace(texts.begin() + 1, texts.end(), "-", "");
      texts.insert(texts.begin(), day.date);
      text += format_csv_record(texts) + "\n";
    }
  return text;
}

std::string diff_page(const std::vector<ToldDifferences>& days, DiffRows shown) {
  std::string text;
  for (const ToldDifferences& day : days) text += day_html(day, shown);
  const auto title = days.size() == 1 ? "Differences of " + days.front().date
                                      : fmt::format("Differences from {} to {}", days.front().date,
                                                    days.back().date);
  return fmt::format(fmt::runtime(markup::diff), fmt::arg("title", escape_html(title)),
                     fmt::arg("style", markup::style), fmt::arg("days", text)) +
         '\n';
}

}  // namespace consolidador::ctl
