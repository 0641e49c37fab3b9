// SPDX-License-Identifier: MIT
#include "lib/store/machine_mark.hpp"

#include <fmt/format.h>

#include "lib/core/text.hpp"
#include "lib/db/statement.hpp"
#include "lib/store/statements.hpp"
#include "lib/sync/target.hpp"

namespace consolidador {

constexpr std::size_t longest_host = 64;  // of EstadoSucursales.Equipo

bool refuse_other(Connection& connection, const std::string& name, std::int32_t branch_id,
                  const Machine& machine) {
  Rows rows =
      connection.statement(statements::leer_marca).query({std::int64_t{branch_id}}, DbPhase::read);
  if (!rows.next()) return false;
  const auto id = rows.cells()[0].value_or("");
  const auto host = rows.cells()[1].value_or("");
  if (id == machine.id) return host == machine.host.substr(0, longest_host);
  if (id.empty()) return false;
  throw OtherMachine(
      ErrorClass::permanent, ErrorCause::configuration,
      fmt::format(
          "{}: another machine, {}, writes branch {} there; its last contact was {} UTC. If "
          "this machine is to take its place, switch the other one off, then run "
          "`consolidadorctl take-over`, or `consolidadord ... once --take-over` where there "
          "is no service",
          name, one_line(host.empty() ? id : host), branch_id, rows.cells()[2].value_or("")));
}

}  // namespace consolidador
