// SPDX-License-Identifier: MIT
#pragma once
#include <stdexcept>
#include <string>
#include <string_view>

namespace consolidador::bus {

/// A call that failed, with its D-Bus error name; what() is the message for people.
class BusError : public std::runtime_error {
 public:
  BusError(std::string name, const std::string& message)
      : std::runtime_error(message), name_(std::move(name)) {}
  const std::string& name() const noexcept { return name_; }

 private:
  std::string name_;
};

// Our own errors.
inline constexpr const char* error_invalid_argument =
    "org.consolidador.Ventas1.Error.InvalidArgument";  ///< a date, text or limit is not acceptable
inline constexpr const char* error_not_found =
    "org.consolidador.Ventas1.Error.NotFound";  ///< no such job, or a day of which nothing is known
inline constexpr const char* error_refused =
    "org.consolidador.Ventas1.Error.Refused";  ///< understood, but not possible (now)
inline constexpr const char* error_configuration =
    "org.consolidador.Ventas1.Error.ConfigurationInvalid";  ///< the old configuration stays
inline constexpr const char* error_access_denied =
    "org.consolidador.Ventas1.Error.AccessDenied";  ///< neither root nor in group consolidador
inline constexpr const char* error_limits_exceeded =
    "org.freedesktop.DBus.Error.LimitsExceeded";  ///< somebody who only reads asks too much
inline constexpr const char* error_unreachable =
    "org.consolidador.Ventas1.Error.Unreachable";  ///< no database that was asked answers
inline constexpr const char* error_database =
    "org.consolidador.Ventas1.Error.Database";  ///< it refuses, or what it holds does not add up
inline constexpr const char* error_failed =
    "org.consolidador.Ventas1.Error.Failed";  ///< a defect of the daemon; its log says more

}  // namespace consolidador::bus
