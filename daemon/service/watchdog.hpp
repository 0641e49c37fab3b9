// SPDX-License-Identifier: MIT
#pragma once
#include "daemon/service/inquiries.hpp"
#include "daemon/service/notifier.hpp"
#include "daemon/service/status.hpp"

namespace consolidador {

/// Whether systemd's watchdog is still fed although a worker hangs for good, past its deadline and
/// with its connections cut: only a restart ends that, but it would end the others' work, too. So
/// they finish what they have begun, or their own deadlines end it, and then nothing is fed.
class LastUnits {
 public:
  /// `at_work`: anybody works within the deadline of his unit, which may be as long as a large day
  /// is allowed; see DbWorkers.
  bool may_feed(bool hung, bool at_work);

  bool awaited() const noexcept { return awaited_; }

 private:
  bool awaited_ = false;
  bool over_ = false;
};

/// Feeds systemd's watchdog while the loop turns; see LastUnits. Loop thread only.
class Watchdog {
 public:
  /// All of them must outlive this object.
  struct Parts {
    asio::io_context& loop;
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

  Parts parts_;
  asio::steady_timer timer_;
  LastUnits last_units_;
};

}  // namespace consolidador
