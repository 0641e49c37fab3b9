# SPDX-License-Identifier: MIT
"""Writing a day of 20,000 rows, against INSERT ... SELECT of the same rows on the server.

Medians over days that are written in both ways by turns. The whole transaction also proves the day: it writes
the ledger and audits count, sums and huella, which INSERT ... SELECT does not.
"""
import statistics

from figure import Figure
from stage import FIRST

DAYS = 15
ROWS = 20_000


def measure(stage):
    stage.sell(DAYS, ROWS)
    stage.once(FIRST, DAYS)
    local = stage.servers.local
    local.query("CREATE TABLE central.Copia AS SELECT * FROM central.VentasAgrupadas")
    local.query("ALTER TABLE central.Copia ADD KEY (Fecha)")
    local.query("GRANT SELECT ON central.Copia TO 'bot'@'%'")
    lines = stage.program("write_path", stage.branch.config, FIRST, DAYS).splitlines()
    server, upsert, whole = (statistics.median(column)
                             for column in zip(*(map(float, line.split()) for line in lines)))
    yield Figure("server-side INSERT ... SELECT", server, "ms")
    yield Figure("UPSERT of the same rows / INSERT ... SELECT", upsert / server, "x", at_most=1.25)
    yield Figure("transaction with ledger and audit / INSERT ... SELECT", whole / server, "x")
