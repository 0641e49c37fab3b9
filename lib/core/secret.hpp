// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <utility>

namespace consolidador {

/// A password. Cannot be printed or formatted by accident; its memory is wiped when it goes.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) noexcept : value_(std::move(value)) { wipe(value); }
  Secret(const Secret&) = default;
  Secret(Secret&& other) noexcept : value_(std::move(other.value_)) { wipe(other.value_); }
  Secret& operator=(Secret other) noexcept {
    value_.swap(other.value_);
    return *this;
  }
  ~Secret() { wipe(value_); }

  /// The clear text; call it only where the password is handed to the client library.
  const std::string& reveal() const noexcept { return value_; }
  bool empty() const noexcept { return value_.empty(); }
  friend bool operator==(const Secret&, const Secret&) = default;

 private:
  /// Also what a move left behind: the short-string buffer keeps its characters.
  static void wipe(std::string& text) noexcept;
  std::string value_;
};

/// From now on no core dump is made of this process, and nobody but root reads its memory
/// (prctl(2), PR_SET_DUMPABLE): the client library keeps passwords of its own. First thing in main.
void keep_memory_private() noexcept;

}  // namespace consolidador
