// SPDX-License-Identifier: MIT
#include "daemon/ctl/nagios.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace consolidador::ctl {
namespace {

constexpr std::array<const char*, 4> words{"OK", "WARNING", "CRITICAL", "UNKNOWN"};

/// The bar begins the perfdata; it must not come from a text.
std::string without_bar(std::string text) {
  std::ranges::replace(text, '|', '/');
  return text;
}

NagiosResult result(int code, const std::string& text, const std::string& perfdata = {}) {
  auto line = fmt::format("CONSOLIDADOR {} - {}", words.at(static_cast<std::size_t>(code)),
                          without_bar(text));
  if (!perfdata.empty()) line += " | " + perfdata;
  return {code, line};
}

int severity(const bus::Dict& status) {
  const auto health = bus::get<std::string>(status, "Health");
  if (health == "failing") return 2;
  if (health == "degraded" || bus::get<std::string>(status, "State") == "paused") return 1;
  return health == "ok" ? 0 : 3;
}

std::string explanation(const bus::Dict& status) {
  auto reasons = bus::get<bus::Strings>(status, "HealthReasons");
  if (bus::get<std::string>(status, "State") == "paused")
    reasons.insert(reasons.begin(), "paused: " + bus::get<std::string>(status, "PauseReason"));
  if (!reasons.empty()) return fmt::format("{}", fmt::join(reasons, "; "));
  const auto audited = bus::get<std::string>(status, "LastAuditedDay");
  return audited.empty() ? "no day audited yet" : "audited up to " + audited;
}

std::string perfdata(const bus::Dict& status, Instant now) {
  std::vector<std::string> items;
  for (const bus::Dict& target : targets_of(status)) {
    const auto name = bus::get<std::string>(target, "Name");
    items.push_back(
        fmt::format("'pending_{}'={};;;0", name, bus::get<std::uint64_t>(target, "PendingDays")));
    items.push_back(
        fmt::format("'late_{}'={};;;0", name, bus::get<std::uint64_t>(target, "LateDays")));
    if (const auto last = bus::get<std::uint64_t>(target, "LastSuccessUSec"); last != 0)
      items.push_back(fmt::format("'age_{}'={}s;;;0", name, age_seconds(last, now)));
  }
  const auto days = [&](const char* label, const char* key) {
    items.push_back(fmt::format("'{}'={};;;0", label, bus::get<std::uint64_t>(status, key)));
  };
  days("failed_days", "FailedDays");
  days("held_days", "HeldDays");
  days("archived_days", "ArchivedDays");
  items.push_back(fmt::format("'days_synced'={}c", bus::get<std::uint64_t>(status, "DaysSynced")));
  items.push_back(fmt::format("'rows_synced'={}c", bus::get<std::uint64_t>(status, "RowsSynced")));
  return fmt::format("{}", fmt::join(items, " "));
}

}  // namespace

NagiosResult nagios(const bus::Dict& status, Instant now) {
  return result(
      severity(status),
      fmt::format("branch {}: {}", bus::get<std::int32_t>(status, "BranchId"), explanation(status)),
      perfdata(status, now));
}

NagiosResult nagios_failure(bool known_not_to_run, const std::string& reason) {
  return result(known_not_to_run ? 2 : 3, reason);
}

}  // namespace consolidador::ctl
