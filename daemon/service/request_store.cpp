// SPDX-License-Identifier: MIT
#include "daemon/service/request_store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <sstream>
#include <system_error>

#include "daemon/service/request_progress.hpp"
#include "lib/core/error.hpp"
#include "lib/core/folder.hpp"
#include "lib/core/log.hpp"
#include "lib/core/text.hpp"

namespace consolidador {
namespace {

namespace fs = std::filesystem;

std::optional<RequestKind> parse_kind(const std::string& word) {
  for (const auto kind : {RequestKind::backfill, RequestKind::reprocess, RequestKind::audit,
                          RequestKind::approve, RequestKind::restore})
    if (word == to_string(kind)) return kind;
  return std::nullopt;
}

std::string text_of(const DayTotals& totals) {
  return fmt::format("{} {} {} {} {}", totals.filas, totals.unidades.to_string(),
                     totals.venta.to_string(), totals.costo.to_string(), totals.huella);
}

/// `backfill FROM TO`; behind it, a line for each part of a decision.
std::string text_of(const StoredRequest& request) {
  std::string text = fmt::format("{} {} {}\n", to_string(request.kind),
                                 to_string(request.range.first), to_string(request.range.last));
  const auto add = [&text](const char* name, const std::string& value) {
    if (!value.empty()) text += fmt::format("{} {}\n", name, one_line(value));
  };
  add("actor", request.actor);
  add("reason", request.reason);
  add("from", request.from);
  for (const auto& [date, loss] : request.losses)
    text +=
        fmt::format("day {} {} {}\n", to_string(date), text_of(loss.content), text_of(loss.shown));
  return text;
}

DayTotals parse_totals(std::istringstream& line) {
  std::string units, sales, cost;
  DayTotals totals;
  if (!(line >> totals.filas >> units >> sales >> cost >> totals.huella))
    throw DataError("not a day");
  totals.unidades = Decimal::parse(units);
  totals.venta = Decimal::parse(sales);
  totals.costo = Decimal::parse(cost);
  return totals;
}

void parse_day(std::istringstream& line, StoredRequest& request) {
  std::string date;
  line >> date;
  const DayTotals content = parse_totals(line);
  request.losses.emplace(parse_date(date), ApprovedLoss{content, parse_totals(line)});
}

void parse_line(const std::string& text, StoredRequest& request) {
  std::istringstream line(text);
  std::string name;
  line >> name >> std::ws;
  if (name == "day") return parse_day(line, request);
  if (name == "actor")
    std::getline(line, request.actor);
  else if (name == "reason")
    std::getline(line, request.reason);
  else if (name == "from")
    std::getline(line, request.from);
  else
    throw DataError("not a part of a request");
}

/// The number that the file's whole name is.
std::uint64_t id_of(const std::string& name) {
  std::size_t digits = 0;
  const auto id = std::stoull(name, &digits);
  if (digits < name.size()) throw DataError("not a request's name");
  return id;
}

std::optional<StoredRequest> read(const Folder& folder, const std::string& name) try {
  std::istringstream file(folder.read(name).value_or(""));
  std::string kind, from, to;
  file >> kind >> from >> to;
  const auto parsed = parse_kind(kind);
  if (!parsed) return std::nullopt;
  StoredRequest request;
  request.id = id_of(name);
  request.kind = *parsed;
  request.range = {parse_date(from), parse_date(to)};
  std::string line;
  std::getline(file, line);  // the rest of the first
  while (std::getline(file, line)) parse_line(line, request);
  return request;
} catch (const std::exception&) {
  return std::nullopt;
}

void drop(const Folder& folder, const std::string& name) noexcept try {
  folder.remove(name);
} catch (const std::exception&) {  // a folder, say, which harms nobody
}

}  // namespace

RequestStore::RequestStore(fs::path folder) : folder_(std::move(folder)) {
  std::error_code error;
  fs::create_directories(folder_, error);
  if (error)
    throw Error(ErrorClass::permanent, ErrorCause::internal,
                fmt::format("{} cannot be made: {}; make it, or change paths.state",
                            folder_.string(), error.message()));
}

void RequestStore::save(const StoredRequest& request) const try {
  constexpr mode_t for_owner = 0600;
  const Folder folder = own_folder(folder_);
  folder.replace(std::to_string(request.id), text_of(request), for_owner);
  folder.sync();
  sync_folder(folder_of(folder_));  // which may have got the folder just now
} catch (const std::system_error& error) {
  throw Error(
      ErrorClass::transient, ErrorCause::internal,
      fmt::format("{}; the request is not accepted; check paths.state and its disk", error.what()));
}

void RequestStore::forget_day(std::uint64_t id, Date date) const noexcept try {
  auto request = read(own_folder(folder_), std::to_string(id));
  if (!request || request->losses.erase(date) == 0) return;
  save(*request);
} catch (const std::exception& error) {
  log::error("{}", error.what());
}

void RequestStore::remove(std::uint64_t id) const noexcept try {
  own_folder(folder_).remove(std::to_string(id));
} catch (const std::exception& error) {
  log::warning("{}; the request will be done once more", error.what());
}

std::vector<StoredRequest> RequestStore::load() const {
  std::vector<StoredRequest> requests;
  const Folder folder = own_folder(folder_);
  for (const std::string& name : folder.names()) {
    if (name.ends_with(RequestProgress::suffix)) continue;
    if (const auto request = read(folder, name)) {
      requests.push_back(*request);
      continue;
    }
    log::warning("{} is not a whole request; removed", (folder_ / name).string());
    drop(folder, name);
  }
  std::ranges::sort(requests, {}, &StoredRequest::id);
  return requests;
}

}  // namespace consolidador
