// SPDX-License-Identifier: MIT
#pragma once
#include <stdexcept>
#include <string>

namespace consolidador {

/// What may be done about a failure.
enum class ErrorClass {
  transient,  ///< passes by itself: do the whole transaction again, with backoff
  permanent,  ///< stays until a person acts: say it once, try again at the next cycle
  in_doubt,   ///< the connection was lost while writing: read the target before doing it again
};

/// Where the failure lies; decides the remedy, the exit code and the health reason.
enum class ErrorCause {
  link,           ///< the database cannot be reached, or the connection was lost
  deadline,       ///< no end within the unit's limit, so that the connection was cut
  server,         ///< reached, but it cannot now: deadlock, lock wait, disk full, read-only
  rights,         ///< the account may not do it
  schema,         ///< a table, column or procedure is missing or different
  data,           ///< the day's content cannot be accepted
  audit,          ///< the places do not agree and could not be made to
  configuration,  ///< the configuration is wrong
  internal,       ///< a defect of this program, or the machine's own resources
};

/// The base of every error thrown on purpose. what() is one English line for the technician:
/// what failed, where, and the remedy when there is one. It never contains a password.
class Error : public std::runtime_error {
 public:
  Error(ErrorClass error_class, ErrorCause cause, const std::string& message, unsigned code = 0)
      : std::runtime_error(message), class_(error_class), cause_(cause), code_(code) {}

  ErrorClass error_class() const noexcept { return class_; }
  ErrorCause cause() const noexcept { return cause_; }

  /// The database's error number, 0 when it is not a database's.
  unsigned code() const noexcept { return code_; }

  /// The database could not be reached, or has not answered within the unit's limit.
  bool unanswered() const noexcept {
    return cause_ == ErrorCause::link || cause_ == ErrorCause::deadline;
  }

  /// Worth doing again at once (with backoff): transient or in doubt.
  bool retryable() const noexcept { return class_ != ErrorClass::permanent; }

 private:
  ErrorClass class_;
  ErrorCause cause_;
  unsigned code_;
};

/// Any exception as an Error: one that was not thrown on purpose is a defect, or a lack of memory.
Error as_error(const std::exception& error);

/// The day's content cannot be accepted: permanent, for that day only.
class DataError : public Error {
 public:
  explicit DataError(const std::string& message)
      : Error(ErrorClass::permanent, ErrorCause::data, message) {}
};

/// A wrong configuration; exit code 78.
class ConfigError : public Error {
 public:
  explicit ConfigError(const std::string& message)
      : Error(ErrorClass::permanent, ErrorCause::configuration, message) {}
};

}  // namespace consolidador
