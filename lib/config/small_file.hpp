// SPDX-License-Identifier: MIT
#pragma once
#include <sys/types.h>

#include <cstddef>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace consolidador::config {

/// A file that cannot be used; what() is `what is wrong; what to do`, without the file's name.
class FileProblem : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct SmallFile {
  std::string text;
  mode_t mode;  ///< the permission bits
};

/// Reads a regular file of at most `limit` bytes whole. Never blocks on a pipe or device. Throws
/// FileProblem.
SmallFile read_small_file(const std::filesystem::path& path, std::size_t limit);

/// The text of such a file. Throws ConfigError that names it.
std::string read_text_file(const std::filesystem::path& path, std::size_t limit);

/// Throws FileProblem unless this process can read the regular file `path`.
void check_readable(const std::filesystem::path& path);

}  // namespace consolidador::config
