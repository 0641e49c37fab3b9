// SPDX-License-Identifier: MIT
#include "daemon/check.hpp"

#include <chrono>
#include <functional>

#include "lib/core/time_zone.hpp"
#include "lib/db/pool.hpp"
#include "lib/store/aggregate_target.hpp"
#include "lib/store/endpoint.hpp"
#include "lib/store/pos_source.hpp"
#include "lib/sync/extractor.hpp"

namespace consolidador {
namespace {

/// Runs one check and says how it went; an Error's own text holds the remedy.
ExitCode report(const std::string& name, const std::function<std::string()>& check,
                std::ostream& out) {
  try {
    const auto findings = check();
    out << name << ": ok, " << findings << '\n';
    return ExitCode::ok;
  } catch (const Error& error) {
    out << name << ": FAILED, " << error.what() << '\n';
    return error.cause() == ErrorCause::link ? ExitCode::unreachable : ExitCode::day_failed;
  }
}

ExitCode worse(ExitCode a, ExitCode b) {
  return a < b ? b : a;
}

std::string check_source(const Config& config, Date today) {
  Pool pool(source_connection(config), pool_options(config));
  PosSource source(pool);
  const auto day =
      extract(source, config.branch.id, today, {config.audit.enabled, config.audit.tolerance});
  return fmt::format("{}; today has {} rows, sales {}", pool.endpoint(), day.totals.filas,
                     day.totals.venta.to_string());
}

std::string check_target(const Config& config, const EndpointConfig& endpoint,
                         const std::string& name, Date today) {
  Pool pool(target_connection(config, endpoint, name), pool_options(config));
  AggregateTarget target(pool, config.branch.id, {});
  const auto state = target.state(today);
  const auto rolled_back = target.begin();  // only whether the account may
  rolled_back->clear(today);
  rolled_back->record(today, {});
  return fmt::format("{}; today has {} rows", pool.endpoint(), state.actual.filas);
}

}  // namespace

ExitCode run_check(const Config& config, bool connect, std::ostream& out) {
  out << "configuration: ok, branch " << config.branch.id << '\n';
  if (!connect) return ExitCode::ok;
  const Date today = TimeZone(config.branch.time_zone).date_at(std::chrono::system_clock::now());
  ExitCode code = report(
      "operational", [&] { return check_source(config, today); }, out);
  code = worse(
      code, report(
                "local", [&] { return check_target(config, config.local, "local", today); }, out));
  if (config.local_only) return code;
  return worse(code,
               report(
                   "vps", [&] { return check_target(config, config.vps, "vps", today); }, out));
}

}  // namespace consolidador
