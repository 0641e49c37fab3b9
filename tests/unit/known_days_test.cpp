// SPDX-License-Identifier: MIT
#include "daemon/lanes/known_days.hpp"

#include "tests/support/catch.hpp"

using namespace consolidador;
using namespace std::chrono_literals;

namespace {

Date day(int number) {
  return parse_date("2026-01-01") + std::chrono::days(number - 1);
}

LedgerDay ledger_day(int number, std::uint64_t rows = 10, std::uint32_t revision = 1) {
  DayTotals totals;
  totals.filas = rows;
  return {day(number), totals, day(number) + 30h, revision, day(number) + 1h, day(number) + 2h};
}

const KnownDays some{ledger_day(3), ledger_day(5), ledger_day(8)};

}  // namespace

TEST_CASE("a day that is noted is found, in its place or instead of what was known of it") {
  KnownDays days = some;
  note_day(days, ledger_day(4));
  note_day(days, ledger_day(9));
  note_day(days, ledger_day(5, 7));
  CHECK(std::ranges::is_sorted(days, {}, &LedgerDay::date));
  CHECK(days.size() == 5);
  CHECK(find_day(days, day(4)));
  CHECK(find_day(days, day(5))->totals.filas == 7);
  CHECK_FALSE(find_day(days, day(6)));
}

TEST_CASE("of the days with rows the first and the last are looked for in the ledger") {
  CHECK(unrecorded_days(some, {day(3), day(8)}).empty());
  CHECK(unrecorded_days(some, {day(2), day(9)}) == std::vector{day(2), day(9)});
  CHECK(unrecorded_days(some, {day(4), day(4)}) == std::vector{day(4)});
}

TEST_CASE("what was read takes the place of all, but of own days what is known is newer") {
  const KnownDays whole =
      with_own_days({ledger_day(4, 9), ledger_day(5, 9)}, some, {day(4), day(5)});
  REQUIRE(whole.size() == 1);  // the fourth is not known: it has been taken away
  CHECK(whole[0].date == day(5));
  CHECK(whole[0].totals.filas == find_day(some, day(5))->totals.filas);
}

TEST_CASE(
    "days differ by content or revision, or because only one has them; an audit is no change") {
  KnownDays after = some;
  after[0].verified += 24h;
  after[1].revision = 2;
  after[2].totals.filas = 9;
  note_day(after, ledger_day(9));
  CHECK(changed_days(some, after) == std::vector{day(5), day(8), day(9)});
  CHECK(changed_days(after, some) == changed_days(some, after));
}

TEST_CASE("after an outcome the ledger keeps its first time, and with its content the last, too") {
  const LedgerDay before = ledger_day(3, 10, 4);
  const auto now = day(9) + 12h;
  TargetOutcome outcome;
  outcome.holds.filas = 12;
  outcome.revision = 5;
  const LedgerDay changed = ledger_after(&before, outcome, day(3), now);
  CHECK(changed.totals.filas == 12);
  CHECK(changed.revision == 5);
  CHECK(changed.first_sync == before.first_sync);
  CHECK(changed.last_sync == now);
  outcome.revision = 4;
  const LedgerDay audited = ledger_after(&before, outcome, day(3), now);
  CHECK(audited.verified == now);
  CHECK(audited.last_sync == before.last_sync);
  CHECK(ledger_after(nullptr, outcome, day(3), now).first_sync == now);
}
