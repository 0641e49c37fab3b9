// SPDX-License-Identifier: MIT
#include "daemon/ctl/nagios.hpp"
#include "lib/core/outlet.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

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
                          without_bar(for_terminal(text)));
  if (!perfdata.empty()) line += " | " + perfdata;
  return {code, line};
}

int severity(const Status& status) {
  if (status.health == "failing") return 2;
  if (status.health == "degraded" || status.paused()) return 1;
  return status.health == "ok" ? 0 : 3;
}

std::string explanation(const Status& status) {
  auto texts = status.health_reasons;
  const auto& audited = status.last_audited_day;
  if (texts.empty())
    texts.push_back(audited.empty() ? "no day audited yet" : "audited up to " + audited);
  if (!status.modes.empty())
    texts.push_back(fmt::format("modes: {}", fmt::join(status.modes, ", ")));
  return fmt::format("{}", fmt::join(texts, "; "));
}

std::string perfdata(const Status& status, Instant now) {
  std::vector<std::string> items;
  const auto days = [&](const std::string& label, std::uint64_t count) {
    items.push_back(fmt::format("'{}'={};;;0", label, count));
  };
  for (const PlaceStatus& target : status.targets()) {
    days("pending_" + target.name, target.pending_days);
    days("late_" + target.name, target.late_days);
    days("retried_" + target.name, target.retried_days);
    if (target.last_success != 0)
      items.push_back(
          fmt::format("'age_{}'={}s;;;0", target.name, age_seconds(target.last_success, now)));
  }
  days("failed_days", status.failed_days);
  days("held_days", status.held_days);
  days("archived_days", status.archived_days);
  days("rejected_days", status.rejected_days);
  days("rejected_rows", status.rejected_rows);
  items.push_back(fmt::format("'days_synced'={}c", status.days_synced));
  items.push_back(fmt::format("'rows_synced'={}c", status.rows_synced));
  return fmt::format("{}", fmt::join(items, " "));
}

}  // namespace

NagiosResult nagios(const Status& status, Instant now) {
  return result(severity(status),
                fmt::format("branch {}: {}", status.branch_id, explanation(status)),
                perfdata(status, now));
}

NagiosResult nagios_failure(bool known_not_to_run, const std::string& reason) {
  return result(known_not_to_run ? 2 : 3, reason);
}

}  // namespace consolidador::ctl
