# SPDX-License-Identifier: MIT
"""A database that goes on answering, byte by byte, holds `once` up no longer than timeouts.unit allows: under cron the
next run would never come."""
import asyncio
import contextlib

import pytest

from support.daemon import DAY_IN_ERROR, OK
from support.pos import WEEK
from support.relay import Fault, Relay

# Each byte comes long before these end.
PATIENT = {"timeouts": {"connect": "30s", "read": "60s", "write": "60s", "statement": "1h", "unit": "1s"}}
ASKED = {"pos": b"sp_select_ventas_diarias", "local": b"sp_registrar_dia", "vps": b"sp_registrar_dia"}
NAMES = {"pos": "operational", "local": "local", "vps": "vps"}


class Trickle(Fault):
    """Once these words have been said, the connection's answers come one byte at a time."""

    def __init__(self, words):
        super().__init__()
        self._words = words
        self._slow = set()

    async def request(self, link, data):
        if self._words in data:
            self._slow.add(link)
        return data

    async def answer(self, link, data):
        if link not in self._slow:
            return data
        for byte in data[:-1]:
            if link.is_cut:
                break
            link.to_client.write(bytes([byte]))
            await link.to_client.drain()
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self.over.wait(), 0.3)
        return data[-1:]


@pytest.mark.parametrize("place", ASKED)
def test_an_answer_that_never_ends_is_cut_and_the_run_ends(week, consolidador, place):
    server = {server.name: server for server in week}[place]
    consolidador.configure(retry={"attempts": 1}, **PATIENT)
    with Relay(server.port) as relay:
        consolidador.settings["databases"][NAMES[place]]["port"] = relay.port
        with relay.fault(Trickle(ASKED[place])):
            run = consolidador.once("--from", str(WEEK[0]), "--to", str(WEEK[0]), timeout=60).expect(DAY_IN_ERROR)
        told = run.day(WEEK[0])["error"]
        assert f"{NAMES[place]}: no end within 1 s; the connection was cut" in told and "timeouts.unit" in told
        consolidador.once_for(WEEK[0]).expect(OK)
