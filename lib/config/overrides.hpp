// SPDX-License-Identifier: MIT
#pragma once
#include <span>
#include <string>
#include <string_view>

namespace consolidador::config {

/// An environment variable of the Python bot that takes precedence over a key of the file.
struct Override {
  std::string_view key;  ///< with the sections: `databases.vps.port`
  std::string variable;
};

std::span<const Override> overrides();

/// The override of `key`; null when it has none.
const Override* find_override(std::string_view key);

}  // namespace consolidador::config
