// SPDX-License-Identifier: MIT
#include "daemon/ctl/consent.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <iostream>
#include <string>

namespace consolidador::ctl {

bool means_yes(std::string_view answer) {
  return answer == "yes" || answer == "si" || answer == "sí";
}

bool consents(const CommandLine& line, const Screen& screen, const char* question) {
  if (line.yes) return true;
  screen.out << std::flush;
  if (!screen.terminal || isatty(STDIN_FILENO) == 0)
    throw UsageError(fmt::format(
        "{}: there is no terminal to ask on; look at what is said and give --yes", line.command));
  screen.out << question << " Type yes: " << std::flush;
  std::string answer;
  std::getline(std::cin, answer);
  if (means_yes(answer)) return true;
  screen.out << "nothing was changed\n";
  return false;
}

}  // namespace consolidador::ctl
