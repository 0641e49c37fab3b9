// SPDX-License-Identifier: MIT
// Daemon: its configuration, and what becomes of it when it is read again.
#include <fmt/format.h>

#include <algorithm>

#include "daemon/logging.hpp"
#include "daemon/service/daemon.hpp"
#include "lib/core/log.hpp"

namespace consolidador {

std::optional<std::string> Daemon::reload() {
  if (stopping_) return "the service is stopping";
  notifier_.reloading();
  try {
    take(prepare(parts_.load_config()));
    configuration_error_.clear();
    log::write(log::Level::info, {log::Event::configuration, std::nullopt, "", 0, 0},
               "configuration reloaded");
  } catch (const std::exception& error) {
    configuration_error_ = error.what();
    log::write(log::Level::error, {log::Event::configuration, std::nullopt, "", 0, 0},
               fmt::format("configuration not reloaded, the old one stays: {}", error.what()));
  }
  time_.wake();
  update_status();
  notifier_.ready();
  if (configuration_error_.empty()) return std::nullopt;
  return configuration_error_;
}

void Daemon::check_unchanged(const Config& config) const {
  if (config.branch.id != config_.branch.id)
    throw ConfigError(fmt::format("branch.id: cannot change from {} to {} while running; restart",
                                  config_.branch.id, config.branch.id));
  if (config.paths.state != config_.paths.state)
    throw ConfigError(fmt::format("paths.state: cannot change from {} to {} while running; restart",
                                  config_.paths.state.string(), config.paths.state.string()));
}

Daemon::Prepared Daemon::prepare(Config config) const {
  check_unchanged(config);
  make_log_folder(config);
  const TimeZone zone(config.branch.time_zone);
  auto bitacora = std::make_unique<Bitacora>(config.paths.bitacora());
  auto source = parts_.backends.source(config);
  auto targets = make_targets(config);
  return {std::move(config), zone, std::move(bitacora), std::move(source), std::move(targets)};
}

void Daemon::take(Prepared prepared) {
  parts_.start_logging(prepared.config);  // the last thing that can be refused
  config_ = std::move(prepared.config);
  zone_ = prepared.zone;
  bitacora_ = std::move(prepared.bitacora);
  schedule_ = Schedule(schedule_options(), zone_, time_.now());
  holdings_.set_lock(lock_options(config_));
  extractions_.replace(extraction_options(), std::move(prepared.source));
  apply_targets(prepared.targets);
  plan_all();
  ++generation_;
}

Daemon::Targets Daemon::make_targets(const Config& config) const {
  Targets targets{{"local", parts_.backends.target(config, "local")}};
  if (!config.local_only) targets.emplace("vps", parts_.backends.target(config, "vps"));
  return targets;
}

void Daemon::apply_targets(const Targets& targets) {
  std::erase_if(retired_, [](const auto& lane) { return lane->ended(); });
  for (const auto& [name, target] : targets) add_place(name, target);
  if (targets.contains("vps")) return;
  const auto gone =
      std::ranges::find_if(places_, [](const Place& place) { return place.lane->name() == "vps"; });
  if (gone == places_.end()) return;
  close_cycle_for("vps", std::nullopt);
  tell_progress(requests_.forget_target("vps"));
  holdings_.drop_target("vps");
  gone->lane->stop();
  retired_.push_back(std::move(gone->lane));
  places_.erase(gone);
}

/// Makes the place, or gives the one that is there its new configuration.
void Daemon::add_place(const std::string& name, std::shared_ptr<Target> target) {
  if (Place* place = find(name)) {
    const std::size_t before = place->lane->workers().size();
    place->lane->replace(lane_options(), std::move(target));
    spawn_workers(*place->lane, before);
    return;
  }
  Place place;
  place.lane = std::make_unique<Lane>(loop_, name, lane_options(), std::move(target), extractions_,
                                      holdings_, static_cast<LaneListener&>(*this));
  places_.push_back(std::move(place));
  if (coroutines_ != 0) spawn_workers(*places_.back().lane, 0);  // else run() does
}

LaneOptions Daemon::lane_options() const {
  return {config_.pool.size, config_.timeouts.unit, config_.retry.backoff, config_.dry_run,
          this_machine()};
}

ExtractionOptions Daemon::extraction_options() const {
  return {config_.branch.id,
          {config_.audit.enabled, config_.audit.tolerance},
          config_.timeouts.unit,
          config_.retry.backoff,
          config_.pool.size,
          {config_.extraction.parallel, config_.extraction.share,
           config_.extraction.max_threads_running}};
}

ScheduleOptions Daemon::schedule_options() const {
  return {config_.schedule.every, config_.schedule.close_at, config_.verification.days_per_hour,
          config_.branch.id};
}

}  // namespace consolidador
