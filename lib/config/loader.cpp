// SPDX-License-Identifier: MIT
#include "lib/config/loader.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <limits>

#include "lib/config/endpoint.hpp"
#include "lib/config/readers.hpp"
#include "lib/config/section.hpp"
#include "lib/config/small_file.hpp"
#include "lib/core/duration.hpp"
#include "lib/core/error.hpp"

namespace consolidador {
namespace {

using namespace config;
using namespace std::chrono_literals;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::size_t size_limit = 1'048'576;

BranchConfig read_branch(const Section& section) {
  constexpr Integer<std::int32_t> id{1, std::numeric_limits<std::int32_t>::max(),
                                     "not a branch id"};
  BranchConfig branch;
  branch.id = id(section.require("id"));
  section.read("name", branch.name, read_text_or_nothing);
  section.read("time_zone", branch.time_zone, read_time_zone);
  if (branch.name.empty()) branch.name = fmt::format("sucursal {}", branch.id);
  return branch;
}

/// Only as it is written: two names may still mean one server.
bool is_same_database(const Endpoint& one, const Endpoint& other) {
  if (one.database != other.database || one.socket != other.socket) return false;
  const bool same_host = one.host == other.host || (one.is_loopback() && other.is_loopback());
  return !one.socket.empty() || (same_host && one.port == other.port);
}

struct Databases {
  Endpoint operational;
  Endpoint local;
  Endpoint vps;
};

Databases read_databases(const Section& section, bool local_only) {
  Databases databases;
  databases.operational = read_endpoint(section, "operational");
  databases.local = read_endpoint(section, "local");
  if (section.given("vps"))
    databases.vps = read_endpoint(section, "vps");
  else if (!local_only)
    section.fail("vps", "is missing; describe the database there, or set local_only: true");
  if (!local_only && is_same_database(databases.local, databases.vps))
    section.fail("vps",
                 "is the same database as local: head office would get nothing; name the "
                 "VPS's, or set local_only: true");
  return databases;
}

WindowConfig read_window(const Section& section) {
  WindowConfig window;
  section.read("reprocess_days", window.reprocess_days, Integer<int>{0, 366});
  return window;
}

std::optional<DateRange> read_historical(const Section& section) {
  const auto from = section.find("from");
  const auto to = section.find("to");
  if (!from && !to) return std::nullopt;
  if (!to) section.fail("to", "is missing beside historical.from; add the last day");
  if (!from) section.fail("from", "is missing beside historical.to; add the first day");
  const DateRange range{read_date(*from), read_date(*to)};
  if (range.empty())
    section.fail("from", fmt::format("{} is after historical.to ({}); swap them",
                                     to_string(range.first), to_string(range.last)));
  return range;
}

UpsertConfig read_upsert(const Section& section) {
  UpsertConfig upsert;
  section.read("batch_size", upsert.batch_size, Integer<std::uint32_t>{1, 100'000});
  section.retired("array_binding");
  return upsert;
}

RetryConfig read_retry(const Section& section) {
  RetryConfig retry;
  constexpr Duration<milliseconds> wait{1ms, 1h};
  section.read("attempts", retry.attempts, Integer<unsigned>{1, 100});
  section.read("initial", retry.backoff.initial, wait);
  section.read("max", retry.backoff.max, wait);
  if (retry.backoff.initial > retry.backoff.max)
    section.fail("initial", fmt::format("{} is longer than retry.max ({}); shorten it or raise max",
                                        format_duration(retry.backoff.initial),
                                        format_duration(retry.backoff.max)));
  return retry;
}

AuditConfig read_audit(const Section& section) {
  AuditConfig audit;
  section.read("enabled", audit.enabled, read_boolean);
  section.read("tolerance", audit.tolerance, read_tolerance);
  return audit;
}

TimeoutsConfig read_timeouts(const Section& section) {
  TimeoutsConfig timeouts;
  section.read("connect", timeouts.connect, Duration<seconds>{1s, 10min});
  section.read("read", timeouts.read, Duration<seconds>{1s, 1h});
  section.read("write", timeouts.write, Duration<seconds>{1s, 1h});
  section.read("statement", timeouts.statement, Duration<seconds>{1s, 24h});
  section.read("unit", timeouts.unit, Duration<seconds>{1s, 24h});
  return timeouts;
}

PoolConfig read_pool(const Section& section) {
  PoolConfig pool;
  section.read("size", pool.size, Integer<std::size_t>{1, 16});
  section.read("max_age", pool.max_age, Duration<seconds>{1s, 24h});
  section.read("acquire", pool.acquire, Duration<seconds>{1s, 1h});
  return pool;
}

ScheduleConfig read_schedule(const Section& section) {
  ScheduleConfig schedule;
  section.read("every", schedule.every, Duration<milliseconds>{1s, 24h});
  section.read("close_at", schedule.close_at, read_time_of_day);
  return schedule;
}

VerificationConfig read_verification(const Section& section) {
  VerificationConfig verification;
  section.read("days_per_hour", verification.days_per_hour, Integer<unsigned>{0, 3'600});
  return verification;
}

ExtractionConfig read_extraction(const Section& section) {
  ExtractionConfig extraction;
  section.read("parallel", extraction.parallel, Integer<std::size_t>{1, 16});
  section.read("share", extraction.share, Integer<unsigned>{1, 100});
  section.read("max_threads_running", extraction.max_threads_running,
               Integer<std::uint64_t>{0, 10'000});
  section.read("hours", extraction.hours, read_times_of_day);
  return extraction;
}

AsSoldConfig read_as_sold(const std::vector<Value>& values) {
  AsSoldConfig as_sold{false, false, false, false};
  for (const Value& value : values) {
    if (value.text() == "supplier")
      as_sold.supplier = true;
    else if (value.text() == "department")
      as_sold.department = true;
    else if (value.text() == "category")
      as_sold.category = true;
    else if (value.text() == "subcategory")
      as_sold.subcategory = true;
    else
      value.fail(excerpt(value.text()) +
                 " is no dimension; use supplier, department, category or subcategory");
  }
  return as_sold;
}

LockConfig read_lock(const Section& section) {
  LockConfig lock;
  constexpr Integer<unsigned> percent{0, 100};
  section.read("enabled", lock.enabled, read_boolean);
  section.read("rows", lock.rows, percent);
  section.read("min_rows", lock.min_rows, Integer<std::uint64_t>{0, 1'000'000});
  section.read("amount", lock.amount, percent);
  if (section.has("as_sold")) lock.as_sold = read_as_sold(section.list("as_sold"));
  return lock;
}

HealthConfig read_health(const Section& section, const ScheduleConfig& schedule) {
  HealthConfig health;
  section.read("degraded_after", health.degraded_after, Duration<seconds>{1s, 240h});
  section.read("failing_after", health.failing_after, Duration<seconds>{1s, 2400h});
  if (health.degraded_after > health.failing_after)
    section.fail(
        "degraded_after",
        fmt::format("{} is longer than health.failing_after ({}); shorten it",
                    format_duration(health.degraded_after), format_duration(health.failing_after)));
  if (2 * health.degraded_after < 3 * schedule.every)
    section.fail("degraded_after",
                 fmt::format("{} is shorter than one and a half times schedule.every ({}): a cycle "
                             "that takes its time would be late; lengthen it, or shorten "
                             "schedule.every",
                             format_duration(health.degraded_after),
                             format_duration(ceil<seconds>(schedule.every))));
  return health;
}

StopConfig read_stop(const Section& section) {
  StopConfig stop;
  section.read("grace", stop.grace, Duration<seconds>{1s, 1h});
  return stop;
}

LogConfig read_log(const Section& section) {
  LogConfig log;
  section.read("level", log.level,
               Choice<log::Level>{{{"debug", log::Level::debug},
                                   {"info", log::Level::info},
                                   {"warning", log::Level::warning},
                                   {"error", log::Level::error}}});
  section.read("file", log.file, read_text_or_nothing);
  return log;
}

/// What systemd has made for the service is the default (systemd.exec(5), LogsDirectory=).
PathsConfig default_paths(const Environment& environment) {
  PathsConfig paths;
  if (const auto logs = environment("LOGS_DIRECTORY"); logs && !logs->empty()) paths.logs = *logs;
  if (const auto state = environment("STATE_DIRECTORY"); state && !state->empty())
    paths.state = *state;
  return paths;
}

PathsConfig read_paths(const Section& section, PathsConfig paths) {
  section.read("logs", paths.logs, read_absolute_path);
  section.read("state", paths.state, read_absolute_path);
  return paths;
}

Config read_config(const Section& root, const Environment& environment) {
  Config config;
  root.read("dry_run", config.dry_run, read_boolean);
  root.read("local_only", config.local_only, read_boolean);
  config.branch = root.read_section("branch", read_branch);
  const auto databases = root.read_section(
      "databases", [&](const Section& each) { return read_databases(each, config.local_only); });
  config.operational = databases.operational;
  config.local = databases.local;
  config.vps = databases.vps;
  config.window = root.read_section("window", read_window);
  config.historical = root.read_section("historical", read_historical);
  config.upsert = root.read_section("upsert", read_upsert);
  config.retry = root.read_section("retry", read_retry);
  config.audit = root.read_section("audit", read_audit);
  root.read("invalid_rows", config.invalid_rows,
            Choice<InvalidRows>{
                {{"refuse", InvalidRows::refuse}, {"quarantine", InvalidRows::quarantine}}});
  config.timeouts = root.read_section("timeouts", read_timeouts);
  config.pool = root.read_section("pool", read_pool);
  config.schedule = root.read_section("schedule", read_schedule);
  config.verification = root.read_section("verification", read_verification);
  config.extraction = root.read_section("extraction", read_extraction);
  config.lock = root.read_section("lock", read_lock);
  config.health = root.read_section(
      "health", [&](const Section& each) { return read_health(each, config.schedule); });
  config.stop = root.read_section("stop", read_stop);
  config.log = root.read_section("log", read_log);
  config.paths = root.read_section(
      "paths", [&](const Section& each) { return read_paths(each, default_paths(environment)); });
  return config;
}

Node read_tree(const std::filesystem::path& file) {
  Node root = parse_yaml(file.string(), read_text_file(file, size_limit));
  if (root.kind == Node::Kind::nothing)
    throw ConfigError(fmt::format(
        "{}: has no keys; start from the example consolidador-ventas.yaml", file.string()));
  return root;
}

template <typename Reader>
auto read_file(const std::filesystem::path& file, const Environment& environment,
               const Reader& reader) {
  const std::string name = file.string();
  const Node tree = read_tree(file);
  return Section(name, tree, environment).read_whole(reader);
}

}  // namespace

Environment process_environment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    return value ? std::optional<std::string>(value) : std::nullopt;
  };
}

Config load_config(const std::filesystem::path& file, const Environment& environment) {
  return read_file(file, environment,
                   [&](const Section& root) { return read_config(root, environment); });
}

Endpoint load_vps(const std::filesystem::path& file, const Environment& environment) {
  const auto read_vps = [](const Section& databases) { return read_endpoint(databases, "vps"); };
  return read_file(file, environment,
                   [&](const Section& root) { return root.read_section("databases", read_vps); });
}

}  // namespace consolidador
