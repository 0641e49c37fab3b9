# SPDX-License-Identifier: MIT
"""Today's sales every 10 s, 20,000 rows a day, the VPS at 80 ms: what a cycle sends, and how late a sale is seen."""
import statistics
import time

from figure import Figure
from stage import TODAY
from support import pos
from support.waiting import wait_until

ROWS = 20_000
CHANGES = 100
SALES = 5

SOLD_AGAIN = """
UPDATE superpos.ventasdiarias SET MontoTotal = MontoTotal + 1 WHERE Fecha = '{day}' AND IdSubcategorias <= 400
ORDER BY Upc LIMIT {count}
"""
AMOUNT = "SELECT COALESCE(SUM(TotalVenta), 0) FROM central.SincronizacionDias WHERE Fecha = %s"


def traffic_of_next_cycle(stage, wire, before=lambda: None):
    """(round trips, bytes sent) from the end of a cycle to the end of the next, heartbeat included."""
    ended = len(stage.service.log_lines("INFO  cycle: "))
    stage.service.wait_log("INFO  cycle: ", count=ended + 1)
    wait_until(lambda: quiet(wire), "the heartbeat is through")
    before()
    wire.count()
    stage.service.wait_log("INFO  cycle: ", count=ended + 2)
    wait_until(lambda: quiet(wire), "the heartbeat is through")
    return wire.count()[:2]


def quiet(wire):
    seen = wire.trips
    time.sleep(0.5)
    return wire.trips == seen


def sold_to_seen(stage):
    """Seconds from a sale in the POS to its amount on the VPS."""
    before = stage.servers.vps.value(AMOUNT, (TODAY,))
    start = time.monotonic()
    pos.sell(stage.servers.pos, TODAY)
    wait_until(lambda: stage.servers.vps.value(AMOUNT, (TODAY,)) != before, "the sale is seen")
    return time.monotonic() - start


def measure(stage):
    stage.sell(1, ROWS, first=TODAY)
    service = stage.service
    with stage.wire("vps", rtt=0.080) as wire:
        service.start(schedule={"every": "10s"})
        try:
            service.wait_synced(service.days(2))
            wait_until(lambda: quiet(wire), "the first push is through")
            _, full, _ = wire.count()
            changes = SOLD_AGAIN.format(day=TODAY, count=CHANGES)
            trips, sent = traffic_of_next_cycle(stage, wire, lambda: stage.servers.pos.query(changes))
            idle_trips, idle_sent = traffic_of_next_cycle(stage, wire)
            yield Figure("full push of today", full, "bytes")
            yield Figure(f"{CHANGES} changed rows, heartbeat included / full push", 100 * sent / full, "%", at_most=3)
            yield Figure("the same, without the heartbeat", trips - idle_trips, "round trips", at_most=5)
            yield Figure("nothing changed: the heartbeat", idle_trips, "round trips", at_most=1)
            yield Figure("the same", idle_sent, "bytes")
            start, busy = time.monotonic(), stage.cpu_seconds(stage.servers.pos)
            delays = [sold_to_seen(stage) for _ in range(SALES)]
            load = (stage.cpu_seconds(stage.servers.pos) - busy) / (time.monotonic() - start)
            yield Figure("from the sale to the row on the VPS, median", statistics.median(delays), "s")
            yield Figure("load on the POS, of one core", 100 * load, "%")
        finally:
            service.close()
