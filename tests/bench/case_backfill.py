# SPDX-License-Identifier: MIT
"""60 days of 20,000 rows into local and VPS, against the floor client with the same parallelism.

Three rounds by turns, of which the median counts: so much does a shared machine vary.
"""
import statistics

from figure import Figure
from stage import FIRST, UNLIMITED

DAYS = 60
ROWS = 20_000
PARALLEL = 2
ROUNDS = 3
MIB = 1024 * 1024


def server_seconds(stage):
    return sum(stage.cpu_seconds(server) for server in stage.servers)


def backfill(stage):
    """(seconds, CPU seconds of the daemon, its share of all computing in percent, peak bytes)."""
    stage.empty_targets()
    before = server_seconds(stage)
    seconds, cpu, peak = stage.backfill(FIRST, DAYS, pool={"size": PARALLEL}, **UNLIMITED)
    return seconds, cpu, 100 * cpu / (cpu + server_seconds(stage) - before), peak


def floor(stage, parallel):
    stage.empty_targets()
    return stage.floor(FIRST, DAYS, parallel=parallel)


def once(stage):
    stage.empty_targets()
    return stage.once(FIRST, DAYS)[0]


def measure(stage):
    stage.sell(DAYS, ROWS)
    rounds = [(floor(stage, PARALLEL), *backfill(stage)) for _ in range(ROUNDS)]
    least, seconds, cpu, share, peak = map(statistics.median, zip(*rounds))
    yield Figure("floor client", ROWS * DAYS / least, "rows/s")
    yield Figure("daemon / floor client", seconds / least, "x", at_most=1.15)
    yield Figure("CPU of the daemon, of one core", 100 * cpu / seconds, "%")
    yield Figure("the same, of the daemon's and the servers' together", share, "%", at_most=10)
    yield Figure("peak memory of the daemon", peak / MIB, "MiB", at_most=32)
    rounds = [(floor(stage, 1), once(stage)) for _ in range(ROUNDS)]
    alone, single = map(statistics.median, zip(*rounds))
    yield Figure("once / floor client, both one day at a time", single / alone, "x", at_most=1.15)
    stage.empty_targets()
    by_row = stage.floor(FIRST, 2, how="rows") / 2 * DAYS
    yield Figure("one row a round trip / daemon", by_row / seconds, "x", at_least=8)
    yield Figure("one row a round trip / floor client", by_row / least, "x")
