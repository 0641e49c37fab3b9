// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "lib/core/backoff.hpp"
#include "lib/core/date.hpp"
#include "lib/core/decimal.hpp"
#include "lib/core/endpoint.hpp"
#include "lib/core/log.hpp"

namespace consolidador {

// The whole configuration as plain values, checked once by the loader. The keys are those of the
// YAML file; etc/consolidador-ventas.yaml explains each of them.

/// A span of the day, which may pass midnight; `from` is in it, `to` is not.
struct TimesOfDay {
  std::chrono::minutes from{};
  std::chrono::minutes to{};

  bool contain(std::chrono::minutes time) const {
    return from < to ? time >= from && time < to : time >= from || time < to;
  }
};

struct BranchConfig {
  std::int32_t id = 0;    ///< 1 to 2147483647; IdSucursal in the databases
  std::string name;       ///< for people; never empty after loading: default "sucursal <id>"
  std::string time_zone;  ///< IANA name; empty: the machine's own
};

struct WindowConfig {
  int reprocess_days = 1;  ///< today and this many days before it; 0 to 366
};

struct UpsertConfig {
  std::uint32_t batch_size = 20'000;  ///< rows in one statement; 1 to 100000
};

struct RetryConfig {
  unsigned attempts = 3;  ///< of one day in one target, in `once`; 1 to 100
  BackoffPolicy backoff;  ///< retry.initial (default 5s) <= retry.max (default 5min); 1ms to 1h
};

struct AuditConfig {
  bool enabled = true;
  /// Between extraction and sp_audit_operativa; 0 to 1000000, default 0.01.
  Decimal tolerance = Decimal::from_units(100);
};

/// What becomes of a day with a few rows that cannot be taken.
enum class InvalidRows {
  refuse,      ///< it is in ERROR
  quarantine,  ///< it is proven without them, and they are kept apart
};

struct TimeoutsConfig {
  std::chrono::seconds connect{10};    ///< 1s to 10min
  std::chrono::seconds read{60};       ///< silence of the server within one statement; 1s to 1h
  std::chrono::seconds write{60};      ///< 1s to 1h
  std::chrono::seconds statement{50};  ///< max_statement_time on the server; 1s to 1d
  std::chrono::seconds unit{900};      ///< one day of one target, or one extraction, at the longest
};

struct PoolConfig {
  std::size_t size = 2;                ///< connections per database; 1 to 16
  std::chrono::seconds max_age{1800};  ///< an older idle connection is replaced; 1s to 1d
  std::chrono::seconds acquire{30};    ///< longest wait for a free connection; 1s to 1h
};

struct ScheduleConfig {
  std::chrono::milliseconds every{300'000};  ///< today and the window; 1s to 1d
  std::chrono::minutes close_at{120};        ///< HH:MM on the branch's clocks: the closing pass
};

struct VerificationConfig {
  unsigned days_per_hour =
      4;  ///< closed days audited again, the least recently audited first; 0: none
};

/// How fast old days (history, verification) may be read from the POS.
struct ExtractionConfig {
  std::size_t parallel = 1;                ///< at the same time; 1 to 16
  unsigned share = 50;                     ///< percent of the time, 1 to 100
  std::uint64_t max_threads_running = 10;  ///< in the POS's server, else it waits; 0: no limit
  std::optional<TimesOfDay> hours;         ///< on the branch's clocks; nothing: at any time
};

/// What the POS's procedure takes from master data: closed days keep it as it was sold.
struct AsSoldConfig {
  bool supplier = true;
  bool department = false;
  bool category = false;
  bool subcategory = false;
};

/// How much of what was proven the POS may take away by itself; see LockLimits.
struct LockConfig {
  bool enabled = true;
  unsigned rows = 10;           ///< percent, 0 to 100
  std::uint64_t min_rows = 20;  ///< 0 to 1000000
  unsigned amount = 10;         ///< percent, 0 to 100
  AsSoldConfig as_sold;
};

struct HealthConfig {
  std::chrono::seconds degraded_after{1'800};  ///< without a success in a target
  std::chrono::seconds failing_after{86'400};
};

struct StopConfig {
  std::chrono::seconds grace{20};  ///< for running transactions to end at SIGTERM
};

struct LogConfig {
  log::Level level = log::Level::info;
  std::string file = "bot.log";  ///< relative to paths.logs; empty: no file
};

/// Under systemd the defaults are the service's own LogsDirectory and StateDirectory.
struct PathsConfig {
  std::filesystem::path logs = "/var/log/consolidador-ventas";
  std::filesystem::path state = "/var/lib/consolidador-ventas";

  std::filesystem::path bitacora() const { return logs / "bitacora_extraccion.csv"; }
};

struct Config {
  BranchConfig branch;
  Endpoint operational;  ///< tls.required defaults to false on loopback
  Endpoint local;
  Endpoint vps;  ///< may be not given where local_only is true
  WindowConfig window;
  std::optional<DateRange> historical;  ///< historical: {from, to}; both or neither
  UpsertConfig upsert;
  RetryConfig retry;
  AuditConfig audit;
  InvalidRows invalid_rows = InvalidRows::quarantine;
  TimeoutsConfig timeouts;
  PoolConfig pool;
  ScheduleConfig schedule;
  VerificationConfig verification;
  ExtractionConfig extraction;
  LockConfig lock;
  HealthConfig health;
  StopConfig stop;
  LogConfig log;
  PathsConfig paths;
  bool dry_run = false;
  bool local_only = false;
};

}  // namespace consolidador
