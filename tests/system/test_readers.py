# SPDX-License-Identifier: MIT
"""Reports run on the targets while days are rewritten: they see one complete version or another, never less."""
import threading
from decimal import Decimal

from support import oracle
from support.daemon import BRANCH, OK
from support.pos import WEEK

DAY = WEEK[2]
REWRITES = 200
DAMAGE_EVERY = 10
LEAST_VERSIONS_SEEN = 20
POLL_SECONDS = 0.001  # leaves the two cores some time for what is being watched

WHAT_A_REPORT_SEES = f"""
    SELECT COUNT(*), SUM(VentaTotal), SUM(Unidades),
           MOD(SUM(CAST(CONV(LEFT(SHA2(CONCAT_WS('|', Fecha, IdSucursal, IdProveedor, IdDepartamento, IdCategoria,
               IdSubcategoria, Unidades, VentaTotal, CostoTotal, Upc), 256), 16), 16, 10) AS UNSIGNED)),
               18446744073709551616)
    FROM central.VentasAgrupadas WHERE IdSucursal = {BRANCH} AND Fecha = '{DAY}'"""


class Reader(threading.Thread):
    """Polls the day in one target and keeps each different thing that it saw, until it is told to stop."""

    def __init__(self, target):
        super().__init__()
        self._connection = target.connect()
        self._stopped = threading.Event()
        self.seen = set()
        self.error = None

    def run(self):
        try:
            with self._connection.cursor() as cursor:
                while not self._stopped.wait(POLL_SECONDS):
                    cursor.execute(WHAT_A_REPORT_SEES)
                    self.seen.add(cursor.fetchone())
        except Exception as error:  # reported by the test's own thread
            self.error = error

    def stop(self):
        self._stopped.set()
        self.join()
        self._connection.close()


def version_in_pos(server):
    """The day as a report has to see it, by the oracle."""
    rows = oracle.pos_rows(server, BRANCH, (DAY, DAY))
    fields = [row.split("|", 9) for row in rows]
    return (len(rows), sum(Decimal(row[7]) for row in fields), sum(Decimal(row[6]) for row in fields),
            oracle.huella(rows))


def rewrite_in_pos(server, number):
    """Another content each time, with now more, now fewer rows, of little weight in the day."""
    server.query("DELETE FROM superpos.ventasdiarias WHERE Fecha = %s AND Upc LIKE 'version%%'", (DAY,))
    rows = number * 7 % 20 + 1  # as few of them as the lock lets go
    server.query(f"""INSERT INTO superpos.ventasdiarias (Fecha, Upc, Cantidad, MontoTotal, CostoTotal)
                     SELECT %s, CONCAT('version', seq), 0.1, {number} / 100 + seq / 100, 0
                     FROM superpos.seq_1_to_{rows}""", (DAY,))


def damage(target):
    """By hand: the next run has to mend it, and readers may see it until then."""
    target.query(f"DELETE FROM central.VentasAgrupadas WHERE Fecha = '{DAY}' LIMIT 3")
    return target.query(WHAT_A_REPORT_SEES)[0]


def test_readers_see_only_complete_versions_while_a_day_is_rewritten(week, consolidador):
    consolidador.once_for(DAY).expect(OK)
    versions = {target.name: {version_in_pos(week.pos)} for target in week.targets}
    readers = {target.name: Reader(target) for target in week.targets}
    for reader in readers.values():
        reader.start()
    try:
        for number in range(REWRITES):
            if number % DAMAGE_EVERY == 0:
                for target in week.targets:
                    versions[target.name].add(damage(target))
            rewrite_in_pos(week.pos, number)
            version = version_in_pos(week.pos)
            for known in versions.values():
                known.add(version)
            consolidador.once_for(DAY).expect(OK)
    finally:
        for reader in readers.values():
            reader.stop()
    for name, reader in readers.items():
        assert reader.error is None, reader.error
        assert reader.seen <= versions[name], reader.seen - versions[name]
        assert len(reader.seen) >= LEAST_VERSIONS_SEEN
    oracle.assert_agree(week, BRANCH, [DAY])
