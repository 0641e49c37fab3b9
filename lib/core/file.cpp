// SPDX-License-Identifier: MIT
#include "lib/core/file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "lib/core/folder.hpp"

namespace consolidador {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const fs::path& path) {
  throw std::system_error(errno, std::generic_category(), path.string());
}

}  // namespace

File::File(const fs::path& path, int flags, mode_t mode)
    : File(::open(path.c_str(), flags | O_CLOEXEC | O_NOCTTY, mode), path) {}

File::File(int descriptor, fs::path path) : descriptor_(descriptor), path_(std::move(path)) {
  if (descriptor_ < 0) fail(path_);
}

File::File(File&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), path_(std::move(other.path_)) {}

File& File::operator=(File&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  std::swap(path_, other.path_);
  return *this;
}

File::~File() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

struct stat File::status() const {
  struct stat status {};
  if (::fstat(descriptor_, &status) != 0) fail(path_);
  return status;
}

std::string File::read(std::size_t size) const {
  std::string text(size, '\0');
  std::size_t filled = 0;
  while (filled < size) {
    const auto got = ::read(descriptor_, text.data() + filled, size - filled);
    if (got < 0 && errno != EINTR) fail(path_);
    if (got == 0) break;
    if (got > 0) filled += static_cast<std::size_t>(got);
  }
  text.resize(filled);
  return text;
}

void File::write(std::string_view bytes) const {
  while (!bytes.empty()) {
    const auto count = ::write(descriptor_, bytes.data(), bytes.size());
    if (count < 0 && errno != EINTR) fail(path_);
    if (count > 0) bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

void File::sync() const {
  if (::fsync(descriptor_) != 0) fail(path_);
}

fs::path folder_of(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

void sync_folder(const fs::path& folder) {
  File(folder, O_RDONLY | O_DIRECTORY).sync();
}

void replace_file(const fs::path& path, std::string_view text, mode_t mode) try {
  Folder(folder_of(path)).replace(path.filename().string(), text, mode);
} catch (const std::system_error& error) {  // which names the folder alone where that is missing
  throw std::system_error(error.code(), path.string());
}

}  // namespace consolidador
