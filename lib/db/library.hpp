// SPDX-License-Identifier: MIT
#pragma once

namespace consolidador {

/// Holds libmariadb initialised for the process; one object in main, before any thread starts.
/// Also ignores SIGPIPE: a server that hangs up is an error of the call, not of the process.
class DbLibrary {
 public:
  DbLibrary();
  ~DbLibrary();
  DbLibrary(const DbLibrary&) = delete;
  DbLibrary& operator=(const DbLibrary&) = delete;
};

}  // namespace consolidador
