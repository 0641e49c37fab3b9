// SPDX-License-Identifier: MIT
#include "daemon/bus/budget.hpp"

#include <algorithm>

namespace consolidador::bus {
namespace {

constexpr double kib = 1'024;
// 256 short questions at once, then 64 a second; or a long answer each few seconds.
constexpr Rate of_a_caller{1'024 * kib, 256 * kib};
constexpr double question = 4 * kib;
// Two of the longest answers at once.
constexpr Rate of_long_answers{8'192 * kib, 1'024 * kib};
constexpr std::size_t most_callers = 1'000;

}  // namespace

void Budget::refill(Room& room, const Rate& rate, Instant now) {
  const double seconds = std::chrono::duration<double>(now - room.at).count();
  room.bytes = std::min(rate.burst, room.bytes + seconds * rate.per_second);
  room.at = now;
}

/// Who has not asked for long has all of it again, and need not be known.
Budget::Room& Budget::room_of(const std::string& caller, Instant now) {
  if (callers_.size() >= most_callers)
    std::erase_if(callers_, [now](const auto& entry) {
      Room room = entry.second;
      refill(room, of_a_caller, now);
      return room.bytes >= of_a_caller.burst;
    });
  if (callers_.size() >= most_callers) callers_.clear();
  return callers_.try_emplace(caller, Room{of_a_caller.burst, now}).first->second;
}

bool Budget::allows(const std::string& caller, bool may_be_long, Instant now) {
  Room& own = room_of(caller, now);
  refill(own, of_a_caller, now);
  refill(long_answers_, of_long_answers, now);
  if (own.bytes < question || (may_be_long && long_answers_.bytes <= 0)) return false;
  own.bytes -= question;
  return true;
}

void Budget::count(const std::string& caller, bool may_be_long, std::size_t bytes) {
  const auto own = callers_.find(caller);
  if (own != callers_.end()) own->second.bytes -= static_cast<double>(bytes);
  if (may_be_long) long_answers_.bytes -= static_cast<double>(bytes);
}

}  // namespace consolidador::bus
