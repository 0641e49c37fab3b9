// SPDX-License-Identifier: MIT
#pragma once
#include "daemon/service/control.hpp"

namespace consolidador {

/// Who is told what happens: the listener that the bus has set, or nobody. Loop thread only.
class Audience {
 public:
  void set(ControlListener* listener) { listener_ = listener ? listener : &nobody_; }
  ControlListener* operator->() const noexcept { return listener_; }

 private:
  struct Nobody : ControlListener {
    void status_changed() override {}
    void day_synced(Date, const std::string&, const DayTotals&, const WrittenChange&,
                    const Rejections&, const std::string&) override {}
    void day_failed(Date, const std::string&) override {}
    void day_held(Date, const std::string&) override {}
    void health_changed(const HealthVerdict&) override {}
    void target_up(const std::string&) override {}
    void target_down(const std::string&, const std::string&) override {}
    void request_new(const RequestInfo&) override {}
    void request_progress(const RequestInfo&) override {}
    void request_removed(const RequestInfo&) override {}
    void cycle_finished(std::uint64_t, std::size_t, std::size_t) override {}
  };

  Nobody nobody_;
  ControlListener* listener_ = &nobody_;
};

}  // namespace consolidador
