// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>

#include "daemon/bus/interface.hpp"
#include "daemon/service/control.hpp"

namespace consolidador::bus {

/// org.consolidador.Ventas1.Manager: the daemon as the bus sees it. Holds the last snapshot for a
/// moment, so that a thousand questions a second cost next to nothing. Loop thread only.
class Manager {
 public:
  explicit Manager(Control& control) : control_(control) {}

  Interface interface();

  /// The next question is answered freshly.
  void changed() { status_.reset(); }
  const StatusSnapshot& status();
  const Dict& status_as_dict();

 private:
  std::vector<Method> methods();
  std::vector<Method> questions();
  std::vector<Method> commands();
  std::vector<Property> properties();
  Method request(const char* name, RequestKind kind);
  Values get_day(const Values& arguments) const;
  Values list_days(const Values& arguments) const;
  Values list_jobs() const;
  void sync_now(Reply reply);
  void approve(const Values& arguments, Commander caller, Reply reply);
  void restore(const Values& arguments, Commander caller, Reply reply);
  Values take_over(Commander caller);
  void reload(Reply reply);

  Control& control_;
  std::optional<StatusSnapshot> status_;
  std::optional<Dict> dict_;  // of it
  std::chrono::steady_clock::time_point taken_;
};

}  // namespace consolidador::bus
