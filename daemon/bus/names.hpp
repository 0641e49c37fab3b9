// SPDX-License-Identifier: MIT
#pragma once
#include <string>

#include "daemon/bus/value.hpp"

namespace consolidador::bus {

// The names of the interface, which the service, its clients and the bus policy agree on.

inline constexpr const char* name_prefix = "org.consolidador.Ventas1.Sucursal";
inline constexpr const char* manager_path = "/org/consolidador/Ventas1";
inline constexpr const char* manager_interface = "org.consolidador.Ventas1.Manager";
inline constexpr const char* job_path_prefix = "/org/consolidador/Ventas1/job/";
inline constexpr const char* job_interface = "org.consolidador.Ventas1.Job";
inline constexpr const char* log_control_path = "/org/freedesktop/LogControl1";
inline constexpr const char* log_control_interface = "org.freedesktop.LogControl1";
inline constexpr const char* group_of_commanders = "consolidador";

inline std::string name_of_branch(std::int32_t id) {
  return name_prefix + std::to_string(id);
}

inline ObjectPath path_of_job(std::uint64_t id) {
  return {job_path_prefix + std::to_string(id)};
}

// The bus itself.
inline constexpr const char* driver_name = "org.freedesktop.DBus";
inline constexpr const char* driver_path = "/org/freedesktop/DBus";

}  // namespace consolidador::bus
