// SPDX-License-Identifier: MIT
#include "tests/power_cut/power_cut.hpp"

#include <algorithm>
#include <set>
#include <span>

#include "tests/support/temp_dir.hpp"

namespace consolidador::test {
namespace {

namespace fs = std::filesystem;
using Kind = DiskOperation::Kind;
using Operations = std::vector<const DiskOperation*>;

/// The operations on one file's content, or on one folder's names.
struct Changes {
  Operations all;
  std::size_t synced = 0;  ///< so many are there for certain

  void sync() { synced = all.size(); }
};

std::string folder_of(const std::string& name) {
  const auto folder = fs::path(name).parent_path().string();
  return folder.empty() ? "." : folder;
}

std::string applied(std::string content, const DiskOperation& operation) {
  const auto end = operation.offset + operation.bytes.size();
  content.resize(operation.kind == Kind::resize ? operation.offset : std::max(content.size(), end));
  return content.replace(operation.offset, operation.bytes.size(), operation.bytes);
}

/// What `operation` leaves when the power fails in it.
std::vector<std::string> torn(const std::string& content, DiskOperation operation) {
  if (operation.kind != Kind::write) return {};
  auto half = operation;
  half.bytes.resize(half.bytes.size() / 2);
  operation.bytes.assign(operation.bytes.size(), '\0');
  return {applied(content, half), applied(content, operation)};
}

std::vector<std::string> contents(std::string content, const Changes& changes) {
  std::vector<std::string> possible;
  for (std::size_t i = 0; i < changes.all.size(); ++i) {
    if (i >= changes.synced) {
      possible.push_back(content);
      for (auto& damaged : torn(content, *changes.all[i])) possible.push_back(std::move(damaged));
    }
    content = applied(std::move(content), *changes.all[i]);
  }
  possible.push_back(std::move(content));
  return possible;
}

/// Everything that was done before the cut, sorted by what it changes.
class Cut {
 public:
  Cut(const Recording& recording, std::size_t operations) {
    before_.folders = recording.folders_before();
    for (const auto& [name, content] : recording.files_before()) {
      before_.names[name] = static_cast<int>(contents_before_.size());
      contents_before_.push_back(content);
    }
    for (const auto& operation : std::span(recording.operations()).first(operations))
      sort_in(operation);
  }

  void collect(std::set<DiskState>& states) const {
    choose_names(folders_.begin(), before_, states);
  }

 private:
  struct Layout {
    std::map<std::string, int> names;
    std::vector<std::string> folders;
  };
  using Folder = std::map<std::string, Changes>::const_iterator;
  using Name = std::map<std::string, int>::const_iterator;

  void sort_in(const DiskOperation& operation) {
    switch (operation.kind) {
      case Kind::write:
      case Kind::resize:
        return files_[operation.file].all.push_back(&operation);
      case Kind::sync_file:
        return files_[operation.file].sync();
      case Kind::sync_folder:
        return folders_[operation.name].sync();
      case Kind::acknowledge:
        ++acknowledged_;
        return;
      default:
        folders_[folder_of(operation.name)].all.push_back(&operation);
    }
  }

  static void apply(Layout& layout, const DiskOperation& operation) {
    if (operation.kind == Kind::create) layout.names[operation.name] = operation.file;
    if (operation.kind == Kind::make_folder) layout.folders.push_back(operation.name);
    if (operation.kind == Kind::remove) layout.names.erase(operation.name);
    if (operation.kind == Kind::rename)
      layout.names[operation.to] = layout.names.extract(operation.name).mapped();
  }

  void choose_names(Folder folder, Layout layout, std::set<DiskState>& states) const {
    if (folder == folders_.end()) {
      DiskState state{.files = {}, .folders = layout.folders, .acknowledged = acknowledged_};
      return choose_contents(layout.names, layout.names.begin(), state, states);
    }
    const auto& [all, synced] = folder->second;
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (i >= synced) choose_names(std::next(folder), layout, states);
      apply(layout, *all[i]);
    }
    choose_names(std::next(folder), std::move(layout), states);
  }

  void choose_contents(const std::map<std::string, int>& names, Name name, DiskState& state,
                       std::set<DiskState>& states) const {
    if (name == names.end()) {
      states.insert(state);
      return;
    }
    for (auto& content : contents_of(name->second)) {
      state.files[name->first] = std::move(content);
      choose_contents(names, std::next(name), state, states);
    }
  }

  std::vector<std::string> contents_of(int file) const {
    const auto index = static_cast<std::size_t>(file);
    const bool is_new = index >= contents_before_.size();
    const auto content = is_new ? std::string() : contents_before_[index];
    const auto changes = files_.find(file);
    return contents(content, changes == files_.end() ? Changes() : changes->second);
  }

  Layout before_;
  std::vector<std::string> contents_before_;
  std::map<int, Changes> files_;
  std::map<std::string, Changes> folders_;
  std::size_t acknowledged_ = 0;
};

}  // namespace

void DiskState::write_to(const fs::path& root) const {
  const auto reachable = [&](const auto& name) { return fs::exists((root / name).parent_path()); };
  for (const auto& folder : folders)
    if (reachable(folder)) fs::create_directory(root / folder);
  for (const auto& [name, content] : files)
    if (reachable(name)) write_file(root / name, content);
}

std::vector<DiskState> states_after_power_cuts(const Recording& recording) {
  std::set<DiskState> states;
  for (std::size_t done = 0; done <= recording.operations().size(); ++done)
    Cut(recording, done).collect(states);
  return {states.begin(), states.end()};
}

}  // namespace consolidador::test
