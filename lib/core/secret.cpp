// SPDX-License-Identifier: MIT
#include "lib/core/secret.hpp"

#include <sys/prctl.h>

#include <cstring>

namespace consolidador {

void Secret::wipe(std::string& text) noexcept {
  text.resize(text.capacity());  // beyond the end there may be older, longer content
  explicit_bzero(text.data(), text.size());
  text.clear();
}

void keep_memory_private() noexcept {
  ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

}  // namespace consolidador
