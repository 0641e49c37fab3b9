// SPDX-License-Identifier: MIT
#include "daemon/service/places.hpp"

#include <algorithm>
#include <utility>

namespace consolidador {

const Place* Places::find(const std::string& name) const {
  const auto found =
      std::ranges::find_if(places_, [&](const Place& place) { return place.name() == name; });
  return found == places_.end() ? nullptr : &*found;
}

Place* Places::find(const std::string& name) {
  return const_cast<Place*>(std::as_const(*this).find(name));
}

Place& Places::add(std::unique_ptr<Lane> lane) {
  Place& place = places_.emplace_back(std::move(lane), branch_, holdings_);
  tell_lanes();
  return place;
}

void Places::remove(const std::string& name) {
  holdings_.drop_target(name);
  for (auto place = places_.begin(); place != places_.end(); ++place) {
    if (place->name() != name) continue;
    retired_.push_back(place->close());
    places_.erase(place);
    return;
  }
}

void Places::forget_ended() {
  std::erase_if(retired_, [](const auto& lane) { return lane->ended(); });
}

void Places::stop() {
  stopped_ = true;
  for (Place& place : places_) place.lane().stop();
}

void Places::interrupt() {
  for (Place& place : places_) place.lane().workers().interrupt();
  for (auto& lane : retired_) lane->workers().interrupt();
}

bool Places::hung() {
  return std::ranges::any_of(places_, [](Place& p) { return p.lane().workers().hung(); }) ||
         std::ranges::any_of(retired_, [](const auto& lane) { return lane->workers().hung(); });
}

bool Places::at_work() {
  return std::ranges::any_of(places_, [](Place& p) { return p.lane().workers().at_work(); }) ||
         std::ranges::any_of(retired_, [](const auto& lane) { return lane->workers().at_work(); });
}

void Places::pause(bool paused) {
  paused_ = paused;
  tell_lanes();
}

void Places::await_restart(bool awaited) {
  restart_awaited_ = awaited;
  tell_lanes();
}

void Places::tell_lanes() {
  std::optional<std::string> why;
  if (paused_) why = "paused";
  if (restart_awaited_) why = "the service is restarted when its last units have ended";
  for (Place& place : places_) place.lane().pause(why);
}

void Places::read_ledgers() {
  for (Place& place : places_) place.lane().errands().read_ledger();
}

Task<> Places::look_at_ledgers() {
  constexpr auto longest = std::chrono::seconds(10);
  std::map<std::string, std::size_t> before;
  for (Place& place : places_) before[place.name()] = place.lane().errands().readings();
  read_ledgers();
  const auto end = SteadyClock::now() + longest;
  const auto awaited = [&](Place& place) {
    return place.up() && place.lane().errands().readings() == before[place.name()];
  };
  while (!stopped_ && SteadyClock::now() < end && std::ranges::any_of(places_, awaited))
    co_await extractions_.changed().wait_until(end);
}

void Places::plan() {
  if (holdings_.writing_doubt()) return;  // nobody knows what is late
  for (Place& place : places_) {
    if (!holdings_.was_read(place.name())) continue;
    const Place* other = nullptr;
    for (const Place& candidate : places_)
      if (&candidate != &place && candidate.ledger_known()) other = &candidate;
    place.plan(other, extractions_.first_sale());
  }
}

bool Places::all_up() const {
  return std::ranges::all_of(places_, &Place::up);
}

bool Places::idle() const {
  return std::ranges::all_of(places_, [](const Place& p) { return p.lane().days().idle(); });
}

bool Places::none_late() const {
  return std::ranges::all_of(places_, [](const Place& place) { return place.late() == 0; });
}

std::vector<Outstanding> Places::outstanding(Date date) const {
  std::vector<Outstanding> all;
  const Availability& source = extractions_.availability();
  for (const Place& place : places_) {
    const bool lacks = !place.up() && !find_day(place.ledger(), date);
    if (!lacks && !place.lane().days().contains(date)) continue;
    Outstanding& one = all.emplace_back(place.outstanding(date));
    if (one.soon && source.down_since())
      one = {one.target, false, source.last_error(), one.recorded, one.closed};
  }
  return all;
}

std::size_t Places::archived(std::optional<Date> first_sale) const {
  std::size_t most = 0;
  for (const Place& place : places_) most = std::max(most, place.archived(first_sale));
  return most;
}

}  // namespace consolidador
