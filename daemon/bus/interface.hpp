// SPDX-License-Identifier: MIT
#pragma once
#include <sys/types.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "daemon/bus/value.hpp"

namespace consolidador::bus {

// An interface as a table: what the bus is told of it, and what is called.

struct Parameter {
  const char* signature;
  const char* name;
};
using Parameters = std::vector<Parameter>;

/// Their signatures as one, and their names, as the bus is told of them.
std::string types_of(const Parameters& parameters);
std::vector<std::string> names_of(const Parameters& parameters);

enum class Access {
  everybody,   ///< reads
  commanders,  ///< root, the daemon's own user, members of the group
};

/// The user who calls and may command. Nothing of who only reads: the bus is not asked who that is.
using Commander = std::optional<uid_t>;

/// Sends what `result` gives to the caller, or what it throws as his error; to nobody when the
/// connection is lost. May be called once, on the loop.
using Reply = std::function<void(const std::function<Values()>& result)>;

struct Method {
  const char* name;
  Access access;
  Parameters in;
  Parameters out;
  /// The arguments are of the types of `in`; of commanders' methods the caller is known. What it
  /// throws is the caller's error.
  std::function<Values(const Values& arguments, Commander caller)> run;
  /// Instead of `run`, where the answer takes its time. What it throws itself is the caller's
  /// error.
  std::function<void(const Values& arguments, Commander caller, Reply reply)> begin = {};
  bool may_be_long = false;  ///< its answer, of megabytes: who only reads gets few of them
};

enum class Emits {
  constant,  ///< never changes while the name is owned
  changes,   ///< PropertiesChanged carries the new value
  nothing,   ///< changes all the time; ask for it
};

struct Property {
  const char* name;
  const char* signature;
  Emits emits;
  std::function<Value()> get;
  /// None: read-only. Is given the caller's user, and refuses who may not command.
  std::function<void(const Value&, uid_t caller)> set = {};
};

struct Signal {
  const char* name;
  Parameters parameters;
};

struct Interface {
  const char* name;
  std::vector<Method> methods;
  std::vector<Property> properties;
  std::vector<Signal> signals;
};

}  // namespace consolidador::bus
