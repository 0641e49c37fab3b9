# SPDX-License-Identifier: MIT
"""A server whose disk is full says so in many ways; none of them costs a day."""
import contextlib
import tempfile

import pytest

from support import mounts, pos, schema
from support.daemon import Consolidador
from support.schema import POS_DATABASE
from support.service import Service
from support.waiting import wait_until

SERVER_DISK = "192m"
ROOM = "make room on the server's disk"
GROWTH = (f"INSERT INTO {POS_DATABASE}.ventasdiarias SELECT %s, CONCAT('u', seq), 1, 1, 1, 1, 2, 1"
          f" FROM {POS_DATABASE}.seq_1_to_1000")


@pytest.fixture(scope="module")
def disks():
    """The three places, each on a small disk of its own."""
    if not mounts.available():
        pytest.skip("needs root and the right to mount")
    mounts.keep_private()
    with schema.three_servers(disk=SERVER_DISK) as servers:
        yield servers


@pytest.fixture
def branch(disks):
    schema.create_pos(disks.pos)
    for target in disks.targets:
        schema.empty_aggregate(target)
        target.query("TRUNCATE TABLE central.VentasAgrupadas")  # its files give their room back
    with tempfile.TemporaryDirectory(prefix="sucursal-", dir=disks.folder) as folder:
        with contextlib.closing(Service(disks, Consolidador(disks, folder))) as service:
            pos.fill(disks.pos, service.days(2), empty=())
            service.start().wait_synced(service.days(2))
            yield service


@pytest.mark.parametrize("name", ["local", "vps"])
def test_a_target_without_room_costs_no_day_and_its_remedy_is_told(branch, name):
    server = getattr(branch.servers, name)
    others = [target for target in branch.servers.targets if target != server]
    told = f"{name} is down: .*{ROOM}"
    with server.out_of_room():
        branch.servers.pos.query(GROWTH, (branch.today,))
        wait_until(lambda: branch.log_lines(told) or not server.running, "the remedy is told")
        branch.wait_synced(branch.days(2), others)
    branch.wait_synced(branch.days(2))
    pos.sell(branch.servers.pos, branch.today, upc="despues")
    branch.wait_synced(branch.days(2))


def test_a_pos_without_room_is_read_all_the_same(branch):
    pos.sell(branch.servers.pos, branch.today, upc="antes")
    with branch.servers.pos.out_of_room():
        branch.wait_synced(branch.days(2))
