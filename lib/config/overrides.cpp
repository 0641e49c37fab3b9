// SPDX-License-Identifier: MIT
#include "lib/config/overrides.hpp"

#include <algorithm>
#include <array>

namespace consolidador::config {

std::span<const Override> overrides() {
  static const std::array<Override, 16> all{{
      {"branch.id", "ID_SUCURSAL"},
      {"databases.operational.host", "ipSucursal"},
      {"databases.operational.user", "userSucursal"},
      {"databases.operational.password", "passSucursal"},
      {"databases.operational.port", "portSucursal"},
      {"databases.operational.database", "dbSucursal"},
      {"databases.local.host", "ipLocal"},
      {"databases.local.user", "userLocal"},
      {"databases.local.password", "passLocal"},
      {"databases.local.port", "portLocal"},
      {"databases.local.database", "dbLocal"},
      {"databases.vps.host", "ipVps"},
      {"databases.vps.user", "userVps"},
      {"databases.vps.password", "passVps"},
      {"databases.vps.port", "portVps"},
      {"databases.vps.database", "dbVps"},
  }};
  return all;
}

const Override* find_override(std::string_view key) {
  const auto all = overrides();
  const auto found = std::find_if(all.begin(), all.end(), [&](auto& o) { return o.key == key; });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace consolidador::config
