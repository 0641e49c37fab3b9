// SPDX-License-Identifier: MIT
#include "lib/core/folder.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <memory>
#include <random>
#include <system_error>
#include <utility>

#include "lib/core/error.hpp"

namespace consolidador {
namespace {

namespace fs = std::filesystem;

// A name that leads out of the folder or to a device must not be waited for.
constexpr int carefully = O_CLOEXEC | O_NOCTTY | O_NOFOLLOW | O_NONBLOCK;
constexpr std::size_t most_read = std::size_t{64} << 20U;  // of what somebody may have planted

[[noreturn]] void refuse(const fs::path& path, std::string_view why) {
  throw Error(ErrorClass::transient, ErrorCause::internal,
              fmt::format("{} {}", path.string(), why));
}

/// A name that nobody can have taken before.
std::string name_aside(const std::string& name) {
  static thread_local std::random_device random;
  return fmt::format(".{}.{:08x}{:08x}", name, random(), random());
}

}  // namespace

Folder::Folder(fs::path path) : file_(path, O_RDONLY | O_DIRECTORY), path_(std::move(path)) {}

Folder::Folder(File file, fs::path path) : file_(std::move(file)), path_(std::move(path)) {}

Folder Folder::folder(const std::string& name) const {
  fs::path path = path_ / name;
  const int flags = O_RDONLY | O_DIRECTORY | carefully;
  File file(::openat(file_.descriptor(), name.c_str(), flags), path);
  return {std::move(file), std::move(path)};
}

File Folder::open(const std::string& name, int flags) const {
  const int descriptor = ::openat(file_.descriptor(), name.c_str(), flags | carefully);
  if (descriptor < 0 && errno == ELOOP)
    refuse(path_ / name, "is a link, and no link is followed here; remove it");
  File file(descriptor, path_ / name);
  check(file, name);
  return file;
}

/// A file that goes in between, as one that is rotated does, is made anew.
File Folder::open_or_make(const std::string& name, int flags, mode_t mode) const {
  for (int tries = 0;; ++tries) {
    try {
      return open(name, flags);
    } catch (const std::system_error& error) {
      if (error.code() != std::errc::no_such_file_or_directory) throw;
    }
    try {
      return make(name, flags, mode);
    } catch (const std::system_error& error) {
      if (error.code() != std::errc::file_exists || tries == 100) throw;
    }
  }
}

/// Only what O_EXCL has made is given away, and only by its descriptor.
File Folder::make(const std::string& name, int flags, mode_t mode) const {
  const int all_flags = flags | carefully | O_CREAT | O_EXCL;
  File file(::openat(file_.descriptor(), name.c_str(), all_flags, mode), path_ / name);
  const auto folder = file_.status();
  // Not being allowed to is no reason to refuse the file.
  if (::geteuid() == 0 && folder.st_uid != 0) [[maybe_unused]]
    const int no = ::fchown(file.descriptor(), folder.st_uid, folder.st_gid);
  return file;
}

/// A file without a name has just been removed, which harms nobody.
void Folder::check(const File& file, const std::string& name) const {
  const auto found = file.status();
  if (!S_ISREG(found.st_mode)) refuse(path_ / name, "is not a regular file; choose another path");
  if (found.st_nlink > 1)
    refuse(path_ / name, "has a second name (a hard link), and may be another's; remove it");
  const uid_t owner = file_.status().st_uid;
  if (found.st_uid != 0 && found.st_uid != ::geteuid() && found.st_uid != owner)
    refuse(path_ / name, fmt::format("belongs to user {}; give it to user {}, who owns its folder",
                                     found.st_uid, owner));
}

std::optional<std::string> Folder::read(const std::string& name) const try {
  const File file = open(name, O_RDONLY);
  const auto size = static_cast<std::size_t>(file.status().st_size);
  if (size > most_read) refuse(path_ / name, "is too large to be ours; remove it");
  return file.read(size);
} catch (const std::system_error& error) {
  if (error.code() != std::errc::no_such_file_or_directory) throw;
  return std::nullopt;
}

void Folder::replace(const std::string& name, std::string_view text, mode_t mode) const {
  const std::string aside = name_aside(name);
  const File file = make(aside, O_RDWR, 0600);
  try {
    file.write(text);
    if (::fchmod(file.descriptor(), mode) != 0) fail(name);
    file.sync();
    rename(aside, name);
  } catch (...) {
    ::unlinkat(file_.descriptor(), aside.c_str(), 0);
    throw;
  }
}

bool Folder::has(const std::string& name) const {
  struct stat found {};
  if (::fstatat(file_.descriptor(), name.c_str(), &found, AT_SYMLINK_NOFOLLOW) == 0) return true;
  if (errno != ENOENT) fail(name);
  return false;
}

bool Folder::remove(const std::string& name) const {
  if (::unlinkat(file_.descriptor(), name.c_str(), 0) == 0) return true;
  if (errno != ENOENT) fail(name);
  return false;
}

void Folder::rename(const std::string& from, const std::string& to) const {
  if (::renameat(file_.descriptor(), from.c_str(), file_.descriptor(), to.c_str()) != 0) fail(to);
}

std::vector<std::string> Folder::names() const {
  const int again = ::openat(file_.descriptor(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const std::unique_ptr<DIR, int (*)(DIR*)> list(again < 0 ? nullptr : ::fdopendir(again),
                                                 &::closedir);
  if (!list) fail("");
  std::vector<std::string> names;
  while (const dirent* entry = ::readdir(list.get())) {
    const std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(name);
  }
  return names;
}

void Folder::fail(const std::string& name) const {
  throw std::system_error(errno, std::generic_category(), (path_ / name).string());
}

Folder own_folder(const fs::path& path) {
  return Folder(folder_of(path)).folder(path.filename().string());
}

}  // namespace consolidador
