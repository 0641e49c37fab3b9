// SPDX-License-Identifier: MIT
#include "lib/db/multi_row.hpp"

namespace consolidador {
namespace {

struct Group {
  std::size_t begin = std::string_view::npos;  // at the opening parenthesis
  std::size_t end = 0;                         // behind the closing one
};

Group find_group(std::string_view sql) {
  Group group;
  const auto keyword = sql.find("\nVALUES (");
  if (keyword == std::string_view::npos) return group;
  group.begin = sql.find('(', keyword);
  int depth = 0;
  for (group.end = group.begin; group.end < sql.size();) {
    const char c = sql[group.end++];
    depth += c == '(' ? 1 : c == ')' ? -1 : 0;
    if (depth == 0) break;
  }
  return group;
}

}  // namespace

bool is_insert_values(std::string_view sql) {
  return sql.find("INSERT INTO") != std::string_view::npos &&
         find_group(sql).begin != std::string_view::npos;
}

std::string repeat_values(std::string_view sql, std::size_t rows) {
  const Group group = find_group(sql);
  const auto text = sql.substr(group.begin, group.end - group.begin);
  std::string repeated(sql.substr(0, group.end));
  repeated.reserve(sql.size() + rows * (text.size() + 2));
  for (std::size_t i = 1; i < rows; ++i) repeated.append(", ").append(text);
  return repeated.append(sql.substr(group.end));
}

}  // namespace consolidador
