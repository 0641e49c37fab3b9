// SPDX-License-Identifier: MIT
#include "daemon/ctl/changes_view.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "daemon/ctl/diff_lines.hpp"
#include "daemon/ctl/export_text.hpp"
#include "daemon/ctl/fleet_page.hpp"
#include "daemon/ctl/json.hpp"
#include "daemon/ctl/reason_text.hpp"
#include "lib/core/outlet.hpp"
#include "lib/core/text.hpp"
#include "lib/report/csv.hpp"

namespace consolidador::ctl {
namespace {

using Align = Table::Align;
using bus::Dict;

std::string version_text(const Dict& change) {
  return std::to_string(bus::get<std::uint32_t>(change, "Version"));
}

std::string headline(const Dict& change, const ToldChange& told) {
  const auto actor = text(change, "Actor");
  auto line = fmt::format(
      "{}, what made version {} in {}, {}: {}, {}; {} changed", text(change, "Date"),
      version_text(change), text(change, "Target"), text(change, "Since"),
      reason_text(text(change, "Reason"), text(change, "Note")),
      actor.empty() ? text(change, "Account") : actor, counted(told.changed_rows, "row"));
  if (told.rows.size() < told.changed_rows)
    line += fmt::format("; the {} that move most sales are shown, the totals are of all",
                        told.rows.size());
  return line;
}

/// Before, after, the difference.
std::vector<Cell> side_cells(const RowDifference& row) {
  auto cells = cells_of(row.amounts[0]);
  append(cells, cells_of(row.amounts[1]));
  append(cells, signed_cells(row.difference(1)));
  return cells;
}

std::vector<Cell> row_cells(const RowDifference& row, const NamesByCode& names) {
  auto cells = key_cells(row.key, names);
  append(cells, side_cells(row));
  return cells;
}

Texts texts_of(std::vector<Cell> cells) {
  Texts texts;
  for (Cell& cell : cells) texts.push_back(std::move(cell.text));
  return texts;
}

std::vector<Table::Column> titles(const NamesByCode& names) {
  auto columns = key_titles(names);
  for (const char* figure : {"UNITS", "SALES", "COST"})
    columns.push_back({std::string(figure) + " BEFORE", Align::right});
  for (const char* figure : {"UNITS", "SALES", "COST"})
    columns.push_back({std::string(figure) + " AFTER", Align::right});
  for (const char* figure : {"UNITS +-", "SALES +-", "COST +-"})
    columns.push_back({figure, Align::right});
  return columns;
}

/// Of all rows, which the daemon has proven to be the difference of the versions.
std::vector<Cell> total_cells(const Dict& change, const NamesByCode& names) {
  std::vector<Cell> cells{{"TOTAL", Colour::bold}};
  cells.resize(key_titles(names).size());
  const Amounts after{Decimal::parse(text(change, "Units")), Decimal::parse(text(change, "Sales")),
                      Decimal::parse(text(change, "Cost"))};
  const Amounts difference{Decimal::parse(text(change, "UnitsChange")),
                           Decimal::parse(text(change, "SalesChange")),
                           Decimal::parse(text(change, "CostChange"))};
  append(cells, cells_of(std::optional(after - difference)));
  append(cells, cells_of(std::optional(after)));
  append(cells, signed_cells(difference, Colour::bold));
  return cells;
}

constexpr std::array csv_titles{"date",
                                "version",
                                "target",
                                "code",
                                "supplier",
                                "department",
                                "category",
                                "subcategory",
                                "units_before",
                                "sales_before",
                                "cost_before",
                                "units_after",
                                "sales_after",
                                "cost_after",
                                "units_difference",
                                "sales_difference",
                                "cost_difference",
                                "description"};

std::string csv_record(const Dict& change, const RowDifference& row, const NamesByCode& names) {
  Texts figures = texts_of(row_cells(row, {}));
  figures.erase(figures.begin());  // the code
  std::ranges::replace(figures, "-", "");
  return fmt::format("{},{},{},{},{},{}\n", text(change, "Date"), version_text(change),
                     text(change, "Target"), csv_text(row.key.upc), format_csv_record(figures),
                     csv_text(name_of(names, row.key.upc)));
}

Dict amounts_dict(const std::optional<Amounts>& amounts) {
  Dict dict;
  if (amounts) put_amounts(dict, *amounts);
  return dict;
}

Dict row_dict(const RowDifference& row, const NamesByCode& names) {
  Dict dict = key_dict(row.key);
  if (const auto name = name_of(names, row.key.upc); !name.empty())
    dict.entries.push_back({"Description", name});
  dict.entries.push_back({"Before", amounts_dict(row.amounts[0])});
  dict.entries.push_back({"After", amounts_dict(row.amounts[1])});
  dict.entries.push_back({"Difference", amounts_dict(row.difference(1))});
  return dict;
}

}  // namespace

std::string changes_table(const Dict& change, const Look& look) {
  const ToldChange told = read_change(change);
  Table table(titles(told.names));
  for (const RowDifference& row : told.rows) table.add(row_cells(row, told.names));
  table.add(total_cells(change, told.names));
  return headline(change, told) + "\n\n" + table.text(look);
}

std::string changes_json(const Dict& change) {
  const ToldChange told = read_change(change);
  std::vector<Dict> rows;
  for (const RowDifference& row : told.rows) rows.push_back(row_dict(row, told.names));
  Dict json;
  for (const bus::Entry& entry : change.entries)
    if (entry.key != "RowsOfDay" && entry.key != "Before" && entry.key != "After")
      json.entries.push_back(entry);
  json.entries.push_back({"Changes", std::move(rows)});
  return to_json(json) + '\n';
}

std::string changes_csv(const Dict& change) {
  const ToldChange told = read_change(change);
  std::string text = format_csv_record(Texts(csv_titles.begin(), csv_titles.end())) + '\n';
  for (const RowDifference& row : told.rows) text += csv_record(change, row, told.names);
  return text;
}

std::string changes_page(const Dict& change) {
  const ToldChange told = read_change(change);
  Texts heads;
  for (const Table::Column& column : titles(told.names)) heads.push_back(column.title);
  std::vector<Texts> rows;
  for (const RowDifference& row : told.rows) rows.push_back(texts_of(row_cells(row, told.names)));
  rows.push_back(texts_of(total_cells(change, told.names)));
  return html_document(
      fmt::format("Changes of {}, version {}", text(change, "Date"), version_text(change)),
      fmt::format("<p>{}</p>\n", for_html(headline(change, told))) + html_table(heads, rows));
}

}  // namespace consolidador::ctl
