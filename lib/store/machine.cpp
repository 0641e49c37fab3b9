// SPDX-License-Identifier: MIT
#include "lib/store/machine.hpp"

#include <fmt/format.h>
#include <systemd/sd-id128.h>
#include <unistd.h>

#include <array>

#include "lib/core/huella.hpp"

namespace consolidador {
namespace {

// Makes the machine's id one of this program: nobody can find out the machine's from it.
constexpr sd_id128_t application =
    SD_ID128_MAKE(5b, 1f, 0c, 33, 7a, 9e, 4e, 0d, 9c, 52, 6d, 20, f4, 81, b7, 19);

std::string host_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

std::string hashed(const std::string& text) {
  HuellaSum huella;
  huella.add(text);
  return fmt::format("{:032x}", huella.value());
}

}  // namespace

Machine this_machine() {
  const std::string host = host_name();
  sd_id128_t id{};
  if (sd_id128_get_machine_app_specific(application, &id) < 0) return {hashed(host), host};
  std::array<char, SD_ID128_STRING_MAX> text{};
  return {sd_id128_to_string(id, text.data()), host};
}

}  // namespace consolidador
