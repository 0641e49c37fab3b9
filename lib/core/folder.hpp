// SPDX-License-Identifier: MIT
#pragma once
#include <sys/stat.h>

#include <cstddef>
#include <exception>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/core/file.hpp"

namespace consolidador {

/// An open folder. Its files are reached through its descriptor and by bare names: whoever may
/// write there, the service's account say, leads nobody with more rights anywhere else, whatever he
/// renames or links meanwhile.
///
/// A file is taken as ours only if it is a regular file, no link, with one name, and belongs to
/// root, to who runs or to who owns the folder; any other throws Error (transient, internal) with
/// the remedy before anything is done to it. What fails otherwise throws std::system_error, as File
/// does.
class Folder {
 public:
  Folder() = default;  ///< of nothing
  /// Follows links: the path is the configuration's word.
  explicit Folder(std::filesystem::path path);

  /// The folder `name` in it, which must be no link.
  Folder folder(const std::string& name) const;

  /// `flags` as open(2) has them, but for O_CREAT, O_EXCL and O_TRUNC.
  File open(const std::string& name, int flags) const;
  /// The same, and makes the file where there is none. What root makes in another's folder becomes
  /// the owner's, who could not go on with it else.
  File open_or_make(const std::string& name, int flags, mode_t mode) const;

  /// The content; nothing: there is no such file.
  std::optional<std::string> read(const std::string& name) const;

  /// As replace_file(); sync() makes it last.
  void replace(const std::string& name, std::string_view text, mode_t mode) const;

  bool has(const std::string& name) const;     ///< anything of that name, be it a link
  bool remove(const std::string& name) const;  ///< false: there was none
  void rename(const std::string& from, const std::string& to) const;  ///< replaces `to`
  std::vector<std::string> names() const;  ///< of all that is in it, in no order

  /// Waits until the names are on the disk.
  void sync() const { file_.sync(); }

 private:
  Folder(File file, std::filesystem::path path);

  File make(const std::string& name, int flags, mode_t mode) const;
  void check(const File& file, const std::string& name) const;
  [[noreturn]] void fail(const std::string& name) const;

  File file_;
  std::filesystem::path path_;
};

/// What `read` gives, a Folder::read(): a file that cannot be read is taken for nothing.
template <typename Read>
std::string or_nothing(const Read& read) try {
  return read().value_or("");
} catch (const std::exception&) {
  return {};
}

/// The folder at `path`, which this program has made: its last name must be no link.
Folder own_folder(const std::filesystem::path& path);

}  // namespace consolidador
