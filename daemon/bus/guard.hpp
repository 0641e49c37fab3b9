// SPDX-License-Identifier: MIT
#pragma once
#include <sys/types.h>

#include <functional>
#include <map>
#include <string>

#include "daemon/bus/budget.hpp"
#include "daemon/bus/interface.hpp"
#include "daemon/bus/object.hpp"
#include "daemon/bus/value.hpp"

namespace consolidador::bus {

class Connection;

/// Whether this user may command by himself: root, the daemon's own user, a member of the group
/// `consolidador` in the machine's database.
bool may_command(uid_t user);

/// The user, if he may command, by what the bus says of a caller, whose process may have got the
/// group another way than by the machine's database.
Commander commander(const Dict& credentials);

/// The user's login in the machine's database, else his number.
std::string login_of(uid_t user);

/// Who commands, by the caller's unique name: asks the bus once for each, without waiting, and
/// remembers the answer (a unique name is never given twice). Loop thread only.
class Guard : public Gate {
 public:
  explicit Guard(Connection& connection) : connection_(connection) {}

  /// `answer` comes at once or in a later turn of the loop; nothing for who may not command, also
  /// when the bus does not tell.
  void ask(const std::string& sender, std::function<void(Commander)> answer) override;
  bool has_room(const std::string& sender, bool may_be_long) override;
  void count(const std::string& sender, bool may_be_long, std::size_t bytes) override;

 private:
  void answered(const std::string& sender, const std::optional<Values>& values);

  Connection& connection_;
  std::map<std::string, Commander> known_;
  std::map<std::string, std::vector<std::function<void(Commander)>>> asked_;
  Budget budget_;
};

}  // namespace consolidador::bus
