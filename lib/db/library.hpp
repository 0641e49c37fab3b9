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

/// libmariadb's storage for one thread; an object at the start of every thread that uses
/// connections.
class DbThread {
 public:
  DbThread();
  ~DbThread();
  DbThread(const DbThread&) = delete;
  DbThread& operator=(const DbThread&) = delete;
};

}  // namespace consolidador
