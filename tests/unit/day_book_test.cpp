// SPDX-License-Identifier: MIT
#include "daemon/service/day_book.hpp"

#include "daemon/lanes/day_text.hpp"
#include "tests/support/catch.hpp"

using namespace consolidador;

namespace {

const Date day = parse_date("2026-01-05");

struct Bench {
  static DayTotals totals(std::uint64_t rows) {
    DayTotals totals;
    totals.filas = rows;
    return totals;
  }

  static DayReport report(const std::string& target, DayAction action) {
    DayReport done;
    done.task.date = day;
    done.target = target;
    done.totals = totals(4);
    done.outcome.emplace().action = action;
    return done;
  }

  static DayReport retry(const std::string& target) {
    DayReport failed;
    failed.task.date = day;
    failed.target = target;
    failed.error = Error(ErrorClass::transient, ErrorCause::server, "lock wait", 1205);
    return failed;
  }

  BitacoraEntry last() const { return bitacora_entry(published.back(), 99, {}); }

  std::vector<Outstanding> outstanding;
  std::vector<DayResult> published;
  DayBook book{[this](Date) { return outstanding; },
               [this](const DayResult& result) { published.push_back(result); }};
};

}  // namespace

TEST_CASE("a day that is wanted again before all have reported is told when they have") {
  Bench bench;
  bench.outstanding = {{"local", true, ""}, {"vps", true, ""}};  // by the next cycle, already
  bench.book.add(Bench::report("local", DayAction::created));
  CHECK(bench.published.empty());
  bench.book.add(Bench::report("vps", DayAction::created));
  REQUIRE(bench.published.size() == 1);
  bench.book.add(Bench::report("local", DayAction::changed));
  CHECK(bench.published.size() == 1);
  bench.book.add(Bench::report("vps", DayAction::changed));
  CHECK(bench.published.size() == 2);
}

TEST_CASE("who has reported on less than another has seen of the day is waited for") {
  Bench bench;
  bench.outstanding = {{"local", true, ""}, {"vps", true, ""}};
  auto later = Bench::report("local", DayAction::changed);
  later.totals = Bench::totals(5);
  bench.book.add(Bench::report("vps", DayAction::created));
  bench.book.add(later);
  CHECK(bench.published.empty());
  later.target = "vps";
  bench.book.add(later);
  CHECK(bench.published.size() == 1);
}

TEST_CASE("a day that a target lacks is PENDIENTE, and OK when it has it") {
  Bench bench;
  bench.outstanding = {{"vps", false, "connection refused"}};
  bench.book.add(Bench::report("local", DayAction::created));
  REQUIRE(bench.published.size() == 1);
  CHECK(bench.last().estado == Estado::pending);
  CHECK(bench.last().error == "not in vps yet: connection refused");
  CHECK(bench.last().local == "nuevo");
  CHECK(bench.last().vps == "pendiente");
  bench.book.add(Bench::report("local", DayAction::unchanged));
  CHECK(bench.published.size() == 1);  // told once
  bench.outstanding.clear();
  bench.book.add(Bench::report("vps", DayAction::unchanged));
  REQUIRE(bench.published.size() == 2);
  CHECK(bench.last().estado == Estado::ok);
}

TEST_CASE("a target that had the day when it went down lacks nothing of it") {
  Bench bench;
  bench.outstanding = {{"vps", false, "connection refused", Bench::totals(4)}};
  bench.book.add(Bench::report("local", DayAction::unchanged));
  CHECK(bench.published.empty());
  bench.outstanding[0].recorded = Bench::totals(3);
  bench.book.add(Bench::report("local", DayAction::unchanged));
  CHECK(bench.last().estado == Estado::pending);
}

TEST_CASE("since when a day is in ERROR outlives a restart, and ends with it") {
  Bench bench;
  CHECK_FALSE(bench.book.failed_since());
  const auto failed = Bench::retry("vps");
  BitacoraEntry entry;
  entry.date = failed.task.date;
  entry.estado = Estado::error;
  entry.registered = std::chrono::sys_seconds(std::chrono::seconds(1'767'000'000));
  bench.book.remember({{entry.date, entry}});
  CHECK_FALSE(bench.book.failed_since());  // it may be well by now
  bench.book.add(failed);
  CHECK(bench.book.failed_since() == *entry.registered);
  bench.book.add(Bench::report("vps", DayAction::unchanged));
  CHECK_FALSE(bench.book.failed_since());
}

TEST_CASE("a day that is tried again is told once, with its error, before it gets through") {
  Bench bench;
  bench.outstanding = {{"vps", false, "lock wait"}};
  bench.book.add_retry(Bench::retry("vps"));
  bench.book.add_retry(Bench::retry("vps"));
  REQUIRE(bench.published.size() == 1);
  CHECK(bench.last().estado == Estado::pending);
  CHECK(bench.last().error == "not in vps yet: lock wait");
  CHECK(describe(bench.published.back()) == "2026-01-05 waits: not in vps yet: lock wait");
  CHECK(bench.book.failed().empty());
}

TEST_CASE("while the other target works on the day, a retry waits for its report") {
  Bench bench;
  bench.outstanding = {{"local", true}, {"vps", false, "lock wait"}};
  bench.book.add_retry(Bench::retry("vps"));
  CHECK(bench.published.empty());
  bench.outstanding.erase(bench.outstanding.begin());
  bench.book.add(Bench::report("local", DayAction::changed));
  REQUIRE(bench.published.size() == 1);
  CHECK(bench.last().estado == Estado::pending);
  CHECK(bench.last().local == "cambiado");
}

TEST_CASE("a pending day from before a restart is not told again") {
  Bench bench;
  BitacoraEntry entry;
  entry.date = day;
  entry.estado = Estado::pending;
  bench.book.remember({{day, entry}});
  bench.outstanding = {{"vps", false, "refused"}};
  bench.book.add(Bench::report("local", DayAction::unchanged));
  CHECK(bench.published.empty());
  bench.outstanding.clear();
  bench.book.add(Bench::report("vps", DayAction::unchanged));
  CHECK(bench.last().estado == Estado::ok);
}
