// SPDX-License-Identifier: MIT
#include "lib/db/transaction.hpp"

namespace consolidador {
namespace {

std::string_view start_of(Transaction::Mode mode) {
  switch (mode) {
    case Transaction::Mode::write:
      return "START TRANSACTION";
    case Transaction::Mode::writable_snapshot:
      return "START TRANSACTION WITH CONSISTENT SNAPSHOT";
    case Transaction::Mode::snapshot:
      break;
  }
  return "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY";
}

}  // namespace

Transaction::Transaction(Connection& connection, Mode mode) : connection_(connection), mode_(mode) {
  connection_.execute(start_of(mode), DbPhase::read);
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
  connection_.execute("COMMIT", mode_ == Mode::write ? DbPhase::commit : DbPhase::read);
  open_ = false;
}

}  // namespace consolidador
