// SPDX-License-Identifier: MIT
#include "lib/sync/as_sold.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <set>

namespace consolidador {
namespace {

constexpr std::size_t most_examples = 5;

using Rows = std::span<const SalesRow>;

struct Dimension {
  bool MasterData::*from_master;
  std::int32_t SalesKey::*value;
  const char* column;
};

constexpr std::array dimensions{
    Dimension{&MasterData::supplier, &SalesKey::proveedor, "IdProveedor"},
    Dimension{&MasterData::department, &SalesKey::departamento, "IdDepartamento"},
    Dimension{&MasterData::category, &SalesKey::categoria, "IdCategoria"},
    Dimension{&MasterData::subcategory, &SalesKey::subcategoria, "IdSubcategoria"},
};

bool same_till_line(const SalesKey& a, const SalesKey& b, const MasterData& master) {
  return std::ranges::all_of(dimensions, [&](const Dimension& each) {
    return master.*each.from_master || a.*each.value == b.*each.value;
  });
}

/// The key with the other's dimensions where they come from master data.
SalesKey proven_like(SalesKey key, const SalesKey& proven, const MasterData& master) {
  for (const Dimension& each : dimensions)
    if (master.*each.from_master) key.*each.value = proven.*each.value;
  return key;
}

/// The keys under which the code's line was proven; of the whole code when the line is new.
std::set<SalesKey> proven_keys(const SalesKey& key, Rows proven, const MasterData& master) {
  std::set<SalesKey> of_line, of_code;
  for (const SalesRow& row : proven) {
    const SalesKey as_proven = proven_like(key, row.key, master);
    of_code.insert(as_proven);
    if (same_till_line(row.key, key, master)) of_line.insert(as_proven);
  }
  return of_line.empty() ? of_code : of_line;
}

/// Nothing: the row stays as the POS has it. Where a line was proven under several suppliers, the
/// lowest counts, as in the extraction.
std::optional<SalesKey> proven_key(const SalesKey& key, Rows proven, const MasterData& master) {
  if (std::ranges::binary_search(proven, key, {}, &SalesRow::key)) return std::nullopt;
  const auto keys = proven_keys(key, proven, master);
  if (keys.empty() || keys.contains(key)) return std::nullopt;
  return *keys.begin();
}

std::string describe(const SalesKey& proven, const SalesKey& now) {
  std::vector<std::string> changes;
  for (const Dimension& each : dimensions)
    if (proven.*each.value != now.*each.value)
      changes.push_back(
          fmt::format("{} {} now {}", each.column, proven.*each.value, now.*each.value));
  return fmt::format("Upc {}: {}", now.upc, fmt::join(changes, ", "));
}

Rows code_in(Rows rows, const std::string& upc) {
  const auto range = std::ranges::equal_range(
      rows, upc, {}, [](const SalesRow& row) -> const std::string& { return row.key.upc; });
  return {range.begin(), range.end()};
}

void merge_equal_keys(std::vector<SalesRow>& rows) {
  std::ranges::sort(rows, {}, &SalesRow::key);
  auto last = rows.begin();
  for (auto next = rows.begin(); next != rows.end(); ++next) {
    if (next == last) continue;
    if (next->key != last->key) {
      if (++last != next) *last = std::move(*next);
      continue;
    }
    last->unidades += next->unidades;
    last->venta += next->venta;
    last->costo += next->costo;
  }
  if (last != rows.end()) rows.erase(last + 1, rows.end());
}

}  // namespace

AsSold as_sold(Rows wanted, Rows proven, const MasterData& master) {
  AsSold result{{wanted.begin(), wanted.end()}, 0, {}};
  for (SalesRow& row : result.rows) {
    const auto key = proven_key(row.key, code_in(proven, row.key.upc), master);
    if (!key) continue;
    ++result.reclassified;
    if (result.examples.size() < most_examples) result.examples.push_back(describe(*key, row.key));
    row.key = *key;
  }
  if (result.reclassified != 0) merge_equal_keys(result.rows);
  return result;
}

}  // namespace consolidador
