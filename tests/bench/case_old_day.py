# SPDX-License-Identifier: MIT
"""An old day of 20,000 rows, the target at 80 ms: what it takes to find one changed row, and to verify that there is none.

A run over two days less a run over one: what belongs to the connection is in both. The target is the one that
`once` looks at first; of the second it then knows the rows.
"""
import datetime

from figure import Figure
from stage import FIRST

ROWS = 20_000
RTT = 0.080

CHANGE = "UPDATE superpos.ventasdiarias SET MontoTotal = MontoTotal + 1 WHERE Fecha = %s ORDER BY Upc LIMIT 1"


class Day:
    """The second of two days, by what a run over both takes more than one over the first."""

    def __init__(self, stage, wire):
        self._stage, self._wire = stage, wire
        self.date = FIRST + datetime.timedelta(1)

    def costs(self, *arguments, before=lambda: None):
        """(round trips, bytes in both directions, seconds)."""
        one = self._run(1, arguments)
        before()
        two = self._run(2, arguments)
        return [more - less for more, less in zip(two, one)]

    def _run(self, days, arguments):
        self._wire.count()
        seconds, _ = self._stage.once(FIRST, days, *arguments)
        trips, sent, received = self._wire.count()
        return trips, sent + received, seconds


def measure(stage):
    stage.sell(2, ROWS)
    with stage.wire("local", rtt=RTT) as wire:
        day = Day(stage, wire)
        stage.once(FIRST, 1)
        _, whole, _ = day.costs()
        yield Figure("the day's bytes, as it was brought", whole, "bytes")
        trips, size, seconds = day.costs(before=lambda: stage.servers.pos.query(CHANGE, (day.date,)))
        yield Figure("one changed row: found, written, audited", trips, "round trips", at_most=8)
        yield Figure("the same / the whole day", 100 * size / whole, "%", at_most=3)
        yield Figure("the same, with the extraction", seconds, "s")
        trips, size, _ = day.costs("--audit-only")
        yield Figure("verified, nothing changed", trips, "round trips", at_most=2)
        yield Figure("the same / the whole day", 100 * size / whole, "%", at_most=1)
