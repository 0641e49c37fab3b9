# SPDX-License-Identifier: MIT
"""Nothing blocks the loop: not a disk, not systemd, not a server that dribbles, not a worker that hangs."""
import contextlib
import re
import socket
import subprocess
import threading

import pytest

from support import pos
from support.bus import MANAGER, MANAGER_PATH
from support.faults import NAME, Faults
from support.relay import BlackHole
from support.waiting import wait_until

WATCHDOG_USEC = 1_000_000
PATIENT = {"unit": "10min", "read": "10min", "write": "10min"}


@pytest.fixture
def faults(service):
    return Faults(service)


def begin_call(branch, method, *arguments):
    """A call that is not waited for; busctl's process."""
    return subprocess.Popen(
        ["busctl", "--timeout=90", "call", branch.name, MANAGER_PATH, MANAGER, method, *arguments],
        env={"PATH": "/usr/bin:/bin"} | branch.bus.environment, stdout=subprocess.PIPE, text=True)


def wait_fed(service, more=3):
    service.notify.wait_for("WATCHDOG", more_than=service.notify.count("WATCHDOG") + more, seconds=90)


# ---- the disk

def test_a_disk_that_does_not_answer_holds_up_neither_days_nor_bus_nor_watchdog(
        places, service, branch, faults):
    days = service.days(2)
    pos.fill(places.pos, days, empty=())
    service.start(watchdog_usec=WATCHDOG_USEC)
    service.wait_synced(days)
    with faults.held_disk():
        pos.sell(places.pos, days[-1])
        faults.wait_for_sync()  # the bitacora's line of that
        for _ in range(3):
            assert branch.get("BranchId") == 99
            branch.call("GetStatus")
        wait_fed(service)
        pos.sell(places.pos, days[-1])
        service.wait_synced(days)
        told = len(service.consolidador.read_bitacora())
    wait_until(lambda: len(service.consolidador.read_bitacora()) > told, "the lines are written after all", 90)


def test_a_request_is_accepted_when_it_is_on_the_disk_and_then_survives_anything(
        places, service, branch, faults):
    days = service.days(2)
    pos.fill(places.pos, days, empty=())
    service.start()
    service.wait_synced(days)
    branch.call("Pause", "s", "so that the job stays")
    with faults.held_disk():
        call = begin_call(branch, "Reprocess", "ss", str(days[0]), str(days[0]))
        faults.wait_for_sync()
        for _ in range(3):
            branch.call("GetStatus")
        assert branch.jobs() == []
        assert call.poll() is None
    answer, _ = call.communicate(timeout=90)
    service.kill()
    job = re.search(r"/job/(\d+)", answer)[1]
    service.start()
    service.wait_log(f"request {job} goes on: reprocess {days[0]} to {days[0]}", seconds=90)


def test_what_was_accepted_before_the_disk_hung_is_not_needed_to_leave(places, service, faults):
    days = service.days(2)
    pos.fill(places.pos, days, empty=())
    service.start(stop={"grace": "1s"})
    service.wait_synced(days)
    with faults.held_disk():
        pos.sell(places.pos, days[-1])
        faults.wait_for_sync()
        assert service.stop() == 0
    assert re.search("the disk does not end; leaving without it; [1-9]", service.stderr.read_text())


# ---- systemd

def test_a_notify_socket_that_nobody_reads_holds_nothing_up(places, service):
    days = service.days(2)
    pos.fill(places.pos, days, empty=())
    path = service.consolidador.folder / "deaf"
    with contextlib.closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) as systemd:
        systemd.bind(str(path))
        service.environment["NOTIFY_SOCKET"] = str(path)
        service.start(watchdog_usec=10_000, ready=False)
        service.wait_synced(days)
        pos.sell(places.pos, days[-1])
        service.wait_synced(days)
        systemd.settimeout(90)
        told = set()
        while not {"READY=1", "WATCHDOG=1"} <= told:
            told.add(systemd.recv(65536).decode())
        assert service.stop() == 0


# ---- a server that dribbles

class Dribbler:
    """Says a byte of its greeting each second, whoever comes; `cut`: who went before its end."""

    LENGTH = 250

    def __init__(self):
        self.cut = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._socket.accept()
                threading.Thread(target=self._dribble, args=(client,), daemon=True).start()

    def _dribble(self, client):
        greeting = (self.LENGTH - 4).to_bytes(3, "little") + b"\0\n" + b"x" * (self.LENGTH - 5)
        with client:
            client.settimeout(1)
            for byte in greeting:
                try:
                    client.sendall(bytes([byte]))
                    if not client.recv(1):
                        break
                except TimeoutError:
                    continue
                except OSError:
                    break
            else:
                return
            self.cut += 1


def test_a_handshake_that_dribbles_is_cut_by_the_units_deadline(places, service):
    days = service.days(2)
    pos.fill(places.pos, days, empty=())
    with contextlib.closing(Dribbler()) as dribbler:
        service.consolidador.settings["databases"]["vps"]["port"] = dribbler.port
        service.start(timeouts={"connect": "10min", "unit": "3s"})
        wait_until(lambda: dribbler.cut >= 2, "two handshakes are cut", 90)
        assert service.log_lines("vps.*no end within 3 s; the connection was cut")
        service.wait_synced(days, targets=[places.local])


def test_a_handshake_that_dribbles_is_cut_without_a_deadline_too(places, consolidador):
    with contextlib.closing(Dribbler()) as dribbler:
        consolidador.settings["databases"]["vps"]["port"] = dribbler.port
        consolidador.configure(timeouts={"connect": "2s"})
        consolidador.once()
        assert dribbler.cut >= 1


# ---- a worker that hangs for good

class Swallow(BlackHole):
    """A black hole that knows whether anybody has fallen into it."""

    def __init__(self):
        super().__init__()
        self.swallowed = 0

    async def request(self, link, data):
        self.swallowed += 1
        return await super().request(link, data)


def test_a_hung_worker_lets_the_others_end_their_units_before_the_watchdog_strikes(
        places, service, relays, faults):
    """The VPS's name server falls silent, for which there is no deadline, while local's unit runs."""
    days = service.days(2)
    pos.fill(places.pos, days, empty=())
    service.consolidador.settings["databases"]["vps"] |= {"host": NAME, "tls": {"required": False}}
    service.start(watchdog_usec=WATCHDOG_USEC, timeouts=PATIENT)
    service.wait_synced(days)
    swallow = Swallow()
    with relays["local"].fault(swallow), faults.deaf_name_server():
        pos.sell(places.pos, days[-1])
        wait_until(lambda: swallow.swallowed, "local has a unit under way", 90)
        service.reload(timeouts={"unit": "1s"})  # for what is begun from now on
        faults.wait_for_question()
        service.wait_log("vps: a unit of work does not end although its connection was cut", seconds=90)
        wait_fed(service, more=6)
        assert service.log_lines("no new day is begun")
    wait_fed(service)
    service.reload(timeouts=PATIENT)
    service.wait_synced(days)
