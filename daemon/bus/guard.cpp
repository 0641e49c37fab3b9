// SPDX-License-Identifier: MIT
#include "daemon/bus/guard.hpp"

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "daemon/bus/names.hpp"
#include "daemon/bus/sdbus.hpp"

namespace consolidador::bus {
namespace {

constexpr std::size_t most_known = 1'000;
constexpr std::size_t longest_record = 65'536;  // a group with thousands of members

std::optional<gid_t> commanders() {
  std::vector<char> buffer(longest_record);
  group record{};
  group* found = nullptr;
  getgrnam_r(group_of_commanders, &record, buffer.data(), buffer.size(), &found);
  return found ? std::optional(found->gr_gid) : std::nullopt;
}

bool is_member(uid_t user, gid_t group) {
  std::vector<char> buffer(longest_record);
  passwd record{};
  passwd* found = nullptr;
  getpwuid_r(user, &record, buffer.data(), buffer.size(), &found);
  if (!found) return false;
  std::array<gid_t, 1'024> groups{};
  int count = groups.size();
  if (getgrouplist(found->pw_name, found->pw_gid, groups.data(), &count) < 0) count = groups.size();
  return std::ranges::find(groups.begin(), groups.begin() + count, group) != groups.begin() + count;
}

}  // namespace

bool may_command(uid_t user) {
  if (user == 0 || user == geteuid()) return true;
  const auto group = commanders();
  return group && is_member(user, *group);
}

bool may_command(const Dict& credentials) {
  const Value* user = find(credentials, "UnixUserID");
  if (!user || !std::holds_alternative<std::uint32_t>(*user)) return false;
  if (may_command(std::get<std::uint32_t>(*user))) return true;
  const auto group = commanders();
  const auto groups = get<Numbers>(credentials, "UnixGroupIDs");
  return group && std::ranges::find(groups, *group) != groups.end();
}

void Guard::ask(const std::string& sender, std::function<void(bool)> answer) {
  if (const auto known = known_.find(sender); known != known_.end()) return answer(known->second);
  connection_.ask_driver(
      "GetConnectionCredentials", {sender},
      [this, sender, answer = std::move(answer)](const std::optional<Values>& values) {
        const Dict* credentials =
            values && values->size() == 1 ? std::get_if<Dict>(&values->front()) : nullptr;
        if (!credentials) return answer(false);
        if (known_.size() == most_known) known_.clear();
        answer(known_[sender] = may_command(*credentials));
      });
}

}  // namespace consolidador::bus
