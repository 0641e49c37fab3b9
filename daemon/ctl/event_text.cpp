// SPDX-License-Identifier: MIT
#include "daemon/ctl/event_text.hpp"

#include <fmt/format.h>

#include <functional>
#include <map>

#include "daemon/ctl/events.hpp"
#include "daemon/ctl/views.hpp"
#include "lib/core/text.hpp"

namespace consolidador::ctl {
namespace {

using bus::Dict;
using bus::Received;

struct Line {
  std::string text;
  Colour colour = Colour::none;
};

/// The argument, or an empty T from a daemon of another version.
template <typename T>
T argument(const Received& event, std::size_t index) {
  if (index >= event.arguments.size()) return {};
  const T* value = std::get_if<T>(&event.arguments[index]);
  return value ? *value : T{};
}

std::string word(const Received& event, std::size_t index) {
  return argument<std::string>(event, index);
}

/// Nothing from a daemon that does not tell it, or where the day was new.
std::string change_text(const Received& event) {
  const auto told = argument<Dict>(event, 3);
  if (!bus::find(told, "SalesChange") || word(event, 2) == "new") return {};
  auto text = fmt::format(
      "; rows: {} added, {} changed, {} removed; sales {}",
      bus::get<std::uint64_t>(told, "RowsAdded"), bus::get<std::uint64_t>(told, "RowsChanged"),
      bus::get<std::uint64_t>(told, "RowsRemoved"), bus::get<std::string>(told, "SalesChange"));
  const char* before = "; largest";
  for (const Dict& product : bus::get<std::vector<Dict>>(told, "Largest")) {
    text += fmt::format("{} {} {}", before, one_line(bus::get<std::string>(product, "Upc")),
                        bus::get<std::string>(product, "Sales"));
    before = ",";
  }
  return text;
}

std::string rejected_text(const Received& event) {
  const auto rows = bus::get<std::uint64_t>(argument<Dict>(event, 3), "RejectedRows");
  return rows == 0 ? std::string() : fmt::format("; {} rejected", counted(rows, "row"));
}

Line day_synced(const Received& event) {
  const auto totals = argument<Dict>(event, 3);
  return {
      fmt::format("{} {} {}: {}, sales {}{}{}", word(event, 0), word(event, 1), word(event, 2),
                  counted(bus::get<std::uint64_t>(totals, "Rows"), "row"),
                  bus::get<std::string>(totals, "Sales"), change_text(event), rejected_text(event)),
      Colour::green};
}

Line health_changed(const Received& event) {
  const auto health = word(event, 0);
  const auto reasons = argument<bus::Strings>(event, 1);
  return {
      fmt::format("health {}{}{}", health, reasons.empty() ? "" : ": ", fmt::join(reasons, "; ")),
      health == "ok"         ? Colour::green
      : health == "degraded" ? Colour::yellow
                             : Colour::red};
}

Line request_removed(const Received& event) {
  return {request_outcome(argument<Dict>(event, 2)),
          word(event, 1) == "failed" ? Colour::red : Colour::none};
}

Line cycle_finished(const Received& event) {
  const auto failed = argument<std::uint64_t>(event, 2);
  return {fmt::format("cycle {}: {} changed, {} in ERROR", argument<std::uint64_t>(event, 0),
                      counted(argument<std::uint64_t>(event, 1), "day task"), failed),
          failed == 0 ? Colour::dim : Colour::red};
}

Line owner_changed(const Received& event) {
  if (is_farewell(event)) return {"the daemon has left the bus", Colour::red};
  return {"the daemon is on the bus", Colour::green};
}

const std::map<std::string, std::function<Line(const Received&)>>& lines() {
  static const std::map<std::string, std::function<Line(const Received&)>> all{
      {"DaySynced", day_synced},
      {"DayFailed",
       [](const Received& e) {
         return Line{fmt::format("{} in ERROR: {}", word(e, 0), word(e, 1)), Colour::red};
       }},
      {"DayHeld",
       [](const Received& e) {
         return Line{fmt::format("{} held: {}", word(e, 0), word(e, 1)), Colour::yellow};
       }},
      {"HealthChanged", health_changed},
      {"TargetUp",
       [](const Received& e) {
         return Line{word(e, 0) + " is up", Colour::green};
       }},
      {"TargetDown",
       [](const Received& e) {
         return Line{fmt::format("{} is down: {}", word(e, 0), word(e, 1)), Colour::red};
       }},
      {"JobNew", [](const Received& e) { return Line{request_title(argument<Dict>(e, 1))}; }},
      {"JobRemoved", request_removed},
      {"CycleFinished", cycle_finished},
      {"NameOwnerChanged", owner_changed}};
  return all;
}

}  // namespace

std::string event_text(const Received& event, const Look& look) {
  const auto found = lines().find(event.member);
  if (found == lines().end()) return {};
  const Line line = found->second(event);
  return look.painted(line.text, line.colour);
}

}  // namespace consolidador::ctl
