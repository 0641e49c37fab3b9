// SPDX-License-Identifier: MIT
#pragma once
#include "lib/db/connection.hpp"

namespace consolidador {

/// One transaction; rolled back by the destructor unless committed. A failed rollback marks the
/// connection as broken, so that the server ends the transaction when it is closed.
class Transaction {
 public:
  enum class Mode {
    write,     ///< START TRANSACTION
    snapshot,  ///< read only, every statement sees the same instant; needs SessionKind::reader
    /// The same, but not read only: for procedures that write, into temporary tables or a log.
    writable_snapshot,
  };

  Transaction(Connection& connection, Mode mode);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  /// Throws DbError; in doubt when the link was lost in a transaction for writing: the server may
  /// or may not have committed.
  void commit();

 private:
  Connection& connection_;
  Mode mode_;
  bool open_ = true;
};

}  // namespace consolidador
