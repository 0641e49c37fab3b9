# SPDX-License-Identifier: MIT
"""10, 50, 100, 200 branches push a day of 2,000 rows to one guarded VPS at the same moment, twice.

Everything is on one machine: the branches' processes, the POS that all of them ask, the local
server, and the VPS. The second time, a tenth of the rows has changed. Differences are by the oracle.
The servers have the thread pool that docs/database.md asks for: with a thread for each connection,
a hundred writers wait for each other's pages most of the time.
"""
import tempfile
from pathlib import Path

from figure import Figure
from stage import FIRST

from support.crowd import Crowd

SERVER_OPTIONS = ("--thread-handling=pool-of-threads",)
ROWS = 2_000
COUNTS = (10, 50, 100, 200)
CHANGE = "UPDATE superpos.ventasdiarias SET MontoTotal = MontoTotal + 1 WHERE IdDepartamentos <= 2"


def figures(crowd, count, name, revision):
    before = crowd.vps.status("Innodb_deadlocks")["Innodb_deadlocks"]
    seconds, again = crowd.push(FIRST, revision)
    deadlocks = crowd.vps.status("Innodb_deadlocks")["Innodb_deadlocks"] - before
    yield Figure(f"{count} branches, {name}: the last day is visible after", seconds, "s")
    yield Figure("of them, rows into the VPS", count * ROWS / seconds, "rows/s")
    yield Figure("deadlocks in the VPS, days tried again", deadlocks + again, "", at_most=0)
    yield Figure("differences", len(crowd.differences(FIRST)), "", at_most=0)


def measure(stage):
    for count in COUNTS:
        stage.empty_targets()
        stage.sell(1, ROWS)
        with tempfile.TemporaryDirectory(dir=stage.servers.folder) as folder:
            crowd = Crowd(stage.servers, Path(folder), count)
            yield from figures(crowd, count, "a new day", 1)
            stage.servers.pos.query(CHANGE)
            yield from figures(crowd, count, "with changes", 2)
            crowd.leave()
