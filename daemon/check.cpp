// SPDX-License-Identifier: MIT
#include "daemon/check.hpp"

#include "daemon/terminal.hpp"
#include "lib/preflight/configuration.hpp"
#include "lib/preflight/places.hpp"
#include "lib/preflight/render.hpp"

namespace consolidador {

ExitCode run_check(const Config& config, bool connect, CommandLine::Format format,
                   std::ostream& out) {
  preflight::Report report;
  preflight::inspect_configuration(config, report);
  if (connect) {
    preflight::inspect_source(config, report);
    preflight::inspect_targets(config, report);
  }
  const bool json = format == CommandLine::Format::json;
  out << (json ? preflight::to_json(report.findings())
               : preflight::to_table(report.findings(), plain_look()));
  return report.exit_code();
}

}  // namespace consolidador
