# SPDX-License-Identifier: MIT
"""What an old day of 20,000 rows takes of the line to a target, in round trips and bytes: never in time. The target
is the one that `once` looks at first; of the second it then knows the rows."""
import pytest

from support import oracle, pos
from support.daemon import BRANCH, OK
from support.packets import Traffic
from support.pos import WEEK
from support.relay import Relay

ROWS = 20_000
FIRST, DAY = WEEK[0], WEEK[1]
CHANGE = "UPDATE superpos.ventasdiarias SET MontoTotal = MontoTotal + 0.01 WHERE Fecha = %s AND Upc = %s"


class Line:
    """The line to the target. What a day takes of it: a run over two days less a run over the one before."""

    def __init__(self, places, consolidador, relay):
        self._consolidador, self._relay = consolidador, relay
        consolidador.settings["databases"]["local"]["port"] = relay.port
        pos.fill_evenly(places.pos, (FIRST, DAY), lines=ROWS)

    def of_day(self, *arguments):
        """(round trips, bytes) of DAY."""
        one = self._run(FIRST, FIRST, *arguments)
        both = self._run(FIRST, DAY, *arguments)
        return both.trips - one.trips, both.size - one.size

    def _run(self, first, last, *arguments):
        with self._relay.fault(Traffic()) as traffic:
            self._consolidador.once_for(first, last, *arguments).expect(OK)
        return traffic


@pytest.fixture
def line(places, consolidador):
    with Relay(places.local.port) as relay:
        line = Line(places, consolidador, relay)
        consolidador.once_for(FIRST).expect(OK)
        _, line.whole_day = line.of_day()  # DAY is brought
        yield line


def test_one_changed_row_of_many_is_found_without_reading_the_day(places, consolidador, line):
    places.pos.query(CHANGE, (DAY, pos.even_upc(ROWS // 2)))
    trips, size = line.of_day()
    assert trips <= 8
    assert size <= 0.03 * line.whole_day
    oracle.assert_agree(places, BRANCH, (FIRST, DAY))


def test_a_verification_of_equal_rows_fetches_their_seals_alone(line):
    trips, size = line.of_day("--audit-only")
    assert trips <= 2
    assert size <= 128 * 64 + 1024
