// SPDX-License-Identifier: MIT
#pragma once
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace consolidador::test {

/// One thing done to the disk. Names are paths below the recorded folder.
struct DiskOperation {
  enum class Kind {
    write,        ///< `bytes` at `offset` of `file`
    resize,       ///< `file` to `offset` bytes
    sync_file,    ///< what was written to `file`, not its name
    create,       ///< `name` for the new `file`
    make_folder,  ///< `name`
    rename,       ///< `name` to `to`
    remove,       ///< `name`
    sync_folder,  ///< the names directly in the folder `name`
    acknowledge,  ///< somebody was told that what was done so far will last
  };
  Kind kind;
  int file = -1;
  std::string name{};
  std::string to{};
  std::size_t offset = 0;
  std::string bytes{};
};

/// Records what this process does to the files below `root`, from construction to finish(): this
/// program has its own open(), write(), rename() and so on, which the product's code and the
/// standard library call. One at a time, in one thread.
class Recording {
 public:
  /// What is there now counts as written long ago.
  explicit Recording(std::filesystem::path root);
  ~Recording();
  Recording(const Recording&) = delete;
  Recording& operator=(const Recording&) = delete;

  void acknowledge();
  void finish() noexcept;

  const std::map<std::string, std::string>& files_before() const noexcept { return files_before_; }
  const std::vector<std::string>& folders_before() const noexcept { return folders_before_; }
  const std::vector<DiskOperation>& operations() const noexcept { return operations_; }

  // For open() and the others below: after the system has done it.
  void opened(const char* path, int fd, bool created, bool emptied);
  void closed(int fd);
  void written(int fd, const void* bytes, std::size_t size);
  void resized(int fd, std::size_t size);
  void synced(int fd);
  void made_folder(const char* path);
  void renamed(const char* from, const char* to);
  void removed(const char* path);

 private:
  using Kind = DiskOperation::Kind;
  bool is_below_root(const char* path) const;
  std::string name_of(const char* path) const;
  void note(DiskOperation operation) { operations_.push_back(std::move(operation)); }

  std::filesystem::path root_;
  std::map<std::string, std::string> files_before_;  ///< content by name; numbered in this order
  std::vector<std::string> folders_before_;
  std::map<std::string, int> files_;  ///< by name, now
  std::map<int, int> open_files_;     ///< by descriptor
  std::map<int, std::string> open_folders_;
  int next_file_ = 0;
  std::vector<DiskOperation> operations_;
};

}  // namespace consolidador::test
