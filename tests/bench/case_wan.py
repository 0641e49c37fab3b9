# SPDX-License-Identifier: MIT
"""The VPS at 80 ms round trip: a new day, a backfill of 120 days of 20,000 rows."""
from figure import Figure
from stage import UNLIMITED, days_ago

RTT = 0.080
ROWS = 20_000
BACKFILL_DAYS = 120
BACKFILL_ROWS = ROWS
PARALLEL = 4
FEW_ROWS = 200


def backfill(stage, days):
    stage.empty_targets()
    return stage.backfill(days_ago(days), days, pool={"size": PARALLEL}, **UNLIMITED)[0]


def new_day(stage, wire):
    """A day more in a run that has its connection: (seconds, round trips)."""
    measured = []
    for days in (1, 2):
        stage.empty_targets()
        wire.count()
        seconds, _ = stage.once(days_ago(2), days)
        measured.append((seconds, wire.count()[0]))
    return measured[1][0] - measured[0][0], measured[1][1] - measured[0][1]


def measure(stage):
    stage.sell(2, ROWS, first=days_ago(2))
    with stage.wire("vps", rtt=RTT) as wire:
        seconds, trips = new_day(stage, wire)
    yield Figure("new day of 20,000 rows, warm connection", trips, "round trips", at_most=5)
    yield Figure("the same", seconds, "s")
    stage.sell(BACKFILL_DAYS, BACKFILL_ROWS, first=days_ago(BACKFILL_DAYS))
    near = backfill(stage, BACKFILL_DAYS)
    with stage.wire("vps", rtt=RTT):
        far = backfill(stage, BACKFILL_DAYS)
    yield Figure(f"backfill of {BACKFILL_DAYS} days, 80 ms / 0 ms", far / near, "x", at_most=1.2)
    stage.sell(1, FEW_ROWS, first=days_ago(1))
    stage.empty_targets()
    with stage.wire("vps", rtt=RTT):
        by_row = stage.floor(days_ago(1), 1, how="rows")
    yield Figure("one row a round trip / daemon, per row",
                 (by_row / FEW_ROWS) / (far / (BACKFILL_DAYS * BACKFILL_ROWS)), "x", at_least=1000)
