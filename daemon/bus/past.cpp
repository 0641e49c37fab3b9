// SPDX-License-Identifier: MIT
#include "daemon/bus/past.hpp"

#include <algorithm>
#include <span>

#include "daemon/bus/snapshot.hpp"
#include "lib/core/outlet.hpp"

namespace consolidador::bus {
namespace {

void append(Dict& dict, Dict more) {
  std::ranges::move(more.entries, std::back_inserter(dict.entries));
}

template <typename Column, typename Rows, typename Cell>
Column column(const Rows& rows, Cell cell) {
  Column cells;
  cells.reserve(rows.size());
  for (const auto& row : rows) cells.push_back(cell(row));
  return cells;
}

template <typename Row>
Dict key_columns(std::span<const Row> rows) {
  const auto dimension = [&](std::int32_t SalesKey::*which) {
    return column<Integers>(rows, [=](const Row& row) { return row.key.*which; });
  };
  return {{{"Code", column<Strings>(rows, [](const Row& row) { return for_bus(row.key.upc); })},
           {"Supplier", dimension(&SalesKey::proveedor)},
           {"Department", dimension(&SalesKey::departamento)},
           {"Category", dimension(&SalesKey::categoria)},
           {"Subcategory", dimension(&SalesKey::subcategoria)}}};
}

/// With the products' names, where some are known.
Dict named_columns(std::span<const RowDifference> rows, const NamesByCode& names) {
  Dict columns = key_columns(rows);
  if (names.empty()) return columns;
  append(columns, {{{"Description", column<Strings>(rows, [&](const RowDifference& row) {
                       const auto name = names.find(row.key.upc);
                       return name == names.end() ? std::string() : bounded(name->second);
                     })}}});
  return columns;
}

/// `amount` gives nothing where there is no row.
template <typename Row, typename Amount>
Dict amount_columns(std::span<const Row> rows, Amount amount) {
  const auto figure = [&](auto which) {
    return column<Strings>(rows, [&](const Row& row) {
      const auto amounts = amount(row);
      return amounts ? ((*amounts).*which).to_string() : std::string();
    });
  };
  return {{{"Units", figure(&Amounts::unidades)},
           {"Sales", figure(&Amounts::venta)},
           {"Cost", figure(&Amounts::costo)}}};
}

Dict change_dict(const DayTotals& after, const DayTotals& before) {
  const auto rows =
      static_cast<std::int64_t>(after.filas) - static_cast<std::int64_t>(before.filas);
  const Amounts change = amounts_of(after) - amounts_of(before);
  return {{{"RowsChange", rows},
           {"UnitsChange", change.unidades.to_string()},
           {"SalesChange", change.venta.to_string()},
           {"CostChange", change.costo.to_string()}}};
}

std::string reason_of(const RecordedVersion& version) {
  if (version.found_altered) return "hallado";
  return version.change ? std::string(to_string(version.change->note.reason)) : std::string();
}

Dict version_dict(const VersionInfo& version) {
  const RecordedVersion& recorded = version.recorded;
  const auto& change = recorded.change;
  Dict dict{{{"Date", to_string(recorded.date)},
             {"Version", recorded.number},
             {"SinceUSec", usec(version.began.instant)},
             {"Since", version.began.clock},
             {"Reason", reason_of(recorded)},
             {"Actor", change ? bounded(change->note.actor) : std::string()},
             {"Account", change ? bounded(change->account) : std::string()},
             {"Note", change ? bounded(change->note.note) : std::string()}}};
  append(dict, totals_dict(recorded.totals));
  if (change && !change->cut())
    append(dict, change_dict(change->after, change->before.value_or(DayTotals{})));
  return dict;
}

Dict place_dict(const PlaceContent& content) {
  Dict dict{{{"Place", content.place},
             {"Compared", content.compared()},
             {"Archived", content.archived},
             {"Error", bounded(content.error)},
             {"RejectedRows", content.rejected.rows},
             {"Rejected", bounded(content.rejected.text)}}};
  if (!content.compared()) return dict;
  append(dict, totals_dict(content.totals));
  append(dict, {{{"Recorded", content.ledger.has_value()},
                 {"Intact", content.ledger == content.totals}}});
  return dict;
}

template <typename Row>
std::span<const Row> first_of(const std::vector<Row>& rows, std::size_t most) {
  return std::span(rows).first(std::min(rows.size(), most));
}

}  // namespace

Dict history_dict(const DayHistory& history) {
  std::vector<Dict> versions;
  for (const VersionInfo& version : history.versions) versions.push_back(version_dict(version));
  std::vector<Dict> hands;
  for (const NotedHands& day : history.hands)
    hands.push_back(
        {{{"Date", to_string(day.date)}, {"Rows", day.rows}, {"Accounts", bounded(day.accounts)}}});
  Dict dict{{{"Target", history.target},
             {"OtherTargets", Strings(history.others)},
             {"Versions", std::move(versions)},
             {"Hands", std::move(hands)},
             {"Altered", history.altered},
             {"TimeZone", history.zone}}};
  if (history.begins)
    append(dict,
           {{{"BeginsUSec", usec(history.begins->instant)}, {"Begins", history.begins->clock}}});
  return dict;
}

Dict past_change_dict(const PastChange& change, std::size_t most_rows) {
  const auto rows = first_of(change.rows, most_rows);
  const auto side = [&](std::size_t index) {
    return amount_columns(rows, [=](const RowDifference& row) { return row.amounts[index]; });
  };
  Dict dict = version_dict(change.version);
  append(dict, {{{"Target", change.target},
                 {"ChangedRows", std::uint64_t{change.rows.size()}},
                 {"RowsOfDay", named_columns(rows, change.names)},
                 {"Before", side(0)},
                 {"After", side(1)}}});
  return dict;
}

Dict past_day_dict(const PastDay& day, std::size_t most_rows) {
  const auto rows = first_of(day.rows, most_rows);
  Dict columns = key_columns(rows);
  append(columns, amount_columns(rows, [](const SalesRow& row) {
           return std::optional(Amounts{row.unidades, row.venta, row.costo});
         }));
  Dict dict = version_dict(day.version);
  append(dict, {{{"Target", day.target}, {"RowsOfDay", std::move(columns)}}});
  return dict;
}

Dict differences_dict(const DayDifferences& differences, std::size_t most_rows) {
  const auto rows = first_of(differences.rows, most_rows);
  std::vector<Dict> places;
  std::size_t compared = 0;
  for (const PlaceContent& content : differences.places) {
    places.push_back(place_dict(content));
    if (!content.compared()) continue;
    const std::size_t index = compared++;
    places.back().entries.push_back(
        {"RowsOfDay",
         amount_columns(rows, [=](const RowDifference& row) { return row.amounts[index]; })});
  }
  return {{{"Date", to_string(differences.date)},
           {"DifferentRows", std::uint64_t{differences.rows.size()}},
           {"Reclassified", std::uint64_t{differences.reclassified}},
           {"Places", std::move(places)},
           {"RowsOfDay", named_columns(rows, differences.names)}}};
}

}  // namespace consolidador::bus
