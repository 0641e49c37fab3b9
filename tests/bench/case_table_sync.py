# SPDX-License-Identifier: MIT
"""The VPS brought up to the local database by pt-table-sync, against `once` doing it from the POS.

pt-table-sync compares two tables chunk by chunk and replaces what differs row by row. `once` reads
the POS, finds the local database as it is, writes to the VPS and proves all three.
"""
import subprocess
import time

from figure import Figure
from stage import FIRST

DAYS = 2
ROWS = 20_000
CHANGE = "UPDATE superpos.ventasdiarias SET MontoTotal = MontoTotal + 1 WHERE IdSubcategorias <= 2"


def table_sync(stage):
    local, vps = stage.servers.targets
    source = f"S={local.socket},u=root,D=central,t=VentasAgrupadas"
    start = time.monotonic()
    done = subprocess.run(["pt-table-sync", "--execute", "--charset=utf8mb4", "--nocheck-slave",
                           source, f"S={vps.socket}"], capture_output=True, text=True)
    if done.returncode != 2:  # differences were found and taken away
        raise RuntimeError(f"pt-table-sync ended with {done.returncode}: {done.stderr}")
    return time.monotonic() - start


def new_days(stage):
    stage.empty_targets()


def changed_rows(stage):
    stage.servers.pos.query(CHANGE)


def measure(stage):
    stage.sell(DAYS, ROWS)
    for name, work in (("new days", new_days), ("100 changed rows in each", changed_rows)):
        seconds = []
        for tool in (table_sync, lambda s: s.once(FIRST, DAYS)[0]):
            work(stage)
            stage.once(FIRST, DAYS, "--local-only")
            seconds.append(tool(stage))
        theirs, ours = seconds
        yield Figure(f"{name}: pt-table-sync", theirs, "s")
        yield Figure("  pt-table-sync / once", theirs / ours, "x")
