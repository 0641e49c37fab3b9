// SPDX-License-Identifier: MIT
#pragma once
#include <mutex>
#include <vector>

namespace consolidador {

/// Ends the blocking calls of another thread: shuts the sockets down that its connections use, so
/// that their reads and writes fail at once with a lost link. The only way to stop a call of
/// libmariadb that does not return (a black hole, a hung statement).
///
/// The working thread holds a Scope for the length of a unit of work; connections opened or
/// borrowed in it attach themselves. interrupt() may be called from any thread at any time.
class Interrupter {
 public:
  /// Every socket in use now, and every one attached until the scope ends, is shut down.
  void interrupt();

  /// Makes the interrupter the current thread's own; one at a time.
  class Scope {
   public:
    explicit Scope(Interrupter& interrupter);
    ~Scope();
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    Interrupter& interrupter_;
  };

  /// A socket in use by the current thread, for as long as this object lives. The descriptor is
  /// duplicated: it stays valid though the client library closes its own. Without a Scope on this
  /// thread it does nothing.
  class Attachment {
   public:
    explicit Attachment(int socket);
    ~Attachment();
    Attachment(const Attachment&) = delete;
    Attachment& operator=(const Attachment&) = delete;

   private:
    Interrupter* interrupter_;
    int duplicate_ = -1;
  };

 private:
  void attach(int duplicate);
  void detach(int duplicate);

  std::mutex mutex_;
  std::vector<int> sockets_;
  bool interrupted_ = false;
};

}  // namespace consolidador
