// SPDX-License-Identifier: MIT
#include "daemon/bus/interface.hpp"

namespace consolidador::bus {

std::string types_of(const Parameters& parameters) {
  std::string types;
  for (const Parameter& parameter : parameters) types += parameter.signature;
  return types;
}

std::vector<std::string> names_of(const Parameters& parameters) {
  std::vector<std::string> names;
  for (const Parameter& parameter : parameters) names.emplace_back(parameter.name);
  return names;
}

}  // namespace consolidador::bus
