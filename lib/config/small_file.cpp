// SPDX-License-Identifier: MIT
#include "lib/config/small_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <system_error>

#include "lib/core/error.hpp"
#include "lib/core/file.hpp"

namespace consolidador::config {
namespace {

[[noreturn]] void fail_with_errno(int error) {
  if (error == ENOENT || error == ENOTDIR)
    throw FileProblem("there is no such file; check the path");
  if (error == EACCES)
    throw FileProblem("this account may not read the file; check its owner and mode");
  throw FileProblem(fmt::format("the file cannot be read ({}); check it",
                                std::generic_category().message(error)));
}

/// The regular file, open for reading, and what it is.
struct OpenFile {
  explicit OpenFile(const std::filesystem::path& path)
      : file(path, O_RDONLY | O_NONBLOCK), status(file.status()) {
    if (!S_ISREG(status.st_mode)) throw FileProblem("is not a regular file; name a file");
  }

  File file;
  struct stat status;
};

}  // namespace

SmallFile read_small_file(const std::filesystem::path& path, std::size_t limit) try {
  const OpenFile open(path);
  const auto size = static_cast<std::size_t>(open.status.st_size);
  if (size > limit)
    throw FileProblem(
        fmt::format("is larger than {} KiB; this cannot be the right file", limit / 1024));
  return {open.file.read(size), open.status.st_mode & 07777};
} catch (const std::system_error& error) {
  fail_with_errno(error.code().value());
}

std::string read_text_file(const std::filesystem::path& path, std::size_t limit) try {
  return read_small_file(path, limit).text;
} catch (const FileProblem& problem) {
  throw ConfigError(fmt::format("{}: {}", path.string(), problem.what()));
}

void check_readable(const std::filesystem::path& path) try {
  const OpenFile readable(path);
} catch (const std::system_error& error) {
  fail_with_errno(error.code().value());
}

}  // namespace consolidador::config
