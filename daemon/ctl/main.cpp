// SPDX-License-Identifier: MIT
#include <iostream>

#include "daemon/ctl/commands.hpp"
#include "daemon/ctl/nagios.hpp"
#include "daemon/terminal.hpp"
#include "lib/core/outlet.hpp"
#include "lib/core/secret.hpp"

namespace {

using namespace consolidador;

int run(int argc, char** argv) {
  const auto line = ctl::parse_command_line(argc, argv);
  if (line.help) return std::cout << ctl::usage_text(), 0;
  if (line.version) return std::cout << ctl::version_text(), 0;
  return ctl::run_command(line, {std::cout, coloured_look(), is_terminal()});
}

/// The monitoring system reads stdout, and knows four codes.
int fail(bool nagios, ExitCode code, const std::string& reason) {
  if (!nagios) {
    std::cerr << "consolidadorctl: " << for_terminal(reason) << '\n';
    return static_cast<int>(code);
  }
  const auto result = ctl::nagios_failure(false, reason);
  std::cout << result.line << '\n';
  return result.exit_code;
}

}  // namespace

int main(int argc, char** argv) {
  keep_memory_private();
  const bool nagios = ctl::asks_for_nagios(argc, argv);
  try {
    return run(argc, argv);
  } catch (const UsageError& error) {
    return fail(nagios, ExitCode::usage, error.what());
  } catch (const ctl::NotRunning& error) {
    return fail(nagios, ExitCode::unreachable, error.what());
  } catch (const bus::BusError& error) {
    return fail(nagios, ctl::exit_code_of(error), error.what());
  } catch (const Error& error) {
    return fail(nagios, ctl::exit_code_of(error), error.what());
  } catch (const std::exception& error) {
    return fail(nagios, ExitCode::internal, error.what());
  }
}
