// SPDX-License-Identifier: MIT
#include "daemon/ctl/told_rows.hpp"

#include <algorithm>
#include <charconv>

namespace consolidador::ctl {
namespace {

using bus::Dict;
using bus::Integers;
using bus::Strings;

Decimal amount(const Dict& told, const char* key) {
  return Decimal::parse(text(told, key));
}

std::uint64_t parse_huella(const std::string& text) {
  std::uint64_t huella = 0;
  std::from_chars(text.data(), text.data() + text.size(), huella);
  return huella;
}

DayTotals read_totals(const Dict& told) {
  return {bus::get<std::uint64_t>(told, "Rows"), amount(told, "Units"), amount(told, "Sales"),
          amount(told, "Cost"), parse_huella(text(told, "Huella"))};
}

ToldPlace read_place(const Dict& told) {
  ToldPlace place;
  place.name = text(told, "Place");
  place.compared = bus::get<bool>(told, "Compared");
  place.archived = bus::get<bool>(told, "Archived");
  place.error = text(told, "Error");
  place.recorded = bus::get<bool>(told, "Recorded");
  place.intact = bus::get<bool>(told, "Intact");
  place.rejected_rows = bus::get<std::uint64_t>(told, "RejectedRows");
  place.rejected = text(told, "Rejected");
  if (place.compared) place.totals = read_totals(told);
  return place;
}

std::vector<SalesKey> read_keys(const Dict& columns) {
  const auto codes = bus::get<Strings>(columns, "Code");
  const auto suppliers = bus::get<Integers>(columns, "Supplier");
  const auto departments = bus::get<Integers>(columns, "Department");
  const auto categories = bus::get<Integers>(columns, "Category");
  const auto subcategories = bus::get<Integers>(columns, "Subcategory");
  std::vector<SalesKey> keys;
  for (std::size_t i = 0; i < codes.size(); ++i)
    keys.push_back(
        {codes[i], suppliers.at(i), departments.at(i), categories.at(i), subcategories.at(i)});
  return keys;
}

NamesByCode read_names(const Dict& columns) {
  const auto codes = bus::get<Strings>(columns, "Code");
  const auto texts = bus::get<Strings>(columns, "Description");
  NamesByCode names;
  for (std::size_t i = 0; i < std::min(codes.size(), texts.size()); ++i)
    if (!texts[i].empty()) names.emplace(codes[i], texts[i]);
  return names;
}

/// Nothing where the place has not the row.
std::vector<std::optional<Amounts>> read_amounts(const Dict& columns, std::size_t rows) {
  const auto units = bus::get<Strings>(columns, "Units");
  const auto sales = bus::get<Strings>(columns, "Sales");
  const auto cost = bus::get<Strings>(columns, "Cost");
  std::vector<std::optional<Amounts>> amounts(rows);
  for (std::size_t i = 0; i < rows; ++i)
    if (!units.at(i).empty())
      amounts[i] = Amounts{Decimal::parse(units[i]), Decimal::parse(sales.at(i)),
                           Decimal::parse(cost.at(i))};
  return amounts;
}

}  // namespace

std::vector<const ToldPlace*> ToldDifferences::compared() const {
  std::vector<const ToldPlace*> compared;
  for (const ToldPlace& place : places)
    if (place.compared) compared.push_back(&place);
  return compared;
}

ToldDifferences read_differences(const Dict& told) {
  ToldDifferences found;
  found.date = text(told, "Date");
  found.different_rows = bus::get<std::uint64_t>(told, "DifferentRows");
  found.reclassified = bus::get<std::uint64_t>(told, "Reclassified");
  const auto columns = bus::get<Dict>(told, "RowsOfDay");
  found.names = read_names(columns);
  for (SalesKey& key : read_keys(columns)) found.rows.push_back({std::move(key), {}});
  for (const Dict& place : bus::get<std::vector<Dict>>(told, "Places")) {
    found.places.push_back(read_place(place));
    if (!found.places.back().compared) continue;
    const auto amounts = read_amounts(bus::get<Dict>(place, "RowsOfDay"), found.rows.size());
    for (std::size_t i = 0; i < amounts.size(); ++i) found.rows[i].amounts.push_back(amounts[i]);
  }
  return found;
}

ToldChange read_change(const Dict& told) {
  const auto columns = bus::get<Dict>(told, "RowsOfDay");
  ToldChange change{{}, bus::get<std::uint64_t>(told, "ChangedRows"), read_names(columns)};
  const auto keys = read_keys(columns);
  const auto before = read_amounts(bus::get<Dict>(told, "Before"), keys.size());
  const auto after = read_amounts(bus::get<Dict>(told, "After"), keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i)
    change.rows.push_back({keys[i], {before[i], after[i]}});
  return change;
}

std::vector<SalesRow> read_rows(const Dict& told) {
  const auto columns = bus::get<Dict>(told, "RowsOfDay");
  std::vector<SalesRow> rows;
  const auto keys = read_keys(columns);
  const auto amounts = read_amounts(columns, keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const Amounts figures = amounts[i].value_or(Amounts{});
    rows.push_back({keys[i], figures.unidades, figures.venta, figures.costo});
  }
  return rows;
}

std::string name_of(const NamesByCode& names, const std::string& code) {
  const auto name = names.find(code);
  return name == names.end() ? std::string() : name->second;
}

std::vector<Table::Column> key_titles(const NamesByCode& names) {
  using Align = Table::Align;
  std::vector<Table::Column> titles{{"CODE"}};
  if (!names.empty()) titles.push_back({"DESCRIPTION"});
  for (const char* dimension : {"SUPPLIER", "DEPARTMENT", "CATEGORY", "SUBCATEGORY"})
    titles.push_back({dimension, Align::right});
  return titles;
}

std::vector<Cell> key_cells(const SalesKey& key, const NamesByCode& names) {
  std::vector<Cell> cells{{key.upc}};
  if (!names.empty()) cells.push_back({name_of(names, key.upc)});
  for (const auto dimension : {key.proveedor, key.departamento, key.categoria, key.subcategoria})
    cells.push_back({std::to_string(dimension)});
  return cells;
}

Dict key_dict(const SalesKey& key) {
  return {{{"Code", key.upc},
           {"Supplier", key.proveedor},
           {"Department", key.departamento},
           {"Category", key.categoria},
           {"Subcategory", key.subcategoria}}};
}

void put_amounts(Dict& dict, const Amounts& amounts) {
  dict.entries.push_back({"Units", amounts.unidades.to_string()});
  dict.entries.push_back({"Sales", amounts.venta.to_string()});
  dict.entries.push_back({"Cost", amounts.costo.to_string()});
}

}  // namespace consolidador::ctl
