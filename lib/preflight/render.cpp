// SPDX-License-Identifier: MIT
#include "lib/preflight/render.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "lib/core/text.hpp"

namespace consolidador::preflight {
namespace {

std::size_t widest(std::span<const Finding> findings, std::string Finding::*member) {
  std::size_t width = 0;
  for (const Finding& finding : findings) width = std::max(width, (finding.*member).size());
  return width;
}

std::string json_result(Result result) {
  return result == Result::failed ? "failed" : std::string(to_string(result));
}

std::string member(std::string_view name, std::string_view value) {
  return fmt::format("{}:{}", json_text(name), json_text(value));
}

}  // namespace

std::string to_table(std::span<const Finding> findings) {
  const auto places = widest(findings, &Finding::place);
  const auto checks = widest(findings, &Finding::check);
  std::string table;
  for (const auto& [place, check, result, text, remedy] : findings)
    table += fmt::format("{:{}}  {:{}}  {:7}  {}{}{}\n", place, places, check, checks,
                         to_string(result), text, remedy.empty() ? "" : "; ", remedy);
  return table;
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
