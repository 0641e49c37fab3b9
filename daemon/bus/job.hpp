// SPDX-License-Identifier: MIT
#pragma once
#include "daemon/bus/interface.hpp"
#include "daemon/service/control.hpp"

namespace consolidador::bus {

/// org.consolidador.Ventas1.Job: a running request. Loop thread only.
class Job {
 public:
  Job(Control& control, RequestInfo request) : control_(control), request_(std::move(request)) {}

  Interface interface();

  void update(const RequestInfo& request) { request_ = request; }
  const RequestInfo& request() const noexcept { return request_; }

 private:
  Control& control_;
  RequestInfo request_;
};

}  // namespace consolidador::bus
