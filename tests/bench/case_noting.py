# SPDX-License-Identifier: MIT
"""What the memory costs a closed day of 20,000 rows: against emptying and writing it whole without the triggers.

CPU of the server, the least of some rounds by turns, with the triggers and without: all rows changed, or the day
emptied and written whole; and what it costs to record that.
"""
import contextlib
from pathlib import Path

from figure import Figure

from support import schema

BRANCH = 7
ROWS = 20_000
ROUNDS = 5
WHOLE = "emptied and written whole"
TRIGGERS = ("tr_ventas_alta", "tr_ventas_baja", "tr_ventas_cambio")
(SCRIPT,) = (script for script in schema.AGGREGATE_SCRIPTS if script.stem == "25_disparadores")
FILL = """INSERT INTO VentasAgrupadas SELECT '{day}', {branch}, CONCAT('75', LPAD(seq * 7919, 11, '0')), 1, 2, 3, 4,
          1, seq, 1, '2026-01-01' FROM seq_1_to_{rows}"""


class ClosedDay:
    """A session of the branch and the server's time for what it does to one day."""

    def __init__(self, stage, link):
        self._server, self._cursor, self._link = stage.servers.vps, link.cursor(), link
        self.day = self._server.value("SELECT UTC_DATE() - INTERVAL 60 DAY")
        link.autocommit(False)
        self.execute("SET @consolidador_memoria = 1, tx_isolation = 'READ-COMMITTED'")
        self.execute(FILL.format(day=self.day, branch=BRANCH, rows=ROWS))
        self.execute("CREATE TEMPORARY TABLE Copia SELECT * FROM VentasAgrupadas")
        self.record()
        link.commit()

    def execute(self, sql, arguments=None):
        """(rows, CPU seconds of the server)."""
        before = self._spent()
        self._cursor.execute(sql, arguments)
        rows = self._cursor.fetchall()
        while self._cursor.nextset():
            pass
        return rows, self._spent() - before

    def record(self):
        ((units, sales, cost, count, huella, *_),), _ = self.execute(
            f"CALL sp_audit_ventas_agrupadas('{self.day}', {BRANCH})")
        return self.execute("CALL sp_registrar_dia(%s, %s, %s, %s, %s, %s, %s)",
                            (self.day, BRANCH, count, units, sales, cost, huella))[1]

    def change(self, *statements):
        """(seconds of the statements, of the recording), as a change that the POS has made."""
        self.execute("SET @consolidador_motivo = 'pos'")
        written = sum(self.execute(statement)[1] for statement in statements)
        recorded = self.record()
        self._link.commit()
        return written, recorded

    def _spent(self):
        """Of all its threads, to the nanosecond."""
        return sum(int((task / "schedstat").read_text().split()[0])
                   for task in Path(f"/proc/{self._server.pid}/task").iterdir()) / 1e9


def measure(stage):
    server = stage.servers.vps
    with contextlib.closing(server.connect(database=schema.AGGREGATE_DATABASE)) as link:
        day = ClosedDay(stage, link)
        ways = {"all rows changed": ("UPDATE VentasAgrupadas SET VentaTotal = VentaTotal + 1",),
                WHOLE: (f"CALL sp_delete_ventas_agrupadas('{day.day}', {BRANCH})",
                        "INSERT INTO VentasAgrupadas SELECT * FROM Copia")}
        least = {}
        for _ in range(ROUNDS):
            for noted in (True, False):
                for trigger in () if noted else TRIGGERS:
                    server.query(f"DROP TRIGGER central.{trigger}")
                for name, statements in ways.items():
                    for part, seconds in zip(("written", "recorded"), day.change(*statements)):
                        key = name, part, noted
                        least[key] = min(seconds, least.get(key, seconds))
            schema.run_scripts(server, [SCRIPT], schema.AGGREGATE_DATABASE)
        yardstick = least[WHOLE, "written", False]
        for name in ways:
            for part in ("written", "recorded"):
                with_memory, without = (least[name, part, noted] for noted in (True, False))
                yield Figure(f"{name}, {part} / unnoted whole", with_memory / yardstick, "x")
                yield Figure(f"{name}, {part}: a noted row more", (with_memory - without) / ROWS * 1e6, "us")
