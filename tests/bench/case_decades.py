# SPDX-License-Identifier: MIT
"""A day pushed into 20 million rows of 15 years, against the same day in an otherwise empty table.

Medians over days and rounds, by turns; both tables are on disk, with a buffer pool of 512 MiB. And
the reports of a year: how many partitions they read, over which index, and how long they take.
"""
import datetime
import statistics
import time

from figure import Figure
from stage import FIRST, TODAY

from support import reports, schema
from support.daemon import BRANCH

ON_DISK = True
YEARS = 15
BRANCHES = 10
ROWS_A_DAY = 366  # of each branch: 15 years of them are 20 million
DAYS = 10
ROUNDS = 2
ROWS = 20_000


def fill(server):
    """Year by year in the order of the key; the secondary indexes at the end, sorted."""
    server.query("ALTER TABLE central.VentasAgrupadas " + ", ".join(
        f"DROP KEY {name}" for name in reports.INDEXED))
    first = datetime.date(TODAY.year - YEARS, TODAY.month, 1)
    for year in range(YEARS):
        start = first.replace(year=first.year + year)
        reports.fill(server, start, start.replace(year=start.year + 1), BRANCHES, ROWS_A_DAY)
    server.query("ALTER TABLE central.VentasAgrupadas " + ", ".join(
        f"ADD KEY {name} ({column}, Fecha)" for name, column in reports.INDEXED.items()))
    server.query("ANALYZE TABLE central.VentasAgrupadas")


def write(stage, server):
    """(upsert, whole transaction) in milliseconds for each day, into this server."""
    databases = stage.branch.settings["databases"]
    databases["local"] = databases["vps"] = databases["local"] | {"port": server.port}
    databases["local"]["password_file"] = str(stage.branch.write_password(
        "local", schema.PASSWORDS[server.name]))
    lines = stage.program("write_path", stage.branch.config, FIRST, DAYS).splitlines()
    return [tuple(map(float, line.split()[1:])) for line in lines]


def measure(stage):
    stage.sell(DAYS, ROWS)
    full, empty = stage.servers.local, stage.servers.vps
    fill(full)
    yield Figure("rows in the table", stage.rows(full), "rows", at_least=20_000_000)
    stage.once(FIRST, DAYS)
    for server in (full, empty):
        server.query("CREATE TABLE central.Copia (KEY (Fecha)) AS"
                     " SELECT * FROM central.VentasAgrupadas WHERE IdSucursal = %s", (BRANCH,))
        server.query("GRANT SELECT ON central.Copia TO 'bot'@'%'")
    times = {full: [], empty: []}
    for _ in range(ROUNDS):
        for server, taken in times.items():
            taken += write(stage, server)
    for name, column in (("UPSERT", 0), ("whole transaction", 1)):
        large, small = (statistics.median(day[column] for day in times[server])
                        for server in (full, empty))
        yield Figure(f"{name} in the empty table", small, "ms")
        yield Figure(f"{name}, full / empty", large / small, "x", at_most=1.3)
    year = (datetime.date(TODAY.year - 1, 1, 1), datetime.date(TODAY.year - 1, 12, 31))
    for name, sql in reports.queries(year).items():
        plan = reports.plan(full, sql)
        start = time.monotonic()
        full.query(sql)
        yield Figure(f"a year by {name}: over {plan.key}, {len(plan.partitions)} partition",
                     1000 * (time.monotonic() - start), "ms")
