// SPDX-License-Identifier: MIT
#include "daemon/service/request_files.hpp"

#include <set>

#include "lib/core/log.hpp"

namespace consolidador {
namespace {

void remove_both(std::uint64_t id, const RequestStore& store, RequestProgress& progress) {
  progress.remove(id);
  store.remove(id);
}

}  // namespace

RequestFiles::RequestFiles(Disk& disk, const std::filesystem::path& folder)
    : disk_(disk), store_(folder), progress_(std::make_shared<RequestProgress>(folder)) {}

std::vector<RequestFiles::Kept> RequestFiles::load() {
  auto requests = store_.load();
  std::set<std::uint64_t> ids;
  for (const StoredRequest& request : requests) ids.insert(request.id);
  progress_->keep_only(ids);
  std::vector<Kept> kept;
  for (StoredRequest& request : requests) {
    auto progress = progress_->load(request.id);
    kept.push_back({std::move(request), std::move(progress)});
  }
  return kept;
}

void RequestFiles::begin(Work work) {
  disk_.begin(
      [store = store_, progress = progress_, work = std::move(work)] { work(store, *progress); },
      [](const std::exception_ptr& error) {
        if (error) log::warning("requests: {}", text_of(error));
      });
}

Task<> RequestFiles::run(Work work) {
  std::function<void()> whole = [store = store_, progress = progress_, work = std::move(work)] {
    work(store, *progress);
  };
  co_await disk_.run(std::move(whole));
}

Task<> RequestFiles::save(StoredRequest request) {
  Work work = [request = std::move(request)](const RequestStore& store, RequestProgress& progress) {
    progress.remove(request.id);  // of another that had the number
    store.save(request);
  };
  co_await run(std::move(work));
}

Task<> RequestFiles::remove(std::uint64_t id) {
  Work work = [id](const RequestStore& store, RequestProgress& progress) {
    remove_both(id, store, progress);
  };
  co_await run(std::move(work));
}

void RequestFiles::begin_to_remove(std::uint64_t id) {
  begin([id](const RequestStore& store, RequestProgress& progress) {
    remove_both(id, store, progress);
  });
}

void RequestFiles::forget_day(std::uint64_t id, Date date) {
  begin([id, date](const RequestStore& store, RequestProgress&) { store.forget_day(id, date); });
}

void RequestFiles::count(std::uint64_t id, const EndedDay& day) {
  begin([id, day](const RequestStore&, RequestProgress& progress) { progress.add(id, day); });
}

void RequestFiles::leave_out(std::uint64_t id, Runs runs) {
  begin([id, runs = std::move(runs)](const RequestStore&, RequestProgress& progress) {
    for (const auto& [target, days] : runs) progress.leave_out(id, target, days);
  });
}

}  // namespace consolidador
