# SPDX-License-Identifier: MIT
"""A fleet as head office's database holds it: several branches, each in a state of its own."""
import contextlib
import datetime

from .schema import AGGREGATE_DATABASE
from .service import noon_zone

DAYS = 60
ANALYST = "ana"
ANALYST_PASSWORD = "clave-de-ana: \"ñ\" #1"

# Each branch, in the state that its name tells.
WELL, SILENT, FAILED, GAPS, NEVER, OVERNIGHT, GONE, UNLISTED, UNWELL, HELD = range(1, 11)
NAMES = {WELL: "Centro", SILENT: "Peñón", FAILED: "<script>alert('7')</script> & \"co\"",
         GAPS: "Huecos", NEVER: "Por abrir", OVERNIGHT: "Apagada de noche", GONE: "Cerrada",
         UNLISTED: "sucursal 8", UNWELL: "Sin POS", HELD: "Purgada"}
HELD_DAYS = (44, 43, 42, 41, 1)

LEDGER = f"""
INSERT INTO {AGGREGATE_DATABASE}.SincronizacionDias
VALUES (%s, %s, %s, 1, %s, 1, 7, 1, %s, %s, %s)
"""
HEARTBEAT = f"""
INSERT INTO {AGGREGATE_DATABASE}.EstadoSucursales
  (IdSucursal, UltimoContacto, Salud, Motivos, DiasPendientes, DiaPendienteMasAntiguo,
   DiasFallidos, DiasRetenidos, Version)
VALUES (%s, UTC_TIMESTAMP(3) - INTERVAL %s MINUTE, %s, %s, %s, %s, %s, %s, '0.1.0')
"""
CHANGE = f"""
INSERT INTO {AGGREGATE_DATABASE}.HistorialDias
VALUES (%s, %s, %s, 2, %s, %s, %s, 'sucursal_1@10.0.0.1', %s, 1, 1, %s, 0, 7, 1, 3, %s, 0, 8)
"""
CHANGED_ROW = f"""
INSERT INTO {AGGREGATE_DATABASE}.HistorialCambios VALUES (%s, %s, %s, %s, 1, 2, 3, 4, %s, %s, %s, %s, %s, %s)
"""


class Fleet:
    """Writes the branches; days count back from `today`, the date in `zone`, where it is about
    noon."""

    def __init__(self, server):
        self.server = server
        now = datetime.datetime.now(datetime.timezone.utc)
        self.zone, self.today = noon_zone(now)
        self.utc = now.replace(tzinfo=None)
        self.offset = datetime.timedelta(hours=12 - self.utc.hour)

    def ago(self, days):
        return self.today - datetime.timedelta(days)

    def noon(self, days):
        """In UTC, of a day so long ago."""
        return datetime.datetime.combine(self.ago(days), datetime.time(12)) - self.offset

    @contextlib.contextmanager
    def session(self, user="root", password="", database=AGGREGATE_DATABASE):
        """A connection whose days are those of the zone."""
        connection = self.server.connect(user, password.encode(), database)
        with connection, connection.cursor() as cursor:
            hours = int(self.offset.total_seconds()) // 3600
            cursor.execute(f"SET time_zone = '{hours:+03}:00'")
            yield cursor

    def query(self, sql):
        with self.session() as cursor:
            cursor.execute(sql)
            return cursor.fetchall()

    # -- the branches ----------------------------------------------------------------------------

    def enlist(self, branch, days=DAYS):
        self.server.query("INSERT INTO central.Sucursales VALUES (%s, %s, %s, NULL)",
                          (branch, NAMES[branch], self.ago(days)))

    def record(self, branch, days, rows=10, sales=100, verified=None):
        """The ledger has these days, audited when they had ended, or `verified`, a time in UTC."""
        lines = []
        for day in days:
            at = verified or min(self.noon(day - 1), self.utc)
            lines.append((branch, self.ago(day), rows, sales, at, at, at))
        with self.server.connect() as connection, connection.cursor() as cursor:
            cursor.executemany(LEDGER, lines)

    def change(self, branch, day, rows, number=1, minutes=1, reason="pos", actor="", note=""):
        """The history of a day so long ago has a change, made so many minutes ago: {code: (sales before, after)}."""
        at = self.utc - datetime.timedelta(minutes=minutes)
        before, after = (sum(side or 0 for side in sides) for sides in zip((0, 0), *rows.values()))
        self.server.query(CHANGE, (branch, self.ago(day), number, at, reason, actor, note, before, after))
        for code, (old, new) in rows.items():
            self.server.query(CHANGED_ROW, (branch, self.ago(day), number, code, old, old, old, new, new, new))

    def reject(self, branch, day, rows):
        """The day so long ago is taken without so many rows of the POS."""
        for number in range(rows):
            self.server.query("INSERT INTO central.FilasRechazadas (IdSucursal, Fecha, Fila, Motivo, Instante)"
                              " VALUES (%s, %s, %s, 'Upc is empty', UTC_TIMESTAMP(3))", (branch, self.ago(day), number + 1))

    def beat(self, branch, minutes=1, health="ok", reasons="", pending=0, oldest=None, failed=(),
             held=()):
        self.server.query(HEARTBEAT, (branch, minutes, health, reasons, pending, oldest,
                                      ",".join(map(str, failed)), ",".join(map(str, held))))

    def fill(self):
        self.server.query("DELETE FROM central.Sucursales")
        for branch in NAMES.keys() - {UNLISTED}:
            self.enlist(branch)
        self.server.query("UPDATE central.Sucursales SET Baja = UTC_DATE() WHERE IdSucursal = %s",
                          (GONE,))
        self.record(WELL, range(1, DAYS))
        self.record(WELL, [0], rows=5, sales=40)
        self.beat(WELL)
        self.record(SILENT, range(2, DAYS))
        self.beat(SILENT, minutes=47 * 60)
        self.record(FAILED, [day for day in range(DAYS) if day != 3])
        self.beat(FAILED, health="degradada", reasons="1 days in ERROR, such as <b>", pending=1,
                  oldest=self.ago(3), failed=[self.ago(3)])
        self.record(GAPS, [day for day in range(DAYS) if day not in (10, 11, 30)])
        self.beat(GAPS)
        self.record(OVERNIGHT, range(2, DAYS))
        self.record(OVERNIGHT, [1], verified=self.noon(1))
        self.beat(OVERNIGHT, minutes=23 * 60)
        self.record(GONE, range(30, DAYS))
        self.record(UNLISTED, range(DAYS // 2))
        self.record(UNWELL, range(4, DAYS))
        self.beat(UNWELL, health="fallando", reasons="operational: no success for 4 days",
                  pending=3, oldest=self.ago(3))
        self.record(HELD, range(DAYS))
        self.beat(HELD, health="degradada", reasons="holds 5 days",
                  held=[self.ago(day) for day in HELD_DAYS])
        return self

    def analyst(self):
        self.server.query(f"CREATE OR REPLACE USER {ANALYST}@'%%' IDENTIFIED BY %s",
                          (ANALYST_PASSWORD,))
        self.server.query(f"GRANT consolidador_analista TO {ANALYST}@'%'")
        self.server.query(f"SET DEFAULT ROLE consolidador_analista FOR {ANALYST}@'%'")

    def clear(self):
        self.server.query("DELETE FROM central.Sucursales")
        self.server.query(f"DROP USER IF EXISTS {ANALYST}@'%'")
