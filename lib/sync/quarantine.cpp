// SPDX-License-Identifier: MIT
#include "lib/sync/quarantine.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>

#include "lib/core/error.hpp"
#include "lib/core/text.hpp"

namespace consolidador {
namespace {

constexpr std::size_t upc_letters = 100;   // of FilasRechazadas.Upc
constexpr std::size_t other_letters = 40;  // of its further columns
constexpr std::size_t named_rows = 3;
constexpr std::size_t longest = 120;  // of each in a report

/// The first `letters` of valid UTF-8.
std::string_view first_letters(std::string_view text, std::size_t letters) {
  std::size_t bytes = 0;
  for (; letters != 0 && bytes < text.size(); --letters)
    bytes += std::max<std::size_t>(letter_length(text.substr(bytes)), 1);
  return text.substr(0, bytes);
}

std::string hexadecimal(std::string_view bytes) {
  std::string text = "0x";
  for (const char byte : bytes)
    fmt::format_to(std::back_inserter(text), "{:02X}", static_cast<unsigned char>(byte));
  return text;
}

RejectedRow doubled_row(const SalesRow& row) {
  const auto& [upc, proveedor, departamento, categoria, subcategoria] = row.key;
  return {{upc, std::to_string(proveedor), std::to_string(departamento), std::to_string(categoria),
           std::to_string(subcategoria), row.unidades.to_string(), row.venta.to_string(),
           row.costo.to_string()},
          fmt::format(
              "comes twice (IdProveedor {}, IdDepartamento {}, IdCategoria {}, IdSubcategoria {}); "
              "sp_select_ventas_diarias must group by all of them",
              proveedor, departamento, categoria, subcategoria),
          {row.unidades, row.venta, row.costo},
          0};
}

bool is_readable_code(const RejectedRow& row) {
  return !row.reason.starts_with("Upc ");
}

/// Sales and cost, each without its sign.
struct Weight {
  Decimal venta;
  Decimal costo;

  void add(Decimal more_venta, Decimal more_costo) {
    venta += more_venta.abs();
    costo += more_costo.abs();
  }
  bool is_more_than(unsigned percent, const Weight& all) const {
    return venta.units() > all.venta.units() / 100 * percent ||
           costo.units() > all.costo.units() / 100 * percent;
  }
};

bool is_too_much(std::span<const SalesRow> rows, std::span<const RejectedRow> rejected,
                 const QuarantineRule& rule) {
  const auto all_rows = rows.size() + rejected.size();
  if (rejected.size() > rule.most || rejected.size() * 100 > all_rows * rule.rows) return true;
  Weight all, aside;
  for (const SalesRow& row : rows) all.add(row.venta, row.costo);
  for (const RejectedRow& row : rejected) aside.add(row.amounts.venta, row.amounts.costo);
  all.add(aside.venta, aside.costo);
  return aside.is_more_than(rule.money, all);
}

/// Without its place in the result set, which means nothing afterwards. What has no code can be
/// found in the POS by the others.
std::string what_of(const RejectedRow& row) {
  if (is_readable_code(row)) return fmt::format("Upc '{}': {}", row.upc(), row.reason);
  return fmt::format("{} (department {}, category {}, sales {})", row.reason, row.texts[2],
                     row.texts[3], row.texts[6]);
}

std::string named(std::span<const RejectedRow> rejected) {
  std::string text;
  for (const RejectedRow& row : rejected.first(std::min(named_rows, rejected.size())))
    text += (text.empty() ? "" : "; ") + what_of(row);
  if (rejected.size() > named_rows)
    text += fmt::format("; and {} more", rejected.size() - named_rows);
  return text;
}

}  // namespace

std::string rejected_text(std::size_t column, SalesRowMapper::Cell cell) {
  if (!cell) return "NULL";
  const auto letters = column == 0 ? upc_letters : other_letters;
  if (utf8_length(*cell)) return std::string(first_letters(*cell, letters));
  return hexadecimal(cell->substr(0, letters / 2 - 1));
}

std::string text_of(const RejectedRow& row) {
  const auto number = row.row == 0 ? std::string("row") : fmt::format("row {}", row.row);
  return is_readable_code(row) ? fmt::format("{} (Upc '{}'): {}", number, row.upc(), row.reason)
                               : fmt::format("{}: {}", number, row.reason);
}

Rejections rejections_of(std::span<const RejectedRow> rejected) {
  Rejections told{rejected.size(), {}};
  for (const RejectedRow& row : rejected.first(std::min(named_rows, rejected.size())))
    told.text +=
        fmt::format("{}{}", told.text.empty() ? "" : ", ", shortened(what_of(row), longest));
  if (rejected.size() > named_rows) told.text += ", ...";
  return told;
}

std::string rejections_text(const Rejections& rejections) {
  if (rejections.rows == 0) return {};
  return fmt::format("{} {} rejected: {}", rejections.rows, rejections.rows == 1 ? "row" : "rows",
                     one_line(rejections.text));
}

std::vector<RejectedRow> take_doubles(std::vector<SalesRow>& rows) {
  const auto same = [](const SalesRow& a, const SalesRow& b) { return a.key == b.key; };
  std::vector<RejectedRow> doubles;
  auto kept = std::adjacent_find(rows.begin(), rows.end(), same);
  for (auto first = kept; first != rows.end();) {
    const auto next =
        std::find_if(first, rows.end(), [&](const SalesRow& row) { return row.key != first->key; });
    if (next - first > 1)
      std::transform(first, next, std::back_inserter(doubles), doubled_row);
    else
      *kept++ = std::move(*first);
    first = next;
  }
  rows.erase(kept, rows.end());
  return doubles;
}

void check_quarantine(std::span<const SalesRow> rows, std::span<const RejectedRow> rejected,
                      const QuarantineRule& rule) {
  if (rejected.empty()) return;
  if (!rule.enabled) throw DataError(named(rejected) + "; correct it in the POS");
  if (!is_too_much(rows, rejected, rule)) return;
  throw DataError(fmt::format(
      "{}; correct it in the POS: {} of {} rows are more than a day is taken without ({} % of its "
      "rows, {} % of its money)",
      named(rejected), rejected.size(), rows.size() + rejected.size(), rule.rows, rule.money));
}

std::vector<RejectedRow> newly_rejected(std::span<const RejectedRow> now,
                                        std::span<const RejectedRow> before) {
  std::vector<RejectedRow> fresh;
  std::ranges::set_difference(now, before, std::back_inserter(fresh));
  return fresh;
}

std::uint64_t rows_gone_bad(std::span<const SalesRow* const> going,
                            std::span<const RejectedRow> rejected, bool ended) {
  std::set<std::string_view> codes;
  std::uint64_t without_code = 0;
  for (const RejectedRow& row : rejected)
    if (is_readable_code(row))
      codes.insert(row.upc());
    else
      ++without_code;
  const auto by_code = static_cast<std::uint64_t>(std::ranges::count_if(
      going, [&](const SalesRow* row) { return codes.contains(row->key.upc); }));
  return by_code + (ended ? std::min<std::uint64_t>(without_code, going.size() - by_code) : 0);
}

}  // namespace consolidador
