// SPDX-License-Identifier: MIT
#include "lib/db/transaction.hpp"

namespace consolidador {

Transaction::Transaction(Connection& connection, Mode mode) : connection_(connection) {
  connection_.execute(mode == Mode::write ? "START TRANSACTION"
                                          : "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
                      DbPhase::read);
}

Transaction::~Transaction() {
  if (!open_ || connection_.broken()) return;
  try {
    connection_.execute("ROLLBACK", DbPhase::read);
  } catch (const std::exception&) {
    connection_.mark_broken();
  }
}

void Transaction::commit() {
  connection_.execute("COMMIT", DbPhase::commit);
  open_ = false;
}

}  // namespace consolidador
