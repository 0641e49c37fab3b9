// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <functional>

namespace consolidador {

/// Runs `unit` on this thread. Past the limit its connections are cut from outside, for the client
/// library's time-outs begin anew with every byte, and what it throws then is an Error (transient,
/// deadline) that says so. For who has no loop; DbWorker does the same for the service.
void run_until(std::chrono::milliseconds limit, const std::function<void()>& unit);

}  // namespace consolidador
