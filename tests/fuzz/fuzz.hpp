// SPDX-License-Identifier: MIT
#pragma once
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

/// What libFuzzer calls with each input; the harness defines it. An exception that gets out, or a
/// promise that does not hold, is a finding.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace consolidador::fuzz {

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

inline void promise(bool held) {
  if (!held) std::abort();
}

/// Takes what stands before the first `end` (or all of it) from the front of `rest`.
inline std::string_view take_until(std::string_view& rest, char end) {
  const auto taken = rest.substr(0, rest.find(end));
  rest.remove_prefix(std::min(rest.size(), taken.size() + 1));
  return taken;
}

/// Whether `text` is one line that commands no terminal.
inline bool is_one_line(std::string_view text) {
  for (const char c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return false;
  return true;
}

/// A file in memory, one for all inputs of a process, which removes it at its end.
class ScratchFile {
 public:
  explicit ScratchFile(const std::string& name)
      : path(folder() / ("fuzz-" + std::to_string(::getpid()) + "-" + name)) {}
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;
  ~ScratchFile() { std::filesystem::remove(path); }

  void write(std::string_view text) const { std::ofstream(path, std::ios::binary) << text; }

  const std::filesystem::path path;

 private:
  static std::filesystem::path folder() {
    return std::filesystem::is_directory("/dev/shm") ? "/dev/shm" : "/tmp";
  }
};

}  // namespace consolidador::fuzz
