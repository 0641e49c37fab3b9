// SPDX-License-Identifier: MIT
#pragma once
#include <optional>

#include "daemon/service/inquiries.hpp"
#include "daemon/service/notifier.hpp"
#include "daemon/service/status.hpp"

namespace consolidador {

/// Whether systemd's watchdog is still fed although a worker hangs for good, past its deadline and
/// with its connections cut: only a restart ends that, but it would end the others' work, too. So
/// they finish what they have begun, or their own deadlines end it, and then nothing is fed.
class LastUnits {
 public:
  /// `at_work`: anybody works within his deadline. `longest`: that any unit may take.
  bool may_feed(bool hung, bool at_work, SteadyClock::time_point now,
                SteadyClock::duration longest);

  bool awaited() const noexcept { return since_.has_value(); }

 private:
  std::optional<SteadyClock::time_point> since_;  // the hung one was noticed
  bool over_ = false;
};

/// Feeds systemd's watchdog while the loop turns; see LastUnits. Loop thread only.
class Watchdog {
 public:
  /// All of them must outlive this object.
  struct Parts {
    asio::io_context& loop;
    const Branch& branch;
    const Standing& standing;
    Places& places;
    Extractions& extractions;
    const Inquiries& inquiries;
    Notifier& notifier;
  };
  explicit Watchdog(const Parts& parts) : parts_(parts), timer_(parts.loop) {}

  Task<> feed();  ///< until stop(); returns at once where there is no watchdog
  void stop() { timer_.cancel(); }

 private:
  bool may_feed();
  void let_begin(bool new_work);

  Parts parts_;
  asio::steady_timer timer_;
  LastUnits last_units_;
};

}  // namespace consolidador
