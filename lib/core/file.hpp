// SPDX-License-Identifier: MIT
#pragma once
#include <sys/stat.h>

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

namespace consolidador {

/// An open file or folder; the descriptor is closed with the object. What fails throws
/// std::system_error with errno as its code and `PATH: REASON` as its text.
class File {
 public:
  File() = default;  ///< of nothing

  /// As open(2); no child process inherits it and no terminal takes the process over.
  File(const std::filesystem::path& path, int flags, mode_t mode = 0);

  /// Takes an open descriptor over; what is negative is thrown with the errno of now. `path` only
  /// names it.
  File(int descriptor, std::filesystem::path path);

  File(File&& other) noexcept;
  File& operator=(File&& other) noexcept;
  ~File();

  int descriptor() const noexcept { return descriptor_; }  ///< -1: of nothing
  struct stat status() const;

  /// The next bytes, at most `size`, in memory that is never moved: they may be a password.
  std::string read(std::size_t size) const;

  /// All of `bytes`; after a failure a part of them may be in the file.
  void write(std::string_view bytes) const;

  /// Waits until the content is on the disk.
  void sync() const;

 private:
  int descriptor_ = -1;
  std::filesystem::path path_;
};

/// Where `path` is kept: `.` for a bare name.
std::filesystem::path folder_of(const std::filesystem::path& path);

/// Waits until the names in `folder` are on the disk. Throws std::system_error.
void sync_folder(const std::filesystem::path& folder);

/// Gives `path` the content `text` and the permissions `mode`: whoever opens it, also after a power
/// cut, finds the old content or the new one, never half. The new one is there for good after
/// sync_folder(). Throws std::system_error; the old content then stays.
void replace_file(const std::filesystem::path& path, std::string_view text, mode_t mode);

}  // namespace consolidador
