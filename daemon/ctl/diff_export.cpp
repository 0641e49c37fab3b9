// SPDX-License-Identifier: MIT
#include "daemon/ctl/diff_export.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "daemon/ctl/export_text.hpp"
#include "daemon/ctl/fleet_page.hpp"
#include "daemon/ctl/json.hpp"
#include "lib/core/outlet.hpp"
#include "lib/report/csv.hpp"

namespace consolidador::ctl {
namespace {

using bus::Dict;

Texts texts_of(const DiffLine& line) {
  Texts texts;
  for (Cell& cell : cells_of(line, {})) texts.push_back(std::move(cell.text));
  return texts;
}

Dict amounts_dict(const std::optional<Amounts>& amounts) {
  Dict dict;
  if (amounts) put_amounts(dict, *amounts);
  return dict;
}

Dict line_dict(const DiffLine& line, const NamesByCode& names) {
  Dict dict = key_dict(line.row->key);
  if (const auto name = name_of(names, line.row->key.upc); !name.empty())
    dict.entries.push_back({"Description", name});
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
  if (place.rejected_rows == 0) return dict;
  dict.entries.push_back({"RejectedRows", place.rejected_rows});
  dict.entries.push_back({"Rejected", place.rejected});
  return dict;
}

Dict day_dict(const ToldDifferences& day, DiffRows shown) {
  std::vector<Dict> places;
  for (const ToldPlace& place : day.places) places.push_back(place_dict(place));
  std::vector<Dict> differences;
  for (const DiffLine& line : diff_lines(day, shown))
    differences.push_back(line_dict(line, day.names));
  return {{{"Date", day.date},
           {"DifferentRows", day.different_rows},
           {"Reclassified", day.reclassified},
           {"Places", std::move(places)},
           {"Differences", std::move(differences)}}};
}

constexpr std::array places_titles{"place", "rows", "units", "sales", "cost", "state"};

Texts texts_of(const ToldPlace& place) {
  if (!place.compared) return {place.name, "", "", "", "", state_of(place).text};
  return {place.name,
          std::to_string(place.totals.filas),
          place.totals.unidades.to_string(),
          place.totals.venta.to_string(),
          place.totals.costo.to_string(),
          state_of(place).text};
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

/// The lines' titles, with what the product is called at the end.
Texts all_titles() {
  Texts titles(line_titles.begin(), line_titles.end());
  titles.emplace_back("description");
  return titles;
}

std::string csv_record(const ToldDifferences& day, const DiffLine& line) {
  Texts texts = texts_of(line);
  texts.erase(texts.begin());  // the code
  std::ranges::replace(texts, "-", "");
  const auto& code = line.row->key.upc;
  return fmt::format("{},{},{},{}\n", day.date, csv_text(code), format_csv_record(texts),
                     csv_text(name_of(day.names, code)));
}

std::string day_html(const ToldDifferences& day, DiffRows shown) {
  std::vector<Texts> places;
  for (const ToldPlace& place : day.places) places.push_back(texts_of(place));
  auto text = fmt::format("<h2>{}</h2>\n{}", for_html(headline(day, shown)),
                          html_table({places_titles.begin(), places_titles.end()}, places));
  if (day.rows.empty()) return text;
  std::vector<Texts> rows;
  for (const DiffLine& line : diff_lines(day, shown)) {
    rows.push_back(texts_of(line));
    rows.back().push_back(name_of(day.names, line.row->key.upc));
  }
  return text + html_table(all_titles(), rows);
}

}  // namespace

std::string diff_json(const std::vector<ToldDifferences>& days, DiffRows shown) {
  std::string text;
  for (const ToldDifferences& day : days) text += to_json(day_dict(day, shown)) + '\n';
  return text;
}

std::string diff_csv(const std::vector<ToldDifferences>& days, DiffRows shown) {
  std::string text = "date," + format_csv_record(all_titles()) + '\n';
  for (const ToldDifferences& day : days)
    for (const DiffLine& line : diff_lines(day, shown)) text += csv_record(day, line);
  return text;
}

std::string diff_page(const std::vector<ToldDifferences>& days, DiffRows shown) {
  std::string text;
  for (const ToldDifferences& day : days) text += day_html(day, shown);
  const auto title = days.size() == 1 ? "Differences of " + days.front().date
                                      : fmt::format("Differences from {} to {}", days.front().date,
                                                    days.back().date);
  return html_document(title, text);
}

}  // namespace consolidador::ctl
