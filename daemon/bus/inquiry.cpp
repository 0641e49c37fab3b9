// SPDX-License-Identifier: MIT
#include "daemon/bus/inquiry.hpp"

#include "daemon/bus/arguments.hpp"
#include "daemon/bus/error.hpp"
#include "daemon/bus/past.hpp"
#include "daemon/bus/snapshot.hpp"

namespace consolidador::bus {
namespace {

constexpr std::size_t most_versions = 4'000;  // in one answer
constexpr std::size_t most_rows = 50'000;

/// What an inquiry has failed with, as the caller is told.
void throw_if(const std::exception_ptr& failure) try {
  if (failure) std::rethrow_exception(failure);
} catch (const RequestRefused& error) {
  throw BusError(error_refused, error.what());
} catch (const Error& error) {
  throw BusError(error.unanswered() ? error_unreachable : error_database, bounded(error.what()));
}

template <typename T, typename Convert>
Answer<T> answer_with(Reply reply, Convert convert) {
  return [reply = std::move(reply), convert](const std::exception_ptr& error, const T& answer) {
    reply([&]() -> Values {
      throw_if(error);
      return {convert(answer)};
    });
  };
}

Dict bounded_history(const DayHistory& history) {
  if (history.versions.size() > most_versions)
    throw BusError(error_refused, "more than 4,000 versions; ask for fewer days");
  return history_dict(history);
}

const Parameters version_parameters{{"s", "date"}, {"u", "version"}, {"s", "from_target"}};

Method history(Control& control) {
  const auto ask = [&control](const Values& arguments, Commander, Reply reply) {
    control.history(range_arguments(arguments.at(0), arguments.at(1)),
                    text_argument("from_target", arguments.at(2)),
                    answer_with<DayHistory>(std::move(reply), bounded_history));
  };
  return {"GetHistory",
          Access::everybody,
          {{"s", "from"}, {"s", "to"}, {"s", "from_target"}},
          {{"a{sv}", "history"}},
          {},
          ask,
          true};
}

Method version(Control& control) {
  const auto ask = [&control](const Values& arguments, Commander, Reply reply) {
    const auto convert = [](const PastDay& day) { return past_day_dict(day, most_rows); };
    control.version(date_argument("date", arguments.at(0)),
                    std::get<std::uint32_t>(arguments.at(1)),
                    text_argument("from_target", arguments.at(2)),
                    answer_with<PastDay>(std::move(reply), convert));
  };
  return {"GetVersion", Access::everybody, version_parameters, {{"a{sv}", "day"}}, {}, ask, true};
}

Method version_changes(Control& control) {
  const auto ask = [&control](const Values& arguments, Commander, Reply reply) {
    const auto convert = [](const PastChange& made) { return past_change_dict(made, most_rows); };
    control.version_change(date_argument("date", arguments.at(0)),
                           std::get<std::uint32_t>(arguments.at(1)),
                           text_argument("from_target", arguments.at(2)),
                           answer_with<PastChange>(std::move(reply), convert));
  };
  return {"GetVersionChanges",
          Access::everybody,
          version_parameters,
          {{"a{sv}", "change"}},
          {},
          ask,
          true};
}

Method differences(Control& control) {
  const auto ask = [&control](const Values& arguments, Commander, Reply reply) {
    const auto convert = [](const DayDifferences& found) {
      return differences_dict(found, most_rows);
    };
    control.differences(date_argument("date", arguments.at(0)),
                        answer_with<DayDifferences>(std::move(reply), convert));
  };
  return {"GetDifferences",
          Access::everybody,
          {{"s", "date"}},
          {{"a{sv}", "differences"}},
          {},
          ask,
          true};
}

}  // namespace

std::vector<Method> inquiries(Control& control) {
  return {history(control), version(control), version_changes(control), differences(control)};
}

}  // namespace consolidador::bus
