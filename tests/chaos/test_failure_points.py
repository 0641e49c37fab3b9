# SPDX-License-Identifier: MIT
"""A connection may be lost before and after every packet of a day's cycle: no day is ever lost.

Each point has two days of its own, one that changed and one that is new, in which the conversation
is the same as at every other point. So the points of one place recover in one run, each by its own.
"""
import contextlib
import datetime
import tempfile

import pytest

from support import oracle, schema
from support.daemon import BRANCH, OK, Consolidador
from support.packets import Packets
from support.pos import INSERT
from support.relay import Relay
from support.waiting import wait_until

FIRST = datetime.date(2020, 1, 1)  # all of them ended: open days are written otherwise
PLACES = {"operational": "pos", "local": "local", "vps": "vps"}
STAYS, CHANGES, VANISHES, COMES = "1001", "1002", "1003", "1004"
CUT_SECONDS = 20


def days_of(point):
    """The point's changed day and its new one."""
    return [FIRST + datetime.timedelta(days=2 * point + i) for i in range(2)]


def line(day, upc, amount):
    return (day, upc, 1, 10, 100, 1, amount, "1.00")


class Branch:
    """A branch with days for so many points, reached through relays."""

    def __init__(self, servers, consolidador, relays, points):
        self.servers = servers
        self.consolidador = consolidador
        self.relays = relays
        self.points = range(points)
        self.days = [day for point in self.points for day in days_of(point)]
        schema.create_pos(servers.pos)
        for target in servers.targets:
            schema.empty_aggregate(target)
        self._sell([line(days_of(point)[0], upc, "5.00") for point in self.points
                    for upc in (STAYS, CHANGES, VANISHES)])
        self.run_all()
        self._change()

    def _sell(self, lines):
        with self.servers.pos.connect() as connection, connection.cursor() as cursor:
            cursor.executemany(INSERT, lines)

    def _change(self):
        """From here on half the days are outdated in the targets, and the others unknown there."""
        for target in self.servers.targets:
            target.query("DELETE FROM central.SincronizacionDias WHERE Filas = 0")
        self.servers.pos.query("DELETE FROM superpos.ventasdiarias WHERE Upc = %s", (VANISHES,))
        self._sell([line(day, upc, "7.00") for point in self.points
                    for day, upc in zip(days_of(point) * 2, (CHANGES, STAYS, COMES, COMES))])

    def run(self, point):
        return self.consolidador.once_for(*days_of(point))

    def run_all(self):
        self.consolidador.once_for(self.days[0], self.days[-1]).expect(OK)

    def cut(self, place, point, number, carried):
        """The point's run, which loses its connection to the place at this packet."""
        with self.relays[place].fault(Packets(number, carried)) as fault:
            run = self.run(point)
            assert fault.cut.wait(CUT_SECONDS), f"packet {number} did not come\n{run}"
        for target in self.servers.targets:
            torn = oracle.torn_days(target, BRANCH, days_of(point))
            assert not torn, f"packet {number}: {target.name} holds half of {torn}\n{run}"


@pytest.fixture(scope="module")
def relays(servers):
    with contextlib.ExitStack() as stack:
        yield {place: stack.enter_context(Relay(getattr(servers, name).port))
               for place, name in PLACES.items()}


@pytest.fixture
def branch_with(servers, relays):
    """Makes a branch, by its number of points."""
    with tempfile.TemporaryDirectory(prefix="sucursal-", dir=servers.folder) as folder:
        consolidador = Consolidador(servers, folder)
        consolidador.configure(retry={"attempts": 1})
        for place, relay in relays.items():
            consolidador.settings["databases"][place]["port"] = relay.port
        yield lambda points: Branch(servers, consolidador, relays, points)


def count_packets(branch, place, point):
    with branch.relays[place].fault(Packets()) as packets:
        branch.run(point).expect(OK)
        wait_until(lambda: branch.relays[place].links == 0, "the connection has ended")
    return packets.count


@pytest.fixture(scope="module")
def counted():
    """How many packets a run exchanges with each place, found once."""
    return {}


@pytest.mark.parametrize("carried", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("place", PLACES)
def test_a_day_survives_a_cut_at_every_packet(branch_with, counted, place, carried):
    if place not in counted:
        branch = branch_with(2)
        first, second = (count_packets(branch, place, point) for point in branch.points)
        assert first == second, "the conversations differ"
        counted[place] = first
    branch = branch_with(counted[place] + 1)
    covered = 0
    for point in branch.points[:-1]:
        branch.cut(place, point, point + 1, carried)
        covered += 1
    assert count_packets(branch, place, branch.points[-1]) == covered == counted[place]
    branch.run_all()
    oracle.assert_agree(branch.servers, BRANCH, branch.days)
    oracle.assert_remembered(branch.servers, BRANCH)
    print(f"{covered} failure points {'after' if carried else 'before'} packets of {place}")
