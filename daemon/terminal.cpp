// SPDX-License-Identifier: MIT
#include "daemon/terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>

namespace consolidador {

bool is_terminal() {
  return isatty(STDOUT_FILENO) != 0;
}

std::size_t terminal_width() {
  winsize size{};
  return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

Look plain_look() {
  Look look;
  if (is_terminal()) look.width = terminal_width();
  return look;
}

Look coloured_look() {
  const char* no_colour = std::getenv("NO_COLOR");
  const char* terminal = std::getenv("TERM");
  Look look = plain_look();
  look.coloured = is_terminal() && (!no_colour || *no_colour == '\0') && terminal &&
                  std::string_view(terminal) != "dumb";
  return look;
}

}  // namespace consolidador
