// SPDX-License-Identifier: MIT
#include "lib/store/pos_products.hpp"

#include <chrono>

#include "lib/core/text.hpp"
#include "lib/db/statement.hpp"
#include "lib/store/statements.hpp"

namespace consolidador {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto longest = 5s;
constexpr std::size_t most_bytes = 120;

std::string name_of(Connection& connection, const std::string& code) {
  std::string name;
  Rows rows = connection.statement(statements::describir_producto).query({code}, DbPhase::read);
  if (rows.next()) name = one_line(rows.cells()[0].value_or(""));
  rows.finish();
  return std::string(shortened(name, most_bytes));
}

}  // namespace

NamesByCode PosProducts::names(std::span<const std::string> codes) {
  const auto end = Clock::now() + longest;
  const auto connection = pool_.acquire();
  NamesByCode names;
  for (const std::string& code : codes) {
    if (Clock::now() > end) break;
    if (auto name = name_of(*connection, code); !name.empty()) names.emplace(code, std::move(name));
  }
  return names;
}

}  // namespace consolidador
