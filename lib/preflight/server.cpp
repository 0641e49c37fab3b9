// SPDX-License-Identifier: MIT
#include "lib/preflight/server.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>
#include <iomanip>
#include <locale>
#include <optional>
#include <sstream>

#include "lib/core/duration.hpp"
#include "lib/sync/clock_watch.hpp"

namespace consolidador::preflight {
namespace {

using namespace std::chrono;
using namespace std::chrono_literals;

constexpr auto slow_statement = 300ms;
constexpr auto clock_tolerance = 10s;
constexpr auto certificate_notice = days(30);
constexpr std::size_t small_packet = 1U << 20;

unsigned number(std::string_view text) {
  unsigned value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

/// 10.11.19-MariaDB is 1011.
unsigned release_of(std::string_view version) {
  const auto dot = version.find('.');
  const auto minor = dot == std::string_view::npos ? "" : version.substr(dot + 1);
  return number(version) * 100 + number(minor);
}

/// `Nov  4 13:39:17 2028 GMT`, as OpenSSL writes it.
std::optional<Instant> parse_expiry(const std::string& text) {
  std::istringstream in(text);
  in.imbue(std::locale::classic());
  std::tm tm{};
  in >> std::get_time(&tm, "%b %d %H:%M:%S %Y");
  if (in.fail()) return std::nullopt;
  return system_clock::from_time_t(timegm(&tm));
}

minutes offset_of(const TimeZone& zone, Instant now) {
  const auto shown = zone.date_at(now) + zone.time_of_day_at(now);
  return round<minutes>(shown.time_since_epoch() - now.time_since_epoch());
}

/// `UTC-06:00`.
std::string in_words(minutes offset) {
  const auto size = std::abs(offset.count());
  return fmt::format("UTC{}{:02}:{:02}", offset.count() < 0 ? '-' : '+', size / 60, size % 60);
}

}  // namespace

void check_version(const std::string& version, bool target, Report& report) {
  constexpr unsigned first_release = 1006;
  const bool mariadb = version.find("MariaDB") != std::string::npos;
  if (!target || (mariadb && release_of(version) >= first_release))
    report.ok("version", version);
  else
    report.fail("version",
                fmt::format("the server is {}{}", mariadb ? "" : "no MariaDB: ", version),
                "a target needs MariaDB 10.6 or later");
}

milliseconds measure_latency(Connection& connection) {
  std::array<milliseconds, 5> times{};
  for (auto& time : times) {
    const auto start = steady_clock::now();
    connection.execute("DO 0", DbPhase::read);
    time = duration_cast<milliseconds>(steady_clock::now() - start);
  }
  std::ranges::sort(times);
  return times[times.size() / 2];
}

void check_latency(milliseconds latency, Report& report) {
  const auto text = fmt::format("{} ms for a statement", latency.count());
  if (latency < slow_statement)
    report.ok("latency", text);
  else
    report.warn("latency", text, "a changed day costs at least five such waits; look at the line");
}

void check_clock(Instant server, Instant ours, bool target, Report& report) {
  const auto ahead = duration_cast<seconds>(server - ours);
  const auto text = fmt::format("{} s {} this machine's", std::abs(ahead.count()),
                                ahead.count() < 0 ? "behind" : "ahead of");
  constexpr auto remedy = "synchronize both clocks (timedatectl set-ntp true)";
  if (target && abs(ahead) > ClockWatch::tolerance)
    report.fail("clock",
                fmt::format("{}: nothing is written while they are more than {} apart", text,
                            spell_duration(ClockWatch::tolerance)),
                remedy);
  else if (abs(ahead) > clock_tolerance)
    report.warn("clock", text, remedy);
  else
    report.ok("clock", text);
}

void check_clock_is_own(bool moved_by_session, Report& report) {
  if (moved_by_session)
    report.fail("clock",
                "the server runs with sysdate-is-now: a session can say that a closed day is open, "
                "and its changes leave no history",
                "take sysdate-is-now out of the server's configuration and restart it");
}

void check_time_zone(const std::string& utc, const std::string& local, const TimeZone& branch,
                     Report& report) {
  const auto now = parse_utc(utc);
  const auto of_server = round<minutes>(parse_utc(local) - now);
  const auto of_branch = offset_of(branch, now);
  auto text = fmt::format("the POS keeps {}", in_words(of_server));
  if (of_server == of_branch) return report.ok("time_zone", text);
  const auto name = branch.name().empty() ? "this machine's zone" : branch.name();
  text += fmt::format(", the branch ({}) {}: {} min off", name, in_words(of_branch),
                      (of_server - of_branch).count());
  report.warn("time_zone", text,
              "set branch.time_zone to the tills' zone, or default_time_zone in the POS's server: "
              "near midnight each has another today");
}

void check_engines(const std::string& tables, const std::string& without, Report& report) {
  if (!without.empty())
    report.warn("engines",
                fmt::format("no transactions, and so no snapshot: {}; each day is read between two "
                            "audits that must be equal, again if they are not",
                            without),
                "ALTER TABLE ... ENGINE = InnoDB, where the POS's maker allows it");
  else if (tables == "0")
    report.ok(
        "engines",
        "the account sees no table, and need not; whether they know transactions (MyISAM does "
        "not) cannot be told: a day whose rows and audit do not agree is read again between "
        "two audits");
  else
    report.ok("engines", fmt::format("{} tables, all with transactions", tables));
}

void check_session(const Variables& session, SessionKind kind, Report& report) {
  const auto mode = value_of(session, "sql_mode");
  const bool strict = mode.find("STRICT_TRANS_TABLES") != std::string::npos;
  constexpr auto remedy = "something between changes our session; connect to the server itself";
  if (strict)
    report.ok("sql_mode", mode);
  else
    report.fail("sql_mode", fmt::format("the session has '{}', which is not strict", mode), remedy);

  auto isolation = value_of(session, "tx_isolation");
  if (isolation.empty()) isolation = value_of(session, "transaction_isolation");
  const auto* wanted = kind == SessionKind::writer ? "READ-COMMITTED" : "REPEATABLE-READ";
  if (isolation == wanted)
    report.ok("isolation", isolation);
  else
    report.fail("isolation", fmt::format("the session has {} instead of {}", isolation, wanted),
                remedy);

  const auto packet = number(value_of(session, "max_allowed_packet"));
  const auto text = fmt::format("{} bytes", packet);
  if (packet >= small_packet)
    report.ok("max_allowed_packet", text);
  else
    report.warn("max_allowed_packet", text + "; a day takes many packets",
                "set max_allowed_packet = 16M in the server");
}

void check_binlog(const Variables& server, Report& report) {
  const bool logs = value_of(server, "log_bin") == "ON";
  const auto format = value_of(server, "binlog_format");
  if (logs && format == "STATEMENT")
    report.fail("binlog_format", "STATEMENT, which refuses writes under READ COMMITTED",
                "set binlog_format = ROW in the server, and SET GLOBAL binlog_format = 'ROW'");
  else
    report.ok("binlog_format", logs ? format : "no binary log");
}

void check_tls(const Variables& status, const Endpoint& endpoint, Instant now, Report& report) {
  const auto version = value_of(status, "ssl_version");
  if (version.empty() && !endpoint.socket.empty())
    return report.ok("tls", "none, and none is needed by a socket");
  if (version.empty() && endpoint.is_loopback())
    return report.ok("tls",
                     "none, on this machine; `socket:` would keep its other users from answering "
                     "in the server's place while it is stopped");
  if (version.empty())
    return report.warn(
        "tls", "none: password and sales can be read on the way",
        "set tls.required: true; docs/tls.md says how the server gets a certificate");
  const auto expiry = parse_expiry(value_of(status, "ssl_server_not_after"));
  auto text = fmt::format("{}, {}", version, value_of(status, "ssl_cipher"));
  if (expiry)
    text += fmt::format("; certificate until {}", consolidador::to_string(floor<days>(*expiry)));
  if (expiry && *expiry < now + certificate_notice)
    report.warn("tls", text, "renew the server's certificate soon, then FLUSH SSL there");
  else
    report.ok("tls", text);
}

}  // namespace consolidador::preflight
