// SPDX-License-Identifier: MIT
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace consolidador::preflight {

/// A privilege on an object of the daemon's database.
struct Right {
  std::string_view privilege;  ///< `SELECT`, `EXECUTE`
  std::string_view object;     ///< `VentasAgrupadas`, `PROCEDURE sp_registrar_dia`
  bool dispensable = false;    ///< neither missing nor too much: its table has to be made first
};

struct GrantsVerdict {
  std::vector<std::string> missing;  ///< `EXECUTE ON PROCEDURE central.sp_registrar_dia`
  std::vector<std::string> excess;   ///< in the same form, and `... WITH GRANT OPTION`
};

/// Compares the lines of SHOW GRANTS with what is needed. A right on more than the object (`ALL
/// PRIVILEGES`, `central.*`) is not missing, but too much. Nothing of a line's password gets into
/// the verdict.
GrantsVerdict judge_grants(std::span<const std::string> lines, std::string_view database,
                           std::span<const Right> needed);

}  // namespace consolidador::preflight
