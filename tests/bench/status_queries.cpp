// SPDX-License-Identifier: MIT
// Asks a branch for its status so often a second, until stdin ends; then prints how many answers
// came, how many calls failed, and the longest wait in milliseconds. Straight sd-bus, and the
// answers are not read: what is measured is what they cost the daemon, not the asker.
//   status_queries BRANCH PER_SECOND      on the bus of DBUS_SYSTEM_BUS_ADDRESS
#include <fmt/format.h>
#include <poll.h>
#include <systemd/sd-bus.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

#include "daemon/bus/names.hpp"

namespace {

using namespace consolidador;
using Clock = std::chrono::steady_clock;

bool stdin_ended() {
  pollfd input{STDIN_FILENO, POLLIN, 0};
  return ::poll(&input, 1, 0) > 0;
}

class Asker {
 public:
  explicit Asker(int branch) : name_(bus::name_of_branch(branch)) {
    if (sd_bus_open_system(&bus_) < 0) throw std::runtime_error("no bus");
  }
  ~Asker() { sd_bus_flush_close_unref(bus_); }
  Asker(const Asker&) = delete;
  Asker& operator=(const Asker&) = delete;

  /// Waits for the answer; whether it is one.
  bool ask() {
    sd_bus_message* answer = nullptr;
    const int result =
        sd_bus_call_method(bus_, name_.c_str(), bus::manager_path, bus::manager_interface,
                           "GetStatus", nullptr, &answer, "");
    sd_bus_message_unref(answer);
    return result >= 0;
  }

 private:
  std::string name_;
  sd_bus* bus_ = nullptr;
};

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 3) throw std::runtime_error("wrong number of arguments");
  Asker asker(std::stoi(argv[1]));
  const auto interval = std::chrono::microseconds(1'000'000 / std::stoi(argv[2]));
  std::size_t answers = 0, failures = 0;
  Clock::duration longest{};
  for (auto due = Clock::now(); !stdin_ended(); due += interval) {
    std::this_thread::sleep_until(due);
    const auto asked = Clock::now();
    ++(asker.ask() ? answers : failures);
    longest = std::max(longest, Clock::now() - asked);
  }
  fmt::print("{} {} {:.1f}\n", answers, failures,
             std::chrono::duration<double, std::milli>(longest).count());
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "status_queries: %s\n", error.what());
  return 1;
}
