// SPDX-License-Identifier: MIT
#include "tests/power_cut/recording.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdarg>
#include <string>

#include "tests/support/temp_dir.hpp"

namespace consolidador::test {
namespace {

namespace fs = std::filesystem;

Recording* active = nullptr;

/// The path of `name` in an open folder.
std::string path_in(int folder, const char* name) {
  if (folder == AT_FDCWD || *name == '/') return name;
  return fs::read_symlink("/proc/self/fd/" + std::to_string(folder)) / name;
}

}  // namespace

Recording::Recording(fs::path root) : root_(std::move(root)) {
  for (const auto& entry : fs::recursive_directory_iterator(root_)) {
    const auto name = name_of(entry.path().c_str());
    if (entry.is_directory()) folders_before_.push_back(name);
    if (entry.is_regular_file()) files_before_[name] = read_file(entry.path());
  }
  for (const auto& [name, content] : files_before_) files_[name] = next_file_++;
  active = this;
}

Recording::~Recording() {
  finish();
}

void Recording::finish() noexcept {
  active = nullptr;
}

void Recording::acknowledge() {
  note({.kind = Kind::acknowledge});
}

bool Recording::is_below_root(const char* path) const {
  const auto relative = fs::path(path).lexically_relative(root_);
  return !relative.empty() && *relative.begin() != "..";
}

std::string Recording::name_of(const char* path) const {
  return fs::path(path).lexically_relative(root_).string();
}

void Recording::opened(const char* path, int fd, bool created, bool emptied) {
  if (!is_below_root(path)) return;
  const auto name = name_of(path);
  if (fs::is_directory(path)) {
    open_folders_[fd] = name;
    return;
  }
  if (created) {
    files_[name] = next_file_++;
    note({.kind = Kind::create, .file = files_[name], .name = name});
  }
  open_files_[fd] = files_.at(name);
  if (emptied && !created) note({.kind = Kind::resize, .file = files_[name]});
}

void Recording::closed(int fd) {
  open_files_.erase(fd);
  open_folders_.erase(fd);
}

void Recording::written(int fd, const void* bytes, std::size_t size) {
  const auto file = open_files_.find(fd);
  if (file == open_files_.end()) return;
  const auto end = static_cast<std::size_t>(::lseek(fd, 0, SEEK_CUR));
  note({.kind = Kind::write,
        .file = file->second,
        .offset = end - size,
        .bytes = {static_cast<const char*>(bytes), size}});
}

void Recording::resized(int fd, std::size_t size) {
  const auto file = open_files_.find(fd);
  if (file != open_files_.end()) note({.kind = Kind::resize, .file = file->second, .offset = size});
}

void Recording::synced(int fd) {
  if (const auto file = open_files_.find(fd); file != open_files_.end())
    note({.kind = Kind::sync_file, .file = file->second});
  if (const auto folder = open_folders_.find(fd); folder != open_folders_.end())
    note({.kind = Kind::sync_folder, .name = folder->second});
}

void Recording::made_folder(const char* path) {
  if (is_below_root(path)) note({.kind = Kind::make_folder, .name = name_of(path)});
}

void Recording::renamed(const char* from, const char* to) {
  if (!is_below_root(from)) return;
  auto file = files_.extract(name_of(from));
  files_[name_of(to)] = file.mapped();
  note({.kind = Kind::rename, .name = name_of(from), .to = name_of(to)});
}

void Recording::removed(const char* path) {
  if (!is_below_root(path)) return;
  files_.erase(name_of(path));
  note({.kind = Kind::remove, .name = name_of(path)});
}

namespace {

/// Tells the recording of what has succeeded.
template <typename Tell>
int told(long result, Tell tell) {
  if (result == 0 && active) tell(*active);
  return static_cast<int>(result);
}

}  // namespace
}  // namespace consolidador::test

using consolidador::test::active;
using consolidador::test::path_in;
using consolidador::test::told;

// In place of the C library's.
extern "C" {

int open(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const auto mode = (flags & O_CREAT) != 0 ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  const bool there = ::access(path, F_OK) == 0;
  const auto fd = static_cast<int>(::syscall(SYS_openat, AT_FDCWD, path, flags, mode));
  if (fd >= 0 && active) active->opened(path, fd, !there, (flags & O_TRUNC) != 0);
  return fd;
}

int openat(int folder, const char* name, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const auto mode = (flags & O_CREAT) != 0 ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  return open(path_in(folder, name).c_str(), flags, mode);
}

int close(int fd) {
  return told(::syscall(SYS_close, fd), [&](auto& recording) { recording.closed(fd); });
}

ssize_t write(int fd, const void* bytes, std::size_t size) {
  const auto done = ::syscall(SYS_write, fd, bytes, size);
  if (done > 0 && active) active->written(fd, bytes, static_cast<std::size_t>(done));
  return done;
}

int ftruncate(int fd, off_t size) noexcept {
  return told(::syscall(SYS_ftruncate, fd, size),
              [&](auto& recording) { recording.resized(fd, static_cast<std::size_t>(size)); });
}

int fsync(int fd) {
  return told(::syscall(SYS_fsync, fd), [&](auto& recording) { recording.synced(fd); });
}

int fdatasync(int fd) {
  return told(::syscall(SYS_fdatasync, fd), [&](auto& recording) { recording.synced(fd); });
}

int mkdir(const char* path, mode_t mode) noexcept {
  return told(::syscall(SYS_mkdirat, AT_FDCWD, path, mode),
              [&](auto& recording) { recording.made_folder(path); });
}

int rename(const char* from, const char* to) noexcept {
  return told(::syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0),
              [&](auto& recording) { recording.renamed(from, to); });
}

int renameat(int from_folder, const char* from, int to_folder, const char* to) noexcept {
  return rename(path_in(from_folder, from).c_str(), path_in(to_folder, to).c_str());
}

int unlink(const char* path) noexcept {
  return told(::syscall(SYS_unlinkat, AT_FDCWD, path, 0),
              [&](auto& recording) { recording.removed(path); });
}

int unlinkat(int folder, const char* name, int flags) noexcept {
  if (flags != 0) return static_cast<int>(::syscall(SYS_unlinkat, folder, name, flags));
  return unlink(path_in(folder, name).c_str());
}

/// Of files; the product removes no folder.
int remove(const char* path) noexcept {
  return unlink(path);
}
}
