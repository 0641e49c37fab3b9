// SPDX-License-Identifier: MIT
#include "daemon/ctl/diff_lines.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "lib/core/text.hpp"
#include "lib/sync/quarantine.hpp"

namespace consolidador::ctl {

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

std::vector<Cell> cells_of(const std::optional<Amounts>& amounts) {
  if (!amounts) return {{"-"}, {"-"}, {"-"}};
  return {
      {amounts->unidades.to_string()}, {amounts->venta.to_string()}, {amounts->costo.to_string()}};
}

std::vector<Cell> signed_cells(const Amounts& difference, Colour colour) {
  return {{difference.unidades.to_signed_string(), colour},
          {difference.venta.to_signed_string(), colour},
          {difference.costo.to_signed_string(), colour}};
}

void append(std::vector<Cell>& cells, std::vector<Cell> more) {
  std::ranges::move(more, std::back_inserter(cells));
}

std::vector<Cell> cells_of(const DiffLine& line, const NamesByCode& names) {
  auto cells = key_cells(line.row->key, names);
  cells.push_back({line.place->name});
  append(cells, cells_of(line.there()));
  append(cells, cells_of(line.expected()));
  append(cells, signed_cells(line.difference()));
  return cells;
}

std::string headline(const ToldDifferences& day, DiffRows shown) {
  if (is_nowhere(day))
    return fmt::format("{}: no place has anything of this day, and no ledger", day.date);
  if (day.compared().empty())
    return fmt::format("{}: nothing was compared, for no place could be asked", day.date);
  auto text =
      fmt::format("{}: {} {} in the places that were compared", day.date, day.different_rows,
                  day.different_rows == 1 ? "row differs" : "rows differ");
  const auto there = std::min(day.rows.size(), shown);
  if (there < day.different_rows)
    text += fmt::format("; the {} that move most sales are shown, the totals are of all", there);
  if (day.reclassified != 0)
    text += fmt::format("; {} {} another supplier in the POS since",
                        counted(day.reclassified, "row"), day.reclassified == 1 ? "has" : "have");
  return text;
}

Cell state_of(const ToldPlace& place) {
  if (place.archived) return {"the POS has it no longer"};
  if (!place.compared) return {"not compared: " + place.error, Colour::red};
  if (place.name == "operational")
    return {rejections_text({place.rejected_rows, place.rejected}), Colour::yellow};
  if (!place.recorded)
    return place.totals.filas == 0 ? Cell{"has nothing of it"}
                                   : Cell{"not in its ledger", Colour::red};
  return place.intact ? Cell{"as its ledger says", Colour::green}
                      : Cell{"its ledger says otherwise", Colour::red};
}

bool is_nowhere(const ToldDifferences& day) {
  return std::ranges::all_of(day.places, [](const ToldPlace& place) {
    return place.archived || (place.compared && !place.recorded && place.totals.filas == 0);
  });
}

bool is_missed(const ToldPlace& place) {
  return !place.compared && !place.archived;
}

bool is_compared(const ToldDifferences& day, const std::string& place) {
  return std::ranges::any_of(day.compared(), [&](const auto* each) { return each->name == place; });
}

bool is_at_odds(const ToldPlace& place) {
  if (!place.compared || place.name == "operational") return false;
  return place.recorded ? !place.intact : place.totals.filas != 0;
}

}  // namespace consolidador::ctl
