// SPDX-License-Identifier: MIT
#include "daemon/bus/guard.hpp"

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "daemon/bus/connection.hpp"
#include "daemon/bus/names.hpp"

namespace consolidador::bus {
namespace {

constexpr std::size_t most_known = 1'000;
constexpr std::size_t most_waiting = 16;        // calls of one caller, for who he is
constexpr std::size_t longest_record = 65'536;  // a group with thousands of members

std::optional<gid_t> commanders() {
  std::vector<char> buffer(longest_record);
  group record{};
  group* found = nullptr;
  getgrnam_r(group_of_commanders, &record, buffer.data(), buffer.size(), &found);
  return found ? std::optional(found->gr_gid) : std::nullopt;
}

struct Account {
  std::string login;
  gid_t group;
};

std::optional<Account> account_of(uid_t user) {
  std::vector<char> buffer(longest_record);
  passwd record{};
  passwd* found = nullptr;
  getpwuid_r(user, &record, buffer.data(), buffer.size(), &found);
  return found ? std::optional(Account{found->pw_name, found->pw_gid}) : std::nullopt;
}

bool is_member(uid_t user, gid_t group) {
  const auto account = account_of(user);
  if (!account) return false;
  std::array<gid_t, 1'024> groups{};
  int count = groups.size();
  if (getgrouplist(account->login.c_str(), account->group, groups.data(), &count) < 0)
    count = groups.size();
  return std::ranges::find(groups.begin(), groups.begin() + count, group) != groups.begin() + count;
}

}  // namespace

bool may_command(uid_t user) {
  if (user == 0 || user == geteuid()) return true;
  const auto group = commanders();
  return group && is_member(user, *group);
}

Commander commander(const Dict& credentials) {
  const Value* value = find(credentials, "UnixUserID");
  const auto* user = value ? std::get_if<std::uint32_t>(value) : nullptr;
  if (!user) return {};
  if (may_command(*user)) return *user;
  const auto group = commanders();
  const auto groups = get<Numbers>(credentials, "UnixGroupIDs");
  return group && std::ranges::find(groups, *group) != groups.end() ? Commander(*user)
                                                                    : Commander();
}

std::string login_of(uid_t user) {
  const auto account = account_of(user);
  return account ? account->login : std::to_string(user);
}

void Guard::ask(const std::string& sender, std::function<void(Commander)> answer) {
  if (const auto known = known_.find(sender); known != known_.end()) return answer(known->second);
  auto& waiting = asked_[sender];
  if (waiting.size() >= most_waiting) return answer({});
  waiting.push_back(std::move(answer));
  if (waiting.size() > 1) return;  // the bus is asked already
  connection_.ask_driver(
      "GetConnectionCredentials", {sender},
      [this, sender](const std::optional<Values>& values) { answered(sender, values); });
}

void Guard::answered(const std::string& sender, const std::optional<Values>& values) {
  const Dict* credentials =
      values && values->size() == 1 ? std::get_if<Dict>(&values->front()) : nullptr;
  const Commander found = credentials ? commander(*credentials) : Commander();
  if (known_.size() >= most_known) known_.clear();
  if (credentials) known_[sender] = found;
  const auto waiting = asked_.extract(sender);
  for (const auto& answer : waiting.mapped()) answer(found);
}

bool Guard::has_room(const std::string& sender, bool may_be_long) {
  return budget_.allows(sender, may_be_long, std::chrono::steady_clock::now());
}

void Guard::count(const std::string& sender, bool may_be_long, std::size_t bytes) {
  budget_.count(sender, may_be_long, bytes);
}

}  // namespace consolidador::bus
