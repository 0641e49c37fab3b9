// SPDX-License-Identifier: MIT
#include "lib/preflight/render.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "lib/core/outlet.hpp"

namespace consolidador::preflight {
namespace {

std::string json_result(Result result) {
  return result == Result::failed ? "failed" : std::string(to_string(result));
}

std::string member(std::string_view name, std::string_view value) {
  return fmt::format("{}:{}", for_json(name), for_json(value));
}

}  // namespace

std::string to_table(std::span<const Finding> findings, const Look& look) {
  Table table(std::vector<Table::Column>(4));
  for (const auto& [place, check, result, text, remedy] : findings)
    table.add({{place},
               {check},
               {std::string(to_string(result))},
               {text + (remedy.empty() ? "" : "; ") + remedy}});
  return table.text(look);
}

std::string to_json(std::span<const Finding> findings) {
  Result worst = Result::ok;
  std::string list;
  for (const auto& [place, check, result, text, remedy] : findings) {
    worst = std::max(worst, result);
    list += fmt::format("{}{{{},{},{},{},{}}}", list.empty() ? "" : ",", member("place", place),
                        member("check", check), member("result", json_result(result)),
                        member("text", text), member("remedy", remedy));
  }
  return fmt::format("{{{},\"findings\":[{}]}}\n", member("result", json_result(worst)), list);
}

}  // namespace consolidador::preflight
