# SPDX-License-Identifier: MIT
"""60 days of 20,000 rows into local and VPS, against the floor client with the same parallelism."""
from figure import Figure
from stage import FIRST

DAYS = 60
ROWS = 20_000
PARALLEL = 2
MIB = 1024 * 1024


def measure(stage):
    stage.sell(DAYS, ROWS)
    stage.empty_targets()
    floor = stage.floor(FIRST, DAYS, parallel=PARALLEL)
    stage.empty_targets()
    seconds, cpu, peak = stage.backfill(FIRST, DAYS, pool={"size": PARALLEL})
    yield Figure("floor client", ROWS * DAYS / floor, "rows/s")
    yield Figure("daemon / floor client", seconds / floor, "x", at_most=1.15)
    yield Figure("CPU of the daemon, of one core", 100 * cpu / seconds, "%")
    yield Figure("peak memory of the daemon", peak / MIB, "MiB", at_most=32)
    stage.empty_targets()
    alone = stage.floor(FIRST, DAYS, parallel=1)
    stage.empty_targets()
    once, _ = stage.once(FIRST, DAYS)
    yield Figure("once / floor client, both one day at a time", once / alone, "x", at_most=1.15)
    stage.empty_targets()
    by_row = stage.floor(FIRST, 2, how="rows") / 2 * DAYS
    yield Figure("one row a round trip / daemon", by_row / seconds, "x", at_least=8)
