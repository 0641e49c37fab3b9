# SPDX-License-Identifier: MIT
"""Several sessions change the same few rows by turns, in every way that SQL has and at times that go to and fro, and
the branch records in between: the notes of each row are one chain. CONSOLIDADOR_SEED takes it elsewhere."""
import contextlib
import os
import random
from datetime import timedelta

import pytest

from support import oracle, schema
from support.programs import Program

BRANCH = 7
PASSWORD = "una clave bien larga"
SEED = int(os.environ.get("CONSOLIDADOR_SEED", 20260105))
STEPS = 120
CODES = "abcd"
CLOCK = """CREATE OR REPLACE FUNCTION {database}.fn_ahora() RETURNS DATETIME(6) NO SQL RETURN
           TIMESTAMP'1970-01-01 00:00:00' + INTERVAL UNIX_TIMESTAMP(SYSDATE(6)) + {seconds} SECOND"""
ROW = "('{day}', 7, '{code}', 1, 2, 3, 4, 1, {amount}, 1, '2026-01-01')"
HANDS = (
    "UPDATE VentasAgrupadas SET VentaTotal = {amount} WHERE Fecha = '{day}' AND Upc = '{code}'",
    "DELETE FROM VentasAgrupadas WHERE Fecha = '{day}' AND Upc = '{code}'",
    f"REPLACE INTO VentasAgrupadas VALUES {ROW}",
    "UPDATE IGNORE VentasAgrupadas SET Upc = '{other}' WHERE Fecha = '{day}' AND Upc = '{code}'",
    f"INSERT IGNORE INTO VentasAgrupadas VALUES {ROW}",
    f"INSERT INTO VentasAgrupadas VALUES {ROW} ON DUPLICATE KEY UPDATE VentaTotal = VALUES(VentaTotal)",
)


class Hands:
    """One step after the other, each of one session, or of the program."""

    def __init__(self, server, seed):
        self._random = random.Random(seed)
        self._server = server
        self.day = server.value("SELECT UTC_DATE()") - timedelta(days=40)
        self._links = [self._branch_link(), self._branch_link(), *(server.connect(database="central") for _ in range(2))]
        self._program = Program(self._links[0], BRANCH)
        self._program.write(self.day, {"a": 1, "b": 2, "c": 3})
        for link in self._links[1:]:
            link.autocommit(False)
            with link.cursor() as cursor:
                cursor.execute("SET tx_isolation = %s", (self._random.choice(("READ-COMMITTED", "REPEATABLE-READ")),))

    def close(self):
        for link in self._links:
            link.close()

    def step(self):
        """Whether the day was recorded."""
        if self._random.random() < 0.15:
            self._move_clock()
        if self._random.random() < 0.1:
            self._record()
            return True
        self._change(self._random.choice(self._links[1:]))
        return False

    def _branch_link(self):
        return self._server.connect(f"sucursal_{BRANCH}", PASSWORD, schema.GUARDED_DATABASE)

    def _move_clock(self):
        seconds = self._random.choice((0, 5, 40, -30, -3600))
        for database in (schema.AGGREGATE_DATABASE, schema.GUARDED_DATABASE):
            self._server.query(CLOCK.format(database=database, seconds=seconds))

    def _record(self):
        rows = self._program.held(self.day)
        self._program.declare(self._random.choice(("pos", "danado", "reproceso")))
        if self._random.random() < 0.5:
            rows = {code: self._random.randrange(1, 4) for code in CODES if self._random.random() < 0.8}
        self._program.write(self.day, rows, whole=self._random.random() < 0.5)

    def _change(self, link):
        with link.cursor() as cursor:
            for _ in range(self._random.randrange(1, 4)):
                cursor.execute(self._random.choice(HANDS).format(
                    day=self.day, code=self._random.choice(CODES), other=self._random.choice(CODES),
                    amount=self._random.randrange(1, 4)))
        end = link.commit if self._random.random() < 0.8 else link.rollback
        end()

    def last_notes(self):
        """{code: amount} by the last note of each row, of the rows that are noted; None where it went."""
        return dict(self._server.query("SELECT Upc, VentaDespues FROM central.HistorialPendiente ORDER BY Ultimo"))

    def amounts(self):
        return dict(self._server.query("SELECT Upc, VentaTotal FROM central.VentasAgrupadas WHERE Fecha = %s",
                                       (self.day,)))


@pytest.mark.parametrize("seed", range(SEED, SEED + 8))
def test_the_notes_of_a_row_are_one_chain_whoever_changes_it_and_whatever_the_clock_says(places, seed):
    schema.install_guard(places.vps)
    schema.enlist(places.vps, BRANCH, PASSWORD)
    try:
        with contextlib.closing(Hands(places.vps, seed)) as hands:
            for step in range(STEPS):
                recorded = hands.step()
                held = hands.amounts()
                for code, amount in hands.last_notes().items():
                    assert held.get(code) == amount, (step, code)
                if recorded:
                    assert oracle.history_differences(places.vps, BRANCH) == [], step
    finally:
        schema.install_guard(places.vps)
