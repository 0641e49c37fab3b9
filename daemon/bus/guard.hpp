// SPDX-License-Identifier: MIT
#pragma once
#include <sys/types.h>

#include <functional>
#include <map>
#include <string>

#include "daemon/bus/value.hpp"

namespace consolidador::bus {

class Connection;

/// Whether this user may command by himself: root, the daemon's own user, a member of the group
/// `consolidador` in the machine's database.
bool may_command(uid_t user);

/// The same for what the bus says of a caller, whose process may have got the group another way.
bool may_command(const Dict& credentials);

/// Who may command, by the caller's unique name: asks the bus once for each, without waiting, and
/// remembers the answer (a unique name is never given twice). Loop thread only.
class Guard {
 public:
  explicit Guard(Connection& connection) : connection_(connection) {}

  /// `answer` comes at once or in a later turn of the loop; no when the bus does not tell.
  void ask(const std::string& sender, std::function<void(bool)> answer);

 private:
  Connection& connection_;
  std::map<std::string, bool> known_;
};

}  // namespace consolidador::bus
