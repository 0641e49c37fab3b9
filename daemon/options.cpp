// SPDX-License-Identifier: MIT
#include "daemon/options.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <getopt.h>

#include "lib/core/reason.hpp"

namespace consolidador {
namespace {

constexpr int first_code = 1;  // of the first option; getopt keeps '?' and -1 for itself

std::vector<::option> for_getopt(std::span<const Option> options) {
  std::vector<::option> known;
  for (int code = first_code; const Option& each : options)
    known.push_back({each.name, each.has_value ? required_argument : no_argument, nullptr, code++});
  known.push_back({nullptr, 0, nullptr, 0});
  return known;
}

}  // namespace

Option flag(const char* name, bool& target) {
  return {name, [&target](const char*) { target = true; }, false};
}

Option reason(const char* name, std::string& target) {
  return option(name, target, [name](const char* text) {
    if (const auto problem = reason_problem(text); !problem.empty())
      throw UsageError(fmt::format("--{}: {}", name, problem));
    return text;
  });
}

void refuse_choice(std::string_view name, std::string_view value,
                   std::span<const std::string_view> words) {
  throw UsageError(fmt::format("--{}: '{}' is not {} or {}", name, value,
                               fmt::join(words.first(words.size() - 1), ", "), words.back()));
}

std::vector<std::string> parse_options(int argc, char* const* argv,
                                       std::span<const Option> options) {
  const auto known = for_getopt(options);
  optind = 0;  // getopt keeps its place from one call to the next
  opterr = 0;
  for (int code; (code = getopt_long(argc, argv, "", known.data(), nullptr)) != -1;) {
    if (code == '?') throw UsageError("unknown option, or an option without its value; see --help");
    options[static_cast<std::size_t>(code - first_code)].store(optarg);
  }
  return {argv + optind, argv + argc};
}

}  // namespace consolidador
