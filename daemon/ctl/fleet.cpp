// SPDX-License-Identifier: MIT
#include "daemon/ctl/fleet.hpp"

#include <ctime>

#include "daemon/ctl/fleet_page.hpp"
#include "daemon/ctl/fleet_view.hpp"
#include "daemon/ctl/output.hpp"
#include "lib/config/loader.hpp"
#include "lib/core/file.hpp"
#include "lib/db/library.hpp"
#include "lib/store/endpoint.hpp"

namespace consolidador::ctl {
namespace {

constexpr unsigned shown_days = 91;  // thirteen weeks

/// Of this machine's clocks, now: head office's days are meant.
std::chrono::minutes local_offset(std::time_t now) {
  std::tm local{};
  localtime_r(&now, &local);
  return std::chrono::minutes(local.tm_gmtoff / 60);
}

}  // namespace

int run_fleet(const CommandLine& line, const Screen& screen) {
  const auto now = std::chrono::system_clock::now();
  const DbLibrary library;
  Connection connection(fleet_connection(load_vps(line.config, process_environment())));
  const auto offset = local_offset(std::chrono::system_clock::to_time_t(now));
  const Fleet fleet = read_fleet(connection, offset, shown_days);
  if (!line.html.empty())
    replace_file(line.html, fleet_page(fleet, now, shown_days), for_everybody);
  else if (line.format == Format::json)
    screen.out << fleet_json(fleet) << '\n';
  else
    screen.out << fleet_table(fleet, screen.look);
  return static_cast<int>(ExitCode::ok);
}

}  // namespace consolidador::ctl
