// SPDX-License-Identifier: MIT
// Whatever a POS's procedure returns, the day is valid, sorted and told once each, or is refused.
//
// The input: columns and cells, each ended by a line feed; a blank line ends the columns; the cell
// `\N` is NULL.
#include <algorithm>

#include "lib/core/text.hpp"
#include "lib/sync/extractor.hpp"
#include "tests/fuzz/fuzz.hpp"
#include "tests/support/fakes.hpp"

using namespace consolidador;

namespace {

constexpr std::size_t most_columns = 32;
const Date day = parse_date("2026-11-24");

void read_columns(test::FakeSource& source, std::string_view& rest) {
  std::vector<std::string> columns;
  while (!rest.empty() && columns.size() < most_columns) {
    const auto name = fuzz::take_until(rest, '\n');
    if (name.empty()) break;
    columns.emplace_back(name);
  }
  if (!columns.empty()) source.columns = columns;
}

std::optional<std::string> take_cell(std::string_view& rest) {
  const auto text = fuzz::take_until(rest, '\n');
  if (text == "\\N") return std::nullopt;
  return std::string(text);
}

void read_rows(test::FakeSource& source, std::string_view rest) {
  auto& rows = source.days[day];
  while (!rest.empty()) {
    test::FakeSource::Cells cells;
    while (cells.size() < source.columns.size()) cells.push_back(take_cell(rest));
    rows.push_back(std::move(cells));
  }
}

void check(const ExtractedDay& extracted, std::size_t rows) {
  fuzz::promise(extracted.rows.size() == rows && extracted.totals.filas == rows);
  for (const auto& row : extracted.rows) {
    const auto letters = utf8_length(row.key.upc);
    fuzz::promise(letters && *letters > 0 && *letters <= 20);
    for (const auto amount : {row.unidades, row.venta, row.costo})
      fuzz::promise(fits_decimal_18_4(amount));
  }
  const auto unordered = [](const SalesRow& a, const SalesRow& b) { return a.key >= b.key; };
  fuzz::promise(std::ranges::adjacent_find(extracted.rows, unordered) == extracted.rows.end());
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto rest = fuzz::text_of(data, size);
  test::Steps steps;
  test::FakeSource source(steps);
  read_columns(source, rest);
  read_rows(source, rest);
  try {
    check(extract(source, test::branch_id, day, {.enabled = false, .tolerance = {}}),
          source.days[day].size());
  } catch (const Error& error) {
    fuzz::promise(error.error_class() == ErrorClass::permanent);
  }
  return 0;
}
