// SPDX-License-Identifier: MIT
#pragma once
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <exception>
#include <stdexcept>

namespace consolidador::test {

/// A forked copy of the test that runs `work` (returning the exit code) and nothing else of Catch.
/// Fork only while no other thread runs.
class Child {
 public:
  template <typename Work>
  explicit Child(Work work) : pid_(::fork()) {
    if (pid_ < 0) throw std::runtime_error("fork failed");
    if (pid_ == 0) run(work);
  }
  ~Child() {
    if (pid_ > 0) wait();
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  static constexpr int failed = 99;  ///< the exit code when `work` throws; stderr has the reason

  void kill(int signal) const { ::kill(pid_, signal); }

  /// The exit code, or minus the signal that ended it.
  int wait() {
    int status = 0;
    ::waitpid(pid_, &status, 0);
    pid_ = -1;
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
  }

 private:
  template <typename Work>
  [[noreturn]] static void run(Work& work) noexcept {
    const int console =
        ::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0);  // `work` may send its elsewhere
    try {
      ::_exit(work());
    } catch (const std::exception& error) {
      ::dprintf(console, "the child has failed: %s\n", error.what());
    } catch (...) {
      ::dprintf(console, "the child has failed: what it threw is no std::exception\n");
    }
    ::_exit(failed);
  }

  pid_t pid_;
};

/// A full disk, for this process: no file may become longer than `bytes`.
inline void limit_file_size(rlim_t bytes) {
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit limit{};
  ::getrlimit(RLIMIT_FSIZE, &limit);
  limit.rlim_cur = bytes;
  ::setrlimit(RLIMIT_FSIZE, &limit);
}

}  // namespace consolidador::test
