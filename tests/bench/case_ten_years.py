# SPDX-License-Identifier: MIT
"""Ten years of 5,000 rows a day, 18 million rows, into local and VPS, all on disk."""
from figure import Figure
from stage import UNLIMITED, days_ago

ON_DISK = True
DAYS = 3650
ROWS = 5_000
YEAR = 365
MIB = 1024 * 1024

# The ledger says when each day came. Newest days first or oldest first: by its own order.
TOOK = """
SELECT TIMESTAMPDIFF(MICROSECOND, MIN(UltimaSync), MAX(UltimaSync)) / 1e6
  FROM (SELECT UltimaSync, ROW_NUMBER() OVER (ORDER BY UltimaSync) AS lugar
          FROM central.SincronizacionDias) AS dias
 WHERE lugar BETWEEN %s AND %s
"""


def measure(stage):
    stage.sell(DAYS, ROWS, first=days_ago(DAYS))
    seconds, cpu, peak = stage.backfill(days_ago(DAYS), DAYS, pool={"size": 2}, **UNLIMITED)
    vps = stage.servers.vps
    first, last = (float(vps.value(TOOK, (end - YEAR + 1, end))) for end in (YEAR, DAYS))
    yield Figure("rows in each target", stage.rows(vps), "rows", at_least=18_000_000)
    yield Figure("took", seconds, "s")
    yield Figure("rate", DAYS * ROWS / seconds, "rows/s")
    yield Figure("the last 365 days / the first", last / first, "x", at_most=1.3)
    yield Figure("peak memory of the daemon", peak / MIB, "MiB", at_most=32)
    yield Figure("CPU of the daemon, of one core", 100 * cpu / seconds, "%")
