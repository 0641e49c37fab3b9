// SPDX-License-Identifier: MIT
// Any bytes are a configuration, or are refused in one line that names the file.
#include "lib/config/loader.hpp"
#include "lib/core/error.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace consolidador;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const fuzz::ScratchFile file("branch.yaml");
  file.write(fuzz::text_of(data, size));
  const Environment nothing = [](const std::string&) { return std::nullopt; };
  try {
    load_config(file.path, nothing);
  } catch (const ConfigError& error) {
    const std::string_view said = error.what();
    fuzz::promise(said.starts_with(file.path.string()));
    fuzz::promise(fuzz::is_one_line(said));
  }
  return 0;
}
