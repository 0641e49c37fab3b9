// SPDX-License-Identifier: MIT
#include "lib/core/line_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <thread>

#include "lib/core/error.hpp"
#include "lib/core/text.hpp"

namespace consolidador {
namespace {

namespace fs = std::filesystem;

std::string_view remedy(int error) noexcept {
  switch (error) {
    case ENOSPC:
    case EDQUOT:
      return "free some disk space";
    case EFBIG:
      return "raise the file size limit of the process";
    case EACCES:
    case EPERM:
      return "let the service's user write the file and its folder";
    case EROFS:
      return "mount the file system for writing";
    case ENOENT:
    case ENOTDIR:
      return "create its folder";
    case EISDIR:
      return "choose another path";
    case EWOULDBLOCK:
      return "end the process that holds its lock (see `fuser`)";
    default:
      return "check the disk and the kernel's log";
  }
}

/// One past the last line feed before `end`; 0 when there is none, -1 after a read error.
off_t end_of_last_line(int fd, off_t end) {
  std::array<char, 4096> block;
  while (end > 0) {
    const off_t begin = std::max<off_t>(0, end - static_cast<off_t>(block.size()));
    const auto got = ::pread(fd, block.data(), static_cast<std::size_t>(end - begin), begin);
    if (got <= 0) return -1;
    const auto newline = std::string_view(block.data(), static_cast<std::size_t>(got)).rfind('\n');
    if (newline != std::string_view::npos) return begin + static_cast<off_t>(newline) + 1;
    end = begin;
  }
  return 0;
}

}  // namespace

class LineFile::Lock {
 public:
  Lock(LineFile& file, std::size_t incoming) try : file_(file) {
    file_.prepare(incoming);
  } catch (...) {
    file.unlock();
    throw;
  }
  ~Lock() { file_.unlock(); }
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;

