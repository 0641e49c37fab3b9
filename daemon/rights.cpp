// SPDX-License-Identifier: MIT
#include "daemon/rights.hpp"

#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <system_error>

#include "lib/core/error.hpp"
#include "lib/core/secret.hpp"

namespace consolidador {
namespace {

namespace fs = std::filesystem;

struct Account {
  uid_t user;
  gid_t group;
};

/// Of the first folder on the way that is not root's; what is not there yet will be.
std::optional<Account> first_other_on(const fs::path& way) {
  fs::path folder;
  for (const fs::path& name : way) {
    folder /= name;
    struct stat found {};
    if (::stat(folder.c_str(), &found) != 0) return std::nullopt;
    if (found.st_uid != 0) return Account{found.st_uid, found.st_gid};
  }
  return std::nullopt;
}

/// As the path is written, and as its links lead.
std::optional<Account> first_other(const fs::path& folder) {
  if (const auto account = first_other_on(folder)) return account;
  std::error_code error;
  const fs::path real = fs::weakly_canonical(folder, error);
  return error ? std::nullopt : first_other_on(real);
}

bool become(const Account& account) {
  const passwd* user = ::getpwuid(account.user);
  const gid_t group = user ? user->pw_gid : account.group;
  const int groups = user ? ::initgroups(user->pw_name, group) : ::setgroups(0, nullptr);
  return groups == 0 && ::setresgid(group, group, group) == 0 &&
         ::setresuid(account.user, account.user, account.user) == 0;
}

}  // namespace

void become_owner_of(const fs::path& folder) {
  if (::geteuid() != 0) return;
  const auto account = first_other(folder);
  if (!account) return;
  if (!become(*account))
    throw ConfigError(
        fmt::format("paths.logs: {} is user {}'s, and root cannot become that one here ({}); run "
                    "this as that user",
                    folder.string(), account->user, std::strerror(errno)));
  keep_memory_private();  // the kernel may have opened it to the account
}

}  // namespace consolidador
