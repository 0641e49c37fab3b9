# SPDX-License-Identifier: MIT
"""What a till notices of a backfill: how long an insert of one sale takes in the POS."""
import contextlib
import statistics
import threading
import time

from figure import Figure
from stage import UNLIMITED, days_ago

DAYS = 40
ROWS = 20_000
SALE = """INSERT INTO superpos.ventasdiarias
          VALUES (CURDATE(), '7500000007919', 1, 1, 1, 1, 10.00, 7.00)"""
PAUSE = 0.01  # between two sales: a busy till by far


class Till(threading.Thread):
    """Sells all the time and notes how long each sale took, in milliseconds."""

    def __init__(self, server):
        super().__init__()
        self.connection = server.connect()
        self.waits = []
        self.closed = threading.Event()

    def run(self):
        with self.connection.cursor() as cursor:
            while not self.closed.wait(PAUSE):
                begun = time.monotonic()
                cursor.execute(SALE)
                self.waits.append((time.monotonic() - begun) * 1000)

    def percentile(self, percent):
        return statistics.quantiles(self.waits, n=100)[percent - 1]


@contextlib.contextmanager
def till(stage, tills):
    one = Till(stage.servers.pos)
    one.start()
    try:
        yield
    finally:
        one.closed.set()
        one.join()
        one.connection.close()
        tills.append(one)


def during_backfill(stage, **sections):
    tills = []
    stage.empty_targets()
    seconds, *_ = stage.backfill(days_ago(DAYS), DAYS, lambda: till(stage, tills), **sections)
    return tills[0], seconds


def measure(stage):
    stage.sell(DAYS, ROWS, first=days_ago(DAYS))
    tills = []
    with till(stage, tills):
        time.sleep(10)
    idle = tills[0]
    polite, polite_seconds = during_backfill(stage)
    greedy, greedy_seconds = during_backfill(stage, **UNLIMITED)
    for percent in (50, 99):
        yield Figure(f"sale, {percent} % are faster, idle", idle.percentile(percent), "ms")
        yield Figure("  backfill with the default limits / idle",
                     polite.percentile(percent) / idle.percentile(percent), "x")
        yield Figure("  backfill without limits / idle",
                     greedy.percentile(percent) / idle.percentile(percent), "x")
    yield Figure("backfill with the default limits / without", polite_seconds / greedy_seconds, "x")
