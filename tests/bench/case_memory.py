# SPDX-License-Identifier: MIT
"""Peak memory of `once` over 60 days of 20,000 rows, and over the first 6 of them."""
from figure import Figure
from stage import FIRST

DAYS = 60
ROWS = 20_000
MIB = 1024 * 1024


def measure(stage):
    stage.sell(DAYS, ROWS)
    _, few = stage.once(FIRST, DAYS // 10)
    seconds, peak = stage.once(FIRST, DAYS)
    _, again = stage.once(FIRST, DAYS)
    yield Figure(f"{DAYS // 10} days, all new", few / MIB, "MiB")
    yield Figure(f"{DAYS} days, most of them new", peak / MIB, "MiB", at_most=32)
    yield Figure(f"{DAYS} days, all up to date", again / MIB, "MiB", at_most=32)
    yield Figure("rows a second into both targets", ROWS * DAYS * 0.9 / seconds, "rows/s")
