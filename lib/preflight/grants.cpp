// SPDX-License-Identifier: MIT
#include "lib/preflight/grants.hpp"

#include <fmt/format.h>
#include <strings.h>

#include <algorithm>
#include <optional>

namespace consolidador::preflight {
namespace {

struct Grant {
  std::vector<std::string> privileges;
  std::string object;  // `*.*`, `central.*`, `central.tabla`, `PROCEDURE central.sp`
  bool grantable = false;
};

bool same(std::string_view a, std::string_view b) {
  return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
}

/// At the commas, but not those of a list of columns.
std::vector<std::string> split_privileges(std::string_view list) {
  std::vector<std::string> privileges(1);
  int depth = 0;
  for (const char c : list) {
    depth += c == '(' ? 1 : c == ')' ? -1 : 0;
    if (c == ',' && depth == 0)
      privileges.emplace_back();
    else if (c != ' ' || !privileges.back().empty())
      privileges.back() += c;
  }
  return privileges;
}

/// Without quotes, and without the backslashes before `_` in a database's name.
std::string bare(std::string_view object) {
  std::string name;
  std::ranges::copy_if(object, std::back_inserter(name),
                       [](char c) { return c != '`' && c != '\\'; });
  return name;
}

/// `GRANT privileges ON object TO account ...`; a role that is granted has no object.
std::optional<Grant> parse(std::string_view line) {
  constexpr std::string_view start = "GRANT ";
  const auto on = line.find(" ON ");
  const auto to = line.find(" TO ", on);
  if (!line.starts_with(start) || to == std::string_view::npos) return std::nullopt;
  Grant grant;
  grant.privileges = split_privileges(line.substr(start.size(), on - start.size()));
  grant.object = bare(line.substr(on + 4, to - on - 4));
  grant.grantable = line.ends_with("WITH GRANT OPTION");
  return grant;
}

std::string qualified(std::string_view object, std::string_view database) {
  constexpr std::string_view procedure = "PROCEDURE ";
  return object.starts_with(procedure)
             ? fmt::format("{}{}.{}", procedure, database, object.substr(procedure.size()))
             : fmt::format("{}.{}", database, object);
}

bool holds(const Grant& grant, std::string_view privilege) {
  return std::ranges::any_of(grant.privileges, [&](const std::string& held) {
    return same(held, privilege) || same(held, "ALL PRIVILEGES");
  });
}

bool covers(const Grant& grant, std::string_view object, std::string_view database) {
  return grant.object == "*.*" || same(grant.object, fmt::format("{}.*", database)) ||
         same(grant.object, object);
}

}  // namespace

GrantsVerdict judge_grants(std::span<const std::string> lines, std::string_view database,
                           std::span<const Right> needed) {
  std::vector<Grant> grants;
  for (const auto& line : lines)
    if (auto grant = parse(line)) grants.push_back(std::move(*grant));

  GrantsVerdict verdict;
  for (const Right& right : needed) {
    const auto object = qualified(right.object, database);
    const auto gives = [&](const Grant& grant) {
      return holds(grant, right.privilege) && covers(grant, object, database);
    };
    if (!right.dispensable && std::ranges::none_of(grants, gives))
      verdict.missing.push_back(fmt::format("{} ON {}", right.privilege, object));
  }
  for (const Grant& grant : grants) {
    for (const auto& privilege : grant.privileges) {
      const bool is_needed = std::ranges::any_of(needed, [&](const Right& right) {
        return same(right.privilege, privilege) &&
               same(qualified(right.object, database), grant.object);
      });
      if (same(privilege, "USAGE") || (is_needed && !grant.grantable)) continue;
      verdict.excess.push_back(fmt::format("{} ON {}{}", privilege, grant.object,
                                           grant.grantable ? " WITH GRANT OPTION" : ""));
    }
  }
  return verdict;
}

}  // namespace consolidador::preflight
