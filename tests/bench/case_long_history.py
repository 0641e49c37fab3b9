# SPDX-License-Identifier: MIT
"""Starting with 10,000 days of history in both targets' ledgers, against starting with one."""
import time

from figure import Figure
from stage import FOR_HOURLY, HOURLY, days_ago
from support import schema
from support.waiting import wait_until

DAYS = 10_000
MIB = 1024 * 1024


def contact(stage):
    return stage.servers.vps.query("SELECT UltimoContacto FROM central.EstadoSucursales")


def start(stage):
    """(seconds to READY, seconds to the first heartbeat, resident bytes)."""
    service = stage.service
    before = contact(stage)
    begun = time.monotonic()
    service.start()
    try:
        ready = service.notify.all("READY")[0].at - begun
        wait_until(lambda: contact(stage) != before, "the VPS hears of the branch")
        return ready, time.monotonic() - begun, service.memory()
    finally:
        service.close()


def measure(stage):
    stage.sell(2, 1_000, first=stage.service.days(2)[0])
    stage.branch.configure(schedule=HOURLY, health=FOR_HOURLY)
    start(stage)
    short_ready, short_beat, short_memory = start(stage)
    for target in stage.servers.targets:
        schema.fill_ledger(target, days_ago(1), DAYS, 1)
    ready, beat, memory = start(stage)
    yield Figure("start to READY", ready * 1000, "ms", at_most=100)
    yield Figure("  10,000 days / one", ready / short_ready, "x", at_most=1.3)
    yield Figure("start to the first heartbeat, 10,000 days / one", beat / short_beat, "x")
    yield Figure("resident memory with 10,000 days", memory / MIB, "MiB", at_most=16)
    yield Figure("  more than with one", (memory - short_memory) / MIB, "MiB")
