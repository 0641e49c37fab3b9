// SPDX-License-Identifier: MIT
#include "lib/db/library.hpp"

#include <mysql.h>

#include <csignal>

#include "lib/core/error.hpp"

namespace consolidador {

DbLibrary::DbLibrary() {
  std::signal(SIGPIPE, SIG_IGN);
  if (mysql_library_init(0, nullptr, nullptr) != 0)
    throw Error(ErrorClass::permanent, ErrorCause::internal, "libmariadb cannot be initialised");
}

DbThread::DbThread() {
  mysql_thread_init();
}

DbThread::~DbThread() {
  mysql_thread_end();
}

DbLibrary::~DbLibrary() {
  mysql_library_end();
}

}  // namespace consolidador
