// SPDX-License-Identifier: MIT
#include "daemon/ctl/output.hpp"

#include <unistd.h>

#include <cstdlib>
#include <string_view>

namespace consolidador::ctl {

bool coloured_terminal() {
  const char* no_colour = std::getenv("NO_COLOR");
  const char* terminal = std::getenv("TERM");
  return isatty(STDOUT_FILENO) != 0 && (!no_colour || *no_colour == '\0') && terminal &&
         std::string_view(terminal) != "dumb";
}

}  // namespace consolidador::ctl
