// SPDX-License-Identifier: MIT
#include "daemon/service/kept_lines.hpp"

#include <fmt/format.h>

#include <system_error>

#include "lib/core/error.hpp"
#include "lib/core/file.hpp"
#include "lib/core/log.hpp"

namespace consolidador {

KeptLines::KeptLines(std::filesystem::path file)
    : file_(std::move(file)), bitacora_(std::make_unique<Bitacora>(file_)) {}

void KeptLines::replace(std::unique_ptr<Bitacora> bitacora, std::filesystem::path file) {
  bitacora_ = std::move(bitacora);
  file_ = std::move(file);
  retry();
}

void KeptLines::append(BitacoraEntry entry) {
  waiting_.push_back(std::move(entry));
  if (waiting_.size() > most_kept) waiting_.pop_front();
  retry();
}

void KeptLines::retry() try {
  if (waiting_.empty()) return;
  std::error_code ignored;  // the file's own failure says more
  std::filesystem::create_directories(folder_of(file_), ignored);
  while (!waiting_.empty()) {
    bitacora_->append(waiting_.front());
    waiting_.pop_front();
  }
  if (!error_.empty()) log::info("the bitacora can be written again");
  error_.clear();
} catch (const Error& error) {
  if (error_ != error.what()) log::error("{}; its lines are kept until then", error.what());
  error_ = error.what();
}

std::string KeptLines::problem() const {
  if (error_.empty()) return {};
  return fmt::format("{} lines of the bitacora wait: {}", waiting_.size(), error_);
}

}  // namespace consolidador