 private:
  LineFile& file_;
};

LineFile::LineFile(fs::path path, LineFileOptions options)
    : path_(std::move(path)), name_(path_.filename().string()), options_(std::move(options)) {
  const Lock lock(*this, 0);
}

void LineFile::append(std::string_view line) {
  const auto bytes = one_line(line) + '\n';
  const Lock lock(*this, bytes.size());
  write_whole(bytes);
}

fs::path LineFile::rotated(const fs::path& path, unsigned n) {
  auto name = path.stem();
  name += fmt::format(".{}", n);
  name += path.extension();
  return path.parent_path() / name;
}

std::string LineFile::rotated_name(unsigned n) const {
  return rotated(path_, n).filename().string();
}

/// The mode is narrowed, never widened. Not being allowed to is no reason to refuse the file.
void LineFile::open() try {
  constexpr mode_t widest = 0640;
  Folder folder(folder_of(path_));
  File file = folder.open_or_make(name_, O_RDWR | O_APPEND, widest);
  const auto mode = file.status().st_mode & 07777;
  if ((mode & ~widest) != 0) [[maybe_unused]]
    const int refused = ::fchmod(file.descriptor(), mode & widest);
  folder_ = std::move(folder);
  file_ = std::move(file);
} catch (const std::system_error& error) {
  fail("open", error.code().value());
}

/// Polls, because flock() itself has no time limit and a stopped process (Ctrl-Z) may hold the
/// lock.
void LineFile::wait_for_lock() {
  const auto deadline = std::chrono::steady_clock::now() + options_.lock_wait;
  while (::flock(file_.descriptor(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) fail("lock", errno);
    if (std::chrono::steady_clock::now() >= deadline) fail("lock", EWOULDBLOCK);
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

void LineFile::lock_current() {
  for (;;) {
    if (file_.descriptor() < 0) open();
    wait_for_lock();
    if (is_current()) return;
    file_ = {};
  }
}

/// False when somebody rotated or removed the file since it was opened.
bool LineFile::is_current() const {
  struct stat held {};
  struct stat named {};
  return ::fstat(file_.descriptor(), &held) == 0 && ::lstat(path_.c_str(), &named) == 0 &&
         held.st_dev == named.st_dev && held.st_ino == named.st_ino;
}

void LineFile::unlock() noexcept {
  if (file_.descriptor() >= 0) ::flock(file_.descriptor(), LOCK_UN);
}

/// Leaves the file locked, mended, with our header and room for `incoming` bytes. When it cannot be
/// rotated for its size, the line is worth more than the limit; a foreign header is not ours to
/// mix.
void LineFile::prepare(std::size_t incoming) {
  for (;;) {
    lock_current();
    mend_last_line();
    const bool foreign = has_other_header();
    if (!foreign && !is_full(incoming)) break;
    if (rotate()) continue;
    if (foreign) fail("rotate", errno);
    break;
  }
  if (size() == 0) start_new();
}

/// The folder first: should that fail, the file stays empty and the next append does it again.
void LineFile::start_new() try {
  if (options_.durable) folder_.sync();
  if (!options_.header.empty()) write_whole(options_.header + '\n');
} catch (const std::system_error& error) {
  fail("make durable the folder of", error.code().value());
}

void LineFile::mend_last_line() {
  const auto end = static_cast<off_t>(size());
  const off_t whole = end_of_last_line(file_.descriptor(), end);
  if (whole < 0) fail("read", errno);
  if (whole < end && is_whole(whole, end)) return write_whole("\n");
  if (whole < end && ::ftruncate(file_.descriptor(), whole) != 0) fail("mend", errno);
}

bool LineFile::is_whole(off_t begin, off_t end) const {
  if (!options_.is_whole) return false;
  std::string line(static_cast<std::size_t>(end - begin), '\0');
  const auto got = ::pread(file_.descriptor(), line.data(), line.size(), begin);
  if (got < 0) fail("read", errno);
  return static_cast<std::size_t>(got) == line.size() && options_.is_whole(line);
}

bool LineFile::has_other_header() const {
  if (options_.header.empty() || size() == 0) return false;
  std::string first(options_.header.size() + 2, '\0');
  const auto got = ::pread(file_.descriptor(), first.data(), first.size(), 0);
  if (got < 0) fail("read", errno);
  first.resize(static_cast<std::size_t>(got));
  // A spreadsheet that saved the file may have written CRLF.
  return !first.starts_with(options_.header + '\n') && first != options_.header + "\r\n";
}

bool LineFile::is_full(std::size_t incoming) const {
  const auto now = size();
  return now > options_.header.size() + 2 && now + incoming > options_.rotation_bytes;
}

/// Renames x.n to x.n+1 up to the first free number, so that a run that died in between loses
/// nothing, then the file itself: the last step, because from then on others may rotate too. It is
/// synced first, because nobody mends a rotated file.
bool LineFile::rotate() noexcept try {
  if (::fdatasync(file_.descriptor()) != 0) return false;
  unsigned free = 1;
  while (folder_.has(rotated_name(free))) ++free;
  const unsigned keep = std::max(1u, options_.keep_files);
  while (free > keep) folder_.remove(rotated_name(--free));
  for (; free > 1; --free) folder_.rename(rotated_name(free - 1), rotated_name(free));
  folder_.rename(name_, rotated_name(1));
  file_ = {};
  return true;
} catch (const std::system_error& error) {
  errno = error.code().value();
  return false;
} catch (...) {
  errno = ENOMEM;
  return false;
}

std::uintmax_t LineFile::size() const try {
  return static_cast<std::uintmax_t>(file_.status().st_size);
} catch (const std::system_error& error) {
  fail("examine", error.code().value());
}

void LineFile::write_whole(std::string_view bytes) {
  const auto before = size();
  const auto written = ::write(file_.descriptor(), bytes.data(), bytes.size());
  int error = written < 0 ? errno : 0;
  if (written >= 0 && static_cast<std::size_t>(written) < bytes.size()) error = ENOSPC;
  if (error == 0 && options_.durable && ::fdatasync(file_.descriptor()) != 0) error = errno;
  if (error == 0) return;
  // Should this fail too, the next append cuts the torn line off.
  [[maybe_unused]] const int undone = ::ftruncate(file_.descriptor(), static_cast<off_t>(before));
  fail("write", error);
}

void LineFile::fail(const char* doing, int error) const {
  throw Error(ErrorClass::transient, ErrorCause::internal,
              fmt::format("cannot {} {}: {}; {}", doing, path_.string(),
                          std::generic_category().message(error), remedy(error)));
}

}  // namespace consolidador
