// SPDX-License-Identifier: MIT
#include "daemon/ctl/diff_export.hpp"

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
using Texts = std::vector<std::string>;

/// A day's lines as texts.
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
  put_amounts(dict, amounts_of(place.totals));
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
