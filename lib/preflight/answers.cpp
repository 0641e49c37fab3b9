// SPDX-License-Identifier: MIT
#include "lib/preflight/answers.hpp"

#include <algorithm>
#include <cctype>

namespace consolidador::preflight {

std::vector<Row> ask(Connection& connection, std::string_view sql,
                     std::initializer_list<Value> parameters) {
  Rows rows = connection.statement(sql).query(parameters, DbPhase::read);
  std::vector<Row> answers;
  while (rows.next()) {
    Row& row = answers.emplace_back();
    for (const auto& cell : rows.cells()) row.emplace_back(cell.value_or(""));
  }
  rows.finish();
  return answers;
}

Variables ask_variables(Connection& connection, std::string_view sql) {
  Variables variables;
  for (Row& row : ask(connection, sql)) {
    std::ranges::transform(row[0], row[0].begin(), [](unsigned char c) { return std::tolower(c); });
    variables.emplace(std::move(row[0]), std::move(row[1]));
  }
  return variables;
}

std::string value_of(const Variables& variables, std::string_view name) {
  const auto found = variables.find(name);
  return found == variables.end() ? "" : found->second;
}

}  // namespace consolidador::preflight
