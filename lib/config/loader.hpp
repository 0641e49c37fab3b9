// SPDX-License-Identifier: MIT
#pragma once
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "lib/config/config.hpp"

namespace consolidador {

/// Looks an environment variable up; tests pass their own.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

/// The process' environment.
Environment process_environment();

/// Reads and checks the whole file. Throws ConfigError for the first thing wrong, in the form
/// `FILE:LINE: KEY: what is wrong; what to do`; a missing key has the line of its section, and what
/// concerns the whole file has neither line nor key.
///
/// The Python bot's variables override the file: ID_SUCURSAL, and for operational, local and vps
/// `ip… user… pass… port… db…` with the endings Sucursal, Local and Vps; `ip…` also replaces a
/// `socket` of the file. An empty variable counts as unset. An error in one names it in place of
/// file, line and key: `environment variable portVps: …`.
///
/// Passwords are looked for in $CREDENTIALS_DIRECTORY/<operational|local|vps>.password, then in
/// password_file (its mode must not let group or others read), then in the variable `pass…`.
Config load_config(const std::filesystem::path& file, const Environment& environment);

/// Reads a file that says nothing but `databases: {vps: ...}`: how head office's programs get at
/// the VPS. In all else as load_config().
Endpoint load_vps(const std::filesystem::path& file, const Environment& environment);

}  // namespace consolidador
