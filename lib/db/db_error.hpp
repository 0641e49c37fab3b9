// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <string_view>

#include "lib/core/error.hpp"

namespace consolidador {

/// What the connection was doing when an error arrived; the same errno means different things.
enum class DbPhase {
  connect,  ///< opening: nothing can have been written
  read,     ///< a statement that writes nothing, or BEGIN, or ROLLBACK
  write,    ///< INSERT, UPDATE, DELETE or a procedure that writes, inside a transaction
  commit,   ///< COMMIT: lost here, the outcome is unknown
};

/// What an errno means: its class, where the failure lies, and what to do (empty: nothing to add).
struct DbErrorMeaning {
  ErrorClass error_class;
  ErrorCause cause;
  std::string_view remedy;
};

/// The table of libmariadb's and MariaDB's error numbers. A connection lost while writing inside a
/// transaction is transient, because the server rolls it back; lost in COMMIT it is in doubt, as it
/// is when a cluster's node says that it could not commit. Unknown numbers are permanent.
DbErrorMeaning meaning_of(unsigned db_errno, DbPhase phase) noexcept;

/// The connection cannot be used again after this error.
bool breaks_connection(unsigned db_errno) noexcept;

/// A node of a cluster says that it can write nothing now: not Primary, cut off while it commits,
/// or read-only.
bool takes_host_down(unsigned db_errno) noexcept;

/// The server has no room left, on its disk or for a connection: nothing can be written there now.
bool is_full(unsigned db_errno) noexcept;

/// Another node may do what this one cannot: that, or a write-set that another node's came before.
bool is_for_another_host(unsigned db_errno) noexcept;

struct DbErrorDetails {
  unsigned db_errno;      ///< of the client library or the server
  std::string sqlstate;   ///< five characters
  std::string operation;  ///< such as `connect` or the first words of the statement
  std::string endpoint;   ///< such as `vps (127.0.0.1:4403)`; never with a password
  std::string text;       ///< the server's or library's own words
};

/// A failure of a database or of the way to it.
class DbError : public Error {
 public:
  DbError(DbErrorDetails details, DbPhase phase);

  unsigned db_errno() const noexcept { return details_.db_errno; }
  /// The schema has no such column, as one of an earlier version has not.
  bool column_missing() const noexcept { return details_.db_errno == 1054; }
  /// A statement that writes was refused because the transaction is read only.
  bool refused_as_read_only() const noexcept { return details_.db_errno == 1792; }
  /// There is no such table, or the account has no right on it: of one that it may not see the
  /// server says the latter in any case.
  bool table_missing() const noexcept {
    return details_.db_errno == 1146 || details_.db_errno == 1142;
  }
  /// The schema has not what was asked for, or the account has no right on it: as those of an
  /// earlier version.
  bool out_of_reach() const noexcept {
    return cause() == ErrorCause::schema || cause() == ErrorCause::rights;
  }
  const std::string& sqlstate() const noexcept { return details_.sqlstate; }
  const std::string& operation() const noexcept { return details_.operation; }
  const std::string& endpoint() const noexcept { return details_.endpoint; }

 private:
  DbErrorDetails details_;
};

}  // namespace consolidador
