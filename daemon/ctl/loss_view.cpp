// SPDX-License-Identifier: MIT
#include "daemon/ctl/loss_view.hpp"

#include <fmt/format.h>

#include "lib/core/decimal.hpp"
#include "lib/core/text.hpp"

namespace consolidador::ctl {
namespace {

using bus::Dict;
using Align = Table::Align;

Decimal amount(const Dict& dict, const char* key) {
  const auto text = bus::get<std::string>(dict, key);
  return text.empty() ? Decimal() : Decimal::parse(text);
}

/// What would go of a day, and what stays of its sales.
struct Figures {
  std::uint64_t rows = 0;
  std::uint64_t of = 0;
  Decimal units;
  Decimal sales;
  Decimal cost;
  Decimal sales_left;

  Figures& operator+=(const Figures& other) {
    rows += other.rows;
    of += other.of;
    units += other.units;
    sales += other.sales;
    cost += other.cost;
    sales_left += other.sales_left;
    return *this;
  }
};

Figures figures_of(const Dict& loss) {
  return {bus::get<std::uint64_t>(loss, "RowsGoing"),
          bus::get<std::uint64_t>(loss, "Rows"),
          amount(loss, "Units") - amount(loss, "UnitsLeft"),
          amount(loss, "Sales") - amount(loss, "SalesLeft"),
          amount(loss, "Cost") - amount(loss, "CostLeft"),
          amount(loss, "SalesLeft")};
}

std::vector<Cell> row(const std::string& title, const Figures& figures) {
  return {{title},
          {std::to_string(figures.rows), Colour::yellow},
          {std::to_string(figures.of)},
          {figures.units.to_string(), Colour::yellow},
          {figures.sales.to_string(), Colour::yellow},
          {figures.cost.to_string(), Colour::yellow},
          {figures.sales_left.to_string()}};
}

}  // namespace

bool is_held(const Dict& day) {
  return !bus::get<std::string>(day, "Held").empty();
}

bool was_asked(const Dict& target) {
  return !find(target, "Known") || bus::get<bool>(target, "Known");
}

bool is_conflict(const Dict& day) {
  return bus::get<bool>(day, "Conflict");
}

std::string loss_view(const std::vector<Dict>& days, const Look& look) {
  Table table({{"DATE"},
               {"ROWS", Align::right},
               {"OF", Align::right},
               {"UNITS", Align::right},
               {"SALES", Align::right},
               {"COST", Align::right},
               {"SALES LEFT", Align::right}});
  Figures total;
  for (const Dict& day : days) {
    const auto figures = figures_of(bus::get<Dict>(day, "Loss"));
    total += figures;
    table.add(row(bus::get<std::string>(day, "Date"), figures));
  }
  table.add(row("total", total));
  return table.text(look);
}

std::string loss_heading(const Dict& day) {
  const bool both = bus::get<std::vector<Dict>>(day, "Targets").size() > 1;
  return fmt::format("This would go from {}, because the POS has it no longer:\n",
                     both ? "local and VPS" : "local");
}

std::string loss_text(const Dict& day) {
  const auto loss = bus::get<Dict>(day, "Loss");
  if (loss.entries.empty()) return {};
  const auto figures = figures_of(loss);
  return fmt::format("{} of {} in {}, units {} of {}, sales {} of {}", figures.rows,
                     counted(figures.of, "row"), bus::get<std::string>(loss, "Target"),
                     figures.units.to_string(), amount(loss, "Units").to_string(),
                     figures.sales.to_string(), amount(loss, "Sales").to_string());
}

std::string contents_view(const Dict& day, const Look& look) {
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
  return table.text(look);
}

}  // namespace consolidador::ctl
