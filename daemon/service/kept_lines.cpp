// SPDX-License-Identifier: MIT
#include "daemon/service/kept_lines.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <system_error>

#include "lib/core/error.hpp"
#include "lib/core/file.hpp"
#include "lib/core/log.hpp"
#include "lib/core/text.hpp"

namespace consolidador {
namespace {

constexpr std::size_t most_at_once = 100;  // what else has to be written comes between
constexpr const char* hanging = "the disk does not answer; check it and the kernel's log";

}  // namespace

/// Lines on their way to the disk: the loop's before and after, the writer's meanwhile.
struct KeptLines::Batch {
  std::shared_ptr<Bitacora> bitacora;
  std::filesystem::path file;
  std::vector<BitacoraEntry> entries;
  std::size_t written = 0;  // of them
  std::string error;

  void write() try {
    std::error_code ignored;  // the file's own failure says more
    std::filesystem::create_directories(folder_of(file), ignored);
    for (; written < entries.size(); ++written) bitacora->append(entries[written]);
  } catch (const std::exception& failure) {
    error = failure.what();
  }
};

KeptLines::KeptLines(Disk& disk, std::filesystem::path file)
    : disk_(disk), file_(std::move(file)), bitacora_(std::make_shared<Bitacora>(file_)) {}

void KeptLines::replace(std::shared_ptr<Bitacora> bitacora, std::filesystem::path file) {
  bitacora_ = std::move(bitacora);
  file_ = std::move(file);
  retry();
}

void KeptLines::append(BitacoraEntry entry) {
  waiting_.push_back(std::move(entry));
  drop_oldest();
  retry();
}

void KeptLines::drop_oldest() {
  while (waiting() > most_kept && !waiting_.empty()) {
    if (lost_++ == 0)
      log::error("more than {} lines of the bitacora wait: the oldest go", most_kept);
    waiting_.pop_front();
  }
}

/// Hands the writer one batch at a time, so that waiting() counts every line.
void KeptLines::retry() {
  if (writing_ > 0 || waiting_.empty()) return;
  auto batch = std::make_shared<Batch>();
  batch->bitacora = bitacora_;
  batch->file = file_;
  const auto end =
      waiting_.begin() + static_cast<std::ptrdiff_t>(std::min(waiting_.size(), most_at_once));
  batch->entries.assign(std::make_move_iterator(waiting_.begin()), std::make_move_iterator(end));
  waiting_.erase(waiting_.begin(), end);
  writing_ = batch->entries.size();
  began_ = SteadyClock::now();
  disk_.begin([batch] { batch->write(); },
              [this, batch](const std::exception_ptr& refused) {
                if (refused) batch->error = hanging;
                written(batch);
              });
}

void KeptLines::written(const std::shared_ptr<Batch>& batch) {
  const auto first_left = batch->entries.begin() + static_cast<std::ptrdiff_t>(batch->written);
  waiting_.insert(waiting_.begin(), std::make_move_iterator(first_left),
                  std::make_move_iterator(batch->entries.end()));
  writing_ = 0;
  drop_oldest();
  if (!batch->error.empty()) {
    if (error_ != batch->error) log::error("{}; its lines are kept until then", batch->error);
    error_ = batch->error;
    return;
  }
  if (!error_.empty()) log::info("the bitacora can be written again");
  error_.clear();
  if (lost_ > 0) log::error("{} of the bitacora could not be kept", counted(lost_, "line"));
  lost_ = 0;
  retry();  // what has come meanwhile
}

std::string KeptLines::problem(SteadyClock::time_point now) const {
  const bool hangs = writing_ > 0 && now - began_ > patience;
  if (error_.empty() && !hangs) return {};
  return fmt::format("{} of the bitacora {}{}: {}", counted(waiting(), "line"),
                     waiting() == 1 ? "waits" : "wait",
                     lost_ > 0 ? fmt::format(", and {} could not be kept", lost_) : "",
                     error_.empty() ? hanging : error_);
}

}  // namespace consolidador
