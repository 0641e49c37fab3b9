// SPDX-License-Identifier: MIT
#include "daemon/ctl/output.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <string_view>
#include <system_error>

namespace consolidador::ctl {
namespace {

[[noreturn]] void fail(const std::string& path) {
  throw std::system_error(errno, std::generic_category(), path);
}

/// Nameless until it is whole; removed when it does not become so.
class NewFile {
 public:
  explicit NewFile(const std::filesystem::path& target)
      : name_((target.parent_path() / ("." + target.filename().string() + ".XXXXXX")).string()),
        fd_(mkostemp(name_.data(), O_CLOEXEC)) {
    if (fd_ < 0) fail(target);
  }
  ~NewFile() {
    close(fd_);
    if (!placed_) unlink(name_.c_str());
  }
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  void write(std::string_view text) const {
    while (!text.empty()) {
      const auto count = ::write(fd_, text.data(), text.size());
      if (count < 0) fail(name_);
      text.remove_prefix(static_cast<std::size_t>(count));
    }
  }

  void place(const std::string& path) {
    constexpr mode_t for_everybody = 0644;
    if (fchmod(fd_, for_everybody) != 0 || fsync(fd_) != 0) fail(path);
    if (std::rename(name_.c_str(), path.c_str()) != 0) fail(path);
    placed_ = true;
  }

 private:
  std::string name_;
  int fd_;
  bool placed_ = false;
};

}  // namespace

void replace_file(const std::string& path, const std::string& text) {
  NewFile file(path);
  file.write(text);
  file.place(path);
}

}  // namespace consolidador::ctl
