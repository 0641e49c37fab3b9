# SPDX-License-Identifier: MIT
"""A long disorder of sales, hands and repairs: at every step the history, replayed from nothing, gives today's
rows. CONSOLIDADOR_SEED and CONSOLIDADOR_STEPS take it elsewhere."""
import contextlib
import os
import random

from support import oracle, pos, schema
from support.daemon import BRANCH, OK
from support.pos import WEEK

SEED = int(os.environ.get("CONSOLIDADOR_SEED", 20260105))
STEPS = int(os.environ.get("CONSOLIDADOR_STEPS", 100))
LINES = f"{schema.POS_DATABASE}.ventasdiarias"
ROWS = f"{schema.AGGREGATE_DATABASE}.VentasAgrupadas"
LEDGER = f"{schema.AGGREGATE_DATABASE}.SincronizacionDias"


class Disorder:
    """One step after the other, each of a kind and on a day of the week and a target of its own."""

    def __init__(self, places, consolidador, seed):
        self._random = random.Random(seed)
        self._places = places
        self._consolidador = consolidador
        self.steps = []

    def step(self):
        kind = self._random.choice((self.push, self.push, self.cancel, self.amount, self.swap, self.delete_row,
                                    self.foreign_row, self.another_code, self.delete_day, self.delete_ledger,
                                    self.delete_day_and_ledger, self.edit_ledger, self.fit_ledger, self.reprocess,
                                    self.repair, self.repair, self.repair, self.approve))
        target = self._random.choice(self._places.targets)
        day = self._random.choice(WEEK)
        self.steps.append(f"{kind.__name__} {target.name} {day}")
        kind(target, day, f"IdSucursal = {BRANCH} AND Fecha = '{day}'")

    def push(self, _, day, __):
        pos.sell(self._places.pos, day, upc=f"NUEVO {self._random.randrange(5)}")

    def cancel(self, _, day, __):
        self._places.pos.query(f"DELETE FROM {LINES} WHERE Fecha = '{day}' AND Upc LIKE 'NUEVO%%' LIMIT 1")

    def amount(self, target, _, of_day):
        target.query(f"UPDATE {ROWS} SET VentaTotal = VentaTotal + 0.01 WHERE {of_day}"
                     f" ORDER BY RAND({self._random.randrange(1000)}) LIMIT 2")

    def swap(self, target, _, of_day):
        two = target.query(f"SELECT Upc, VentaTotal FROM {ROWS} WHERE {of_day} AND Upc LIKE '75020%%' LIMIT 2")
        for (code, _), (_, amount) in zip(two, reversed(two)):
            target.query(f"UPDATE {ROWS} SET VentaTotal = %s WHERE {of_day} AND Upc = %s", (amount, code))

    def delete_row(self, target, _, of_day):
        target.query(f"DELETE FROM {ROWS} WHERE {of_day} LIMIT 1")

    def foreign_row(self, target, day, _):
        target.query(f"INSERT IGNORE INTO {ROWS} VALUES ('{day}', {BRANCH}, 'AJENO {self._random.randrange(3)}',"
                     " 1, 2, 3, 4, 5, 6, 7, '2026-01-01')")

    def another_code(self, target, _, of_day):
        target.query(f"UPDATE IGNORE {ROWS} SET Upc = CONCAT(Upc, 'x') WHERE {of_day} AND LENGTH(Upc) < 15 LIMIT 1")

    def delete_day(self, target, _, of_day):
        target.query(f"DELETE FROM {ROWS} WHERE {of_day}")

    def delete_ledger(self, target, _, of_day):
        target.query(f"DELETE FROM {LEDGER} WHERE {of_day}")

    def delete_day_and_ledger(self, target, day, of_day):
        self.delete_day(target, day, of_day)
        self.delete_ledger(target, day, of_day)

    def edit_ledger(self, target, _, of_day):
        target.query(f"UPDATE {LEDGER} SET TotalVenta = TotalVenta + 1 WHERE {of_day}")

    def fit_ledger(self, target, day, _):
        oracle.reseal(target, BRANCH, day)

    def reprocess(self, target, day, of_day):
        """Emptied and written whole, in one transaction, by a program that knows the memory or one that does not."""
        with contextlib.closing(target.connect(database=schema.AGGREGATE_DATABASE)) as link, link.cursor() as cursor:
            link.autocommit(False)
            cursor.execute("SET tx_isolation = 'READ-COMMITTED'")
            if self._random.random() < 0.5:
                cursor.execute("SET @consolidador_memoria = 1, @consolidador_motivo = 'reproceso'")
            cursor.execute(f"CREATE TEMPORARY TABLE copia SELECT * FROM VentasAgrupadas WHERE {of_day}")
            cursor.execute(f"CALL sp_delete_ventas_agrupadas('{day}', {BRANCH})")
            cursor.execute("INSERT INTO VentasAgrupadas SELECT * FROM copia")
            rows = oracle.target_rows(target, BRANCH, (str(day), str(day)))  # as committed, before and after
            cursor.execute("SELECT COUNT(*), IFNULL(SUM(Unidades), 0), IFNULL(SUM(VentaTotal), 0),"
                           " IFNULL(SUM(CostoTotal), 0) FROM copia")
            cursor.execute("CALL sp_registrar_dia(%s, %s, %s, %s, %s, %s, %s)",
                           (day, BRANCH, *cursor.fetchone(), oracle.huella(rows)))
            while cursor.nextset():
                pass
            link.commit()

    def repair(self, *_):
        """A day may be held: what a hand has added looks like sales that the POS has lost."""
        self._consolidador.once_for(WEEK[0], WEEK[-1])

    def approve(self, *_):
        self._consolidador.once_for(WEEK[0], WEEK[-1], "--approve-loss=desorden").expect(OK)

    def findings(self):
        return [line for target in self._places.targets for line in oracle.history_differences(target, BRANCH)]


def test_at_every_step_the_history_gives_the_rows(synced, consolidador):
    disorder = Disorder(synced, consolidador, SEED)
    for _ in range(STEPS):
        disorder.step()
        assert disorder.findings() == [], "\n".join(disorder.steps)
    disorder.approve()
    assert disorder.findings() == [], "\n".join(disorder.steps)
    oracle.assert_agree(synced, BRANCH, WEEK)
    for target in synced.targets:
        assert target.value("SELECT COUNT(*) FROM central.HistorialPendiente") == 0
