// SPDX-License-Identifier: MIT
#include "lib/config/small_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "lib/core/error.hpp"

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

/// A regular file, open for reading.
class OpenFile {
 public:
  explicit OpenFile(const std::filesystem::path& path)
      : descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)) {
    if (descriptor_ < 0) fail_with_errno(errno);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  ~OpenFile() { ::close(descriptor_); }

  struct stat status() const {
    struct stat status {};
    if (::fstat(descriptor_, &status) != 0) fail_with_errno(errno);
    if (!S_ISREG(status.st_mode)) throw FileProblem("is not a regular file; name a file");
    return status;
  }

  /// At most `size` bytes, into memory that is never moved: the text may be a password.
  std::string read(std::size_t size) const {
    std::string text(size, '\0');
    std::size_t filled = 0;
    while (filled < size) {
      const ssize_t got = ::read(descriptor_, text.data() + filled, size - filled);
      if (got < 0 && errno != EINTR) fail_with_errno(errno);
      if (got == 0) break;
      if (got > 0) filled += static_cast<std::size_t>(got);
    }
    text.resize(filled);
    return text;
  }

 private:
  int descriptor_;
};

}  // namespace

SmallFile read_small_file(const std::filesystem::path& path, std::size_t limit) {
  const OpenFile file(path);
  const auto status = file.status();
  const auto size = static_cast<std::size_t>(status.st_size);
  if (size > limit)
    throw FileProblem(
        fmt::format("is larger than {} KiB; this cannot be the right file", limit / 1024));
  return {file.read(size), status.st_mode & 07777};
}

std::string read_text_file(const std::filesystem::path& path, std::size_t limit) try {
  return read_small_file(path, limit).text;
} catch (const FileProblem& problem) {
  throw ConfigError(fmt::format("{}: {}", path.string(), problem.what()));
}

void check_readable(const std::filesystem::path& path) {
  OpenFile(path).status();
}

}  // namespace consolidador::config
