// SPDX-License-Identifier: MIT
#include "daemon/bus/job.hpp"

#include "daemon/bus/error.hpp"
#include "daemon/bus/names.hpp"
#include "daemon/bus/snapshot.hpp"

namespace consolidador::bus {

Interface Job::interface() {
  // The request may be gone when the bus has told who calls: nothing of it is used then.
  const auto cancel = [&control = control_, id = request_.id](const Values&, Commander) -> Values {
    if (!control.cancel(id))
      throw BusError(error_not_found, "request " + std::to_string(id) + " does not run any more");
    return {};
  };
  Interface interface {
    job_interface, {{"Cancel", Access::commanders, {}, {}, cancel}}, {}, {}
  };
  const auto add = [&](const char* name, const char* type, Emits emits,
                       Value (*value)(const RequestInfo&)) {
    interface.properties.push_back({name, type, emits, [this, value] { return value(request_); }});
  };
  using Request = const RequestInfo&;
  add("Kind", "s", Emits::constant,
      [](Request r) -> Value { return std::string(to_string(r.kind)); });
  add("From", "s", Emits::constant, [](Request r) -> Value { return to_string(r.range.first); });
  add("To", "s", Emits::constant, [](Request r) -> Value { return to_string(r.range.last); });
  add("State", "s", Emits::changes,
      [](Request r) -> Value { return std::string(to_string(r.state)); });
  add("Progress", "d", Emits::changes, [](Request r) -> Value { return progress(r); });
  add("Done", "t", Emits::changes, [](Request r) -> Value { return std::uint64_t{r.done}; });
  add("Total", "t", Emits::changes, [](Request r) -> Value { return std::uint64_t{r.total}; });
  add("Failed", "t", Emits::changes, [](Request r) -> Value { return std::uint64_t{r.failed}; });
  add("Held", "t", Emits::changes, [](Request r) -> Value { return std::uint64_t{r.held}; });
  add("Error", "s", Emits::changes, [](Request r) -> Value { return bounded(r.error); });
  return interface;
}

}  // namespace consolidador::bus
