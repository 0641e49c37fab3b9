// SPDX-License-Identifier: MIT
#include "lib/db/patience.hpp"

#include <utility>

namespace consolidador {
namespace {

thread_local std::chrono::seconds current{};

}  // namespace

Patience::Scope::Scope(std::chrono::seconds statement) noexcept
    : before_(std::exchange(current, statement)) {}

Patience::Scope::~Scope() {
  current = before_;
}

std::chrono::seconds Patience::of_this_thread() noexcept {
  return current;
}

}  // namespace consolidador
