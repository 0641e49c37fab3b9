// SPDX-License-Identifier: MIT
#include "lib/store/record.hpp"

#include <fmt/format.h>
#include <strings.h>

#include <charconv>

namespace consolidador {

Record::Record(Rows& rows, std::string_view procedure) : rows_(rows), procedure_(procedure) {
  if (!rows_.next()) fail("returned no row");
}

Decimal Record::amount(std::string_view column) const {
  const auto value = cell(column);
  return value ? Decimal::parse_rounding(*value).value : Decimal{};
}

std::uint64_t Record::number(std::string_view column) const {
  const auto text = cell(column).value_or("");
  std::uint64_t value = 0;
  const auto end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stop != end || text.empty())
    fail(fmt::format("returned '{}' as {}", text, column));
  return value;
}

std::string Record::text(std::string_view column) const {
  return std::string(cell(column).value_or(""));
}

std::optional<std::size_t> Record::find(std::string_view column) const {
  for (std::size_t i = 0; i < rows_.columns().size(); ++i)
    if (strcasecmp(rows_.columns()[i].c_str(), std::string(column).c_str()) == 0) return i;
  return std::nullopt;
}

bool Record::has(std::string_view column) const {
  return find(column).has_value();
}

Rows::Cell Record::cell(std::string_view column) const {
  if (const auto position = find(column)) return rows_.cells()[*position];
  fail(fmt::format("has no column {} in its result", column));
}

void Record::fail(std::string_view what) const {
  throw Error(ErrorClass::permanent, ErrorCause::schema,
              fmt::format("{} {}; run the scripts of sql/operativa (POS) or sql/agregada again",
                          procedure_, what));
}

}  // namespace consolidador
