// SPDX-License-Identifier: MIT
#include "daemon/ctl/diff_note.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>

#include "daemon/ctl/diff_lines.hpp"
#include "lib/core/error.hpp"
#include "lib/core/file.hpp"
#include "lib/report/csv.hpp"

namespace consolidador::ctl {
namespace {

namespace fs = std::filesystem;

constexpr mode_t for_the_user = 0600;
constexpr std::size_t kept_fields = 9;

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

fs::path folder() {
  const auto state = environment("XDG_STATE_HOME");
  const auto home = environment("HOME");
  if (state.empty() && home.empty()) throw std::runtime_error("there is no home folder");
  return (state.empty() ? fs::path(home) / ".local/state" : fs::path(state)) /
         "consolidador-ventas";
}

fs::path path_of(std::int32_t branch, const std::string& date) {
  return folder() / fmt::format("diff-{}-{}.csv", branch, date);
}

std::string record_of(const DiffLine& line) {
  std::vector<std::string> fields;
  for (Cell& cell : key_cells(line.row->key)) fields.push_back(std::move(cell.text));
  const Amounts difference = line.difference();
  fields.push_back(line.place->name);
  for (const Decimal amount : {difference.unidades, difference.venta, difference.costo})
    fields.push_back(amount.to_string());
  return format_csv_record(fields) + '\n';
}

KeptDifference read_record(const std::string& line) {
  const auto fields = parse_csv_record(line);
  if (!fields || fields->size() != kept_fields) throw DataError("not a kept difference");
  const auto& f = *fields;
  return {{f[0], std::stoi(f[1]), std::stoi(f[2]), std::stoi(f[3]), std::stoi(f[4])},
          f[5],
          {Decimal::parse(f[6]), Decimal::parse(f[7]), Decimal::parse(f[8])}};
}

}  // namespace

void keep_diff(std::int32_t branch, const ToldDifferences& day) {
  std::string text;
  for (const DiffLine& line : diff_lines(day, all_rows)) text += record_of(line);
  fs::create_directories(folder());
  replace_file(path_of(branch, day.date), text, for_the_user);
}

std::optional<std::vector<KeptDifference>> kept_diff(std::int32_t branch,
                                                     const std::string& date) try {
  std::ifstream file(path_of(branch, date));
  if (!file) return std::nullopt;
  std::vector<KeptDifference> kept;
  for (std::string line; std::getline(file, line);) kept.push_back(read_record(line));
  return kept;
} catch (const std::exception&) {
  return std::nullopt;
}

std::vector<DiffOutcome> outcomes_of(const std::vector<KeptDifference>& kept,
                                     const ToldDifferences& now) {
  std::map<std::pair<SalesKey, std::string>, Amounts> left;
  for (const DiffLine& line : diff_lines(now, all_rows))
    left.emplace(std::pair(line.row->key, line.place->name), line.difference());
  std::vector<DiffOutcome> outcomes;
  for (const KeptDifference& before : kept) {
    using State = DiffOutcome::State;
    const auto found = left.find({before.key, before.place});
    if (found != left.end())
      outcomes.push_back({before, State::left, found->second});
    else
      outcomes.push_back(
          {before, is_compared(now, before.place) ? State::resolved : State::unknown, {}});
  }
  return outcomes;
}

}  // namespace consolidador::ctl
