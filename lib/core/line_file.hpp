// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "lib/core/file.hpp"
#include "lib/core/folder.hpp"

namespace consolidador {

struct LineFileOptions {
  std::uintmax_t rotation_bytes =
      10'000'000;            ///< a line that would make the file larger rotates it
  unsigned keep_files = 10;  ///< rotated files kept, at least 1; the oldest goes
  std::string header;        ///< the first line of every file; empty: none
  bool durable = false;      ///< each line is on the disk when append() returns
  std::chrono::milliseconds lock_wait{5'000};  ///< longest wait for another process that appends
  /// A last line without its line feed is whole all the same, as an editor may save it, and gets
  /// it; empty: each such line is torn.
  std::function<bool(std::string_view)> is_whole{};
};

/// A text file that only ever holds whole lines, also after kill -9, a power cut or a full disk,
/// and that several processes may append to at once. A full `x.log` becomes `x.1.log`, which
/// becomes `x.2.log`, and so on. An object is used by one thread at a time; two objects, in one
/// process or in two, may share a path.
///
/// How: a line is one write() on O_APPEND under flock(); what failed is truncated away, and a torn
/// line that a dead process left is cut off. Files are replaced by rename() only; whoever holds the
/// renamed one notices that the path names another inode and opens anew. No link is followed and no
/// file of another's is touched (Folder).
class LineFile {
 public:
  /// Opens or creates (mode 0640 at most) the file. A file with another header is rotated away.
  /// Throws Error (transient, internal) that names the file and the remedy, as append() does.
  LineFile(std::filesystem::path path, LineFileOptions options);
  LineFile(const LineFile&) = delete;
  LineFile& operator=(const LineFile&) = delete;

  /// Appends `line`, made one_line(), and a line feed. When it throws, the file is as before.
  void append(std::string_view line);

  /// Where the nth newest rotated file of `path` is; 1 is the newest.
  static std::filesystem::path rotated(const std::filesystem::path& path, unsigned n);

 private:
  class Lock;

  void open();
  void wait_for_lock();
  void lock_current();
  bool is_current() const;
  void unlock() noexcept;

  void prepare(std::size_t incoming);
  void start_new();
  void mend_last_line();
  bool is_whole(off_t begin, off_t end) const;
  bool has_other_header() const;
  bool is_full(std::size_t incoming) const;
  bool rotate() noexcept;
  std::string rotated_name(unsigned n) const;

  std::uintmax_t size() const;
  void write_whole(std::string_view bytes);
  [[noreturn]] void fail(const char* doing, int error) const;

  std::filesystem::path path_;
  std::string name_;  // in the folder
  LineFileOptions options_;
  Folder folder_;
  File file_;
};

}  // namespace consolidador
