// SPDX-License-Identifier: MIT
#include "daemon/ctl/loss_view.hpp"

#include <fmt/format.h>

#include "daemon/ctl/table.hpp"
#include "lib/core/decimal.hpp"

namespace consolidador::ctl {
namespace {

using bus::Dict;
using Align = Table::Align;

Decimal amount(const Dict& dict, const char* key) {
  const auto text = bus::get<std::string>(dict, key);
  return text.empty() ? Decimal() : Decimal::parse(text);
}

struct Figures {
  std::uint64_t going = 0;
  std::uint64_t rows = 0;
  std::uint64_t rows_left = 0;
  Decimal units;
  Decimal units_left;
  Decimal sales;
  Decimal sales_left;

  Figures& operator+=(const Figures& other) {
    going += other.going;
    rows += other.rows;
    rows_left += other.rows_left;
    units += other.units;
    units_left += other.units_left;
    sales += other.sales;
    sales_left += other.sales_left;
    return *this;
  }
};

Figures figures_of(const Dict& loss) {
  return {bus::get<std::uint64_t>(loss, "RowsGoing"),
          bus::get<std::uint64_t>(loss, "Rows"),
          bus::get<std::uint64_t>(loss, "RowsLeft"),
          amount(loss, "Units"),
          amount(loss, "UnitsLeft"),
          amount(loss, "Sales"),
          amount(loss, "SalesLeft")};
}

std::vector<Cell> row(const std::string& title, const std::string& target, const Figures& figures) {
  return {{title},
          {target},
          {std::to_string(figures.going), Colour::yellow},
          {std::to_string(figures.rows)},
          {std::to_string(figures.rows_left)},
          {figures.units.to_string()},
          {figures.units_left.to_string()},
          {figures.sales.to_string()},
          {figures.sales_left.to_string()}};
}

}  // namespace

bool is_held(const Dict& day) {
  return !bus::get<std::string>(day, "Held").empty();
}

bool is_conflict(const Dict& day) {
  return bus::get<bool>(day, "Conflict");
}

std::string loss_view(const std::vector<Dict>& days, bool coloured) {
  Table table({{"DATE"},
               {"IN"},
               {"ROWS GOING", Align::right},
               {"OF", Align::right},
               {"LEFT", Align::right},
               {"UNITS", Align::right},
               {"LEFT", Align::right},
               {"SALES", Align::right},
               {"LEFT", Align::right}});
  Figures total;
  for (const Dict& day : days) {
    const auto loss = bus::get<Dict>(day, "Loss");
    const auto figures = figures_of(loss);
    total += figures;
    table.add(
        row(bus::get<std::string>(day, "Date"), bus::get<std::string>(loss, "Target"), figures));
  }
  table.add(row("total", "", total));
  return table.text(coloured);
}

std::string loss_text(const Dict& day) {
  const auto loss = bus::get<Dict>(day, "Loss");
  if (loss.entries.empty()) return {};
  const auto figures = figures_of(loss);
  return fmt::format("{} of {} rows in {}, units {} of {}, sales {} of {}", figures.going,
                     figures.rows, bus::get<std::string>(loss, "Target"),
                     (figures.units - figures.units_left).to_string(), figures.units.to_string(),
                     (figures.sales - figures.sales_left).to_string(), figures.sales.to_string());
}

std::string contents_view(const Dict& day, bool coloured) {
  Table table({{"TARGET"},
               {"ROWS", Align::right},
               {"UNITS", Align::right},
               {"SALES", Align::right},
               {"COST", Align::right},
               {"HUELLA", Align::right}});
  for (const Dict& target : bus::get<std::vector<Dict>>(day, "Targets"))
    table.add({{bus::get<std::string>(target, "Target")},
               {std::to_string(bus::get<std::uint64_t>(target, "Rows"))},
               {bus::get<std::string>(target, "Units")},
               {bus::get<std::string>(target, "Sales")},
               {bus::get<std::string>(target, "Cost")},
               {bus::get<std::string>(target, "Huella")}});
  return table.text(coloured);
}

}  // namespace consolidador::ctl
