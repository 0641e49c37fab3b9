// SPDX-License-Identifier: MIT
// Asks a branch for its status so often a second, until stdin ends; then prints how many answers
// came, how many calls failed, and the longest wait in milliseconds.
//   status_queries BRANCH PER_SECOND      on the bus of DBUS_SYSTEM_BUS_ADDRESS
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <thread>

#include "daemon/bus/names.hpp"
#include "daemon/bus/sdbus.hpp"

namespace {

using namespace consolidador;
using Clock = std::chrono::steady_clock;

bool stdin_ended() {
  pollfd input{STDIN_FILENO, POLLIN, 0};
  return ::poll(&input, 1, 0) > 0;
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 3) throw std::runtime_error("wrong number of arguments");
  const auto name = bus::name_of_branch(std::stoi(argv[1]));
  const auto interval = std::chrono::microseconds(1'000'000 / std::stoi(argv[2]));
  bus::Connection connection(bus::BusKind::system);
  std::size_t answers = 0, failures = 0;
  Clock::duration longest{};
  for (auto due = Clock::now(); !stdin_ended(); due += interval) {
    std::this_thread::sleep_until(due);
    const auto asked = Clock::now();
    try {
      connection.call(name, bus::manager_path, bus::manager_interface, "GetStatus", {},
                      std::chrono::seconds(5));
      ++answers;
    } catch (const std::exception&) {
      ++failures;
    }
    longest = std::max(longest, Clock::now() - asked);
  }
  fmt::print("{} {} {:.1f}\n", answers, failures,
             std::chrono::duration<double, std::milli>(longest).count());
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "status_queries: %s\n", error.what());
  return 1;
}
