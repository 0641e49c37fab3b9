// SPDX-License-Identifier: MIT
#include "lib/core/secret.hpp"

#include <cstring>

namespace consolidador {

void Secret::wipe(std::string& text) noexcept {
  text.resize(text.capacity());  // beyond the end there may be older, longer content
  explicit_bzero(text.data(), text.size());
  text.clear();
}

}  // namespace consolidador
