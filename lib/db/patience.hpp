// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>

namespace consolidador {

/// How long a server may work on one statement of what the current thread does now, where that is
/// longer than the pool's own limit: a large day needs more time than others. A pool lends
/// connections that were opened for it.
class Patience {
 public:
  /// For as long as it lives, on the thread that made it. Scopes nest.
  class Scope {
   public:
    explicit Scope(std::chrono::seconds statement) noexcept;
    ~Scope();
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    std::chrono::seconds before_;
  };

  /// Zero without a scope.
  static std::chrono::seconds of_this_thread() noexcept;
};

}  // namespace consolidador
