# SPDX-License-Identifier: MIT
"""The judge: plain SQL that shares nothing with the product's procedures or code.

It groups the POS tables itself (codes byte by byte, one supplier per exact code: the lowest), reads the
rows of the targets, and compares them as text, to the last decimal. It recomputes what the ledger says
from the rows, the fingerprint included, from the description in sql/agregada/20_procedimientos.sql.
"""
import hashlib
from collections import Counter
from decimal import Decimal

from .schema import AGGREGATE_DATABASE, POS_DATABASE

SHOWN = 10
ALWAYS = ("0001-01-01", "9999-12-31")

# Each row is one text: Fecha|IdSucursal|IdProveedor|...|CostoTotal|Upc.
POS_ROWS = """
CREATE TEMPORARY TABLE {database}.oraculo (codigo VARBINARY(200) PRIMARY KEY, proveedor INT)
SELECT BINARY CONVERT(Upc USING utf8mb4) AS codigo, MIN(IdProveedores) AS proveedor
FROM {database}.productos GROUP BY codigo;

SELECT CONCAT_WS('|', dia, {branch}, IFNULL(proveedor, 0), depto, cat, subcat,
                 CAST(unidades AS DECIMAL(40,4)), CAST(venta AS DECIMAL(40,4)),
                 CAST(costo AS DECIMAL(40,4)), CONVERT(upc USING utf8mb4))
FROM (SELECT DATE(Fecha) AS dia, BINARY CONVERT(Upc USING utf8mb4) AS bytes, MIN(Upc) AS upc,
             IFNULL(IdDepartamentos, 0) AS depto, IFNULL(IdCategorias, 0) AS cat,
             IFNULL(IdSubcategorias, 0) AS subcat, SUM(Cantidad) AS unidades, SUM(MontoTotal) AS venta,
             SUM(CostoTotal) AS costo
      FROM {database}.ventasdiarias
      WHERE DATE(Fecha) BETWEEN '{first}' AND '{last}'
      GROUP BY dia, bytes, depto, cat, subcat) AS ventas
LEFT JOIN {database}.oraculo ON codigo = bytes;
"""

TARGET_ROWS = """
SELECT CONCAT_WS('|', Fecha, IdSucursal, IdProveedor, IdDepartamento, IdCategoria, IdSubcategoria,
                 Unidades, VentaTotal, CostoTotal, Upc)
FROM {database}.VentasAgrupadas WHERE IdSucursal = {branch} AND Fecha BETWEEN '{first}' AND '{last}'
"""

TARGET_TOTALS = """
SELECT Fecha, COUNT(*), SUM(Unidades), SUM(VentaTotal), SUM(CostoTotal)
FROM {database}.VentasAgrupadas WHERE IdSucursal = {branch} GROUP BY Fecha
"""

LEDGER = """
SELECT Fecha, Filas, TotalUnidades, TotalVenta, TotalCosto, Huella
FROM {database}.SincronizacionDias WHERE IdSucursal = {branch}
"""

# In one statement, so that both tables are seen at one moment.
TORN_DAYS = """
SELECT Fecha FROM (
  SELECT Fecha, COUNT(*) AS filas, SUM(Unidades) AS unidades, SUM(VentaTotal) AS venta,
         SUM(CostoTotal) AS costo
  FROM {database}.VentasAgrupadas
  WHERE IdSucursal = {branch} AND Fecha BETWEEN '{first}' AND '{last}' GROUP BY Fecha
  UNION ALL
  SELECT Fecha, -Filas, -TotalUnidades, -TotalVenta, -TotalCosto
  FROM {database}.SincronizacionDias
  WHERE IdSucursal = {branch} AND Fecha BETWEEN '{first}' AND '{last}') AS lados
GROUP BY Fecha
HAVING SUM(filas) <> 0 OR SUM(unidades) <> 0 OR SUM(venta) <> 0 OR SUM(costo) <> 0
"""


def pos_rows(server, branch, days=ALWAYS):
    """What the branch sold in these days (first, last), grouped, sorted."""
    return _rows(server, POS_ROWS, POS_DATABASE, branch, days)


def target_rows(server, branch, days=ALWAYS):
    """What a target holds of the branch in these days (first, last), sorted."""
    return _rows(server, TARGET_ROWS, AGGREGATE_DATABASE, branch, days)


def _rows(server, sql, database, branch, days):
    first, last = days
    text = server.client(sql.format(branch=branch, database=database, first=first, last=last), "",
                         "--batch", "--skip-column-names", "--quick")
    return sorted(text.split("\n")[:-1])


def differences(servers, branch, days=ALWAYS, targets=None, expected=None):
    """Every way in which the targets differ from the POS, as lines for people; empty: none. `expected`
    are the POS' rows where they are known already."""
    if expected is None:
        expected = pos_rows(servers.pos, branch, days)
    found = []
    for target in targets or servers.targets:
        found += _compare(target.name, expected, target_rows(target, branch, days))
    return found


def _compare(name, expected, actual):
    if expected == actual:
        return []
    missing = Counter(expected) - Counter(actual)
    foreign = Counter(actual) - Counter(expected)
    return ([f"{name} lacks {row}" for row in sorted(missing.elements())[:SHOWN]] +
            [f"{name} has   {row}" for row in sorted(foreign.elements())[:SHOWN]] +
            [f"{name}: {len(expected)} rows expected, {len(actual)} found; "
             f"{missing.total()} missing, {foreign.total()} foreign"])


def huella(rows):
    """The fingerprint of a day's rows: the sum modulo 2^64 of the first 64 bits of each row's SHA-256."""
    return sum(int.from_bytes(hashlib.sha256(unescape(row).encode()).digest()[:8], "big")
               for row in rows) % 2**64


def unescape(text):
    """Undoes what the client's --batch does to a backslash, a tab and a line break."""
    if "\\" not in text:
        return text
    parts = text.split("\\\\")
    return "\\".join(part.replace("\\n", "\n").replace("\\t", "\t") for part in parts)


def ledger_differences(target, branch, days):
    """Every way in which a target's ledger is not exactly these days with what the rows add up to."""
    names = {"database": AGGREGATE_DATABASE, "branch": branch}
    totals = {str(day): list(values) for day, *values in target.query(TARGET_TOTALS.format(**names))}
    by_day = {}
    for row in target_rows(target, branch):
        by_day.setdefault(row[:10], []).append(row)
    expected = {str(day): totals.get(str(day), [0, 0, 0, 0]) + [huella(by_day.get(str(day), ()))]
                for day in days}
    ledger = {str(day): list(values) for day, *values in target.query(LEDGER.format(**names))}
    return [f"{target.name} {day}: ledger {ledger.get(day)}, rows {expected.get(day)}"
            for day in sorted(expected.keys() | ledger.keys())
            if expected.get(day) != ledger.get(day)][:SHOWN]


def torn_days(target, branch, days=ALWAYS):
    """The days of these (first, last) of which a reader sees other rows now than the ledger tells."""
    first, last = days
    sql = TORN_DAYS.format(database=AGGREGATE_DATABASE, branch=branch, first=first, last=last)
    return [str(day) for (day,) in target.query(sql)]


def assert_agree(servers, branch, days, targets=None):
    """POS, local and VPS hold the same rows for these days, and the ledgers say exactly that."""
    days = sorted(str(day) for day in days)
    found = differences(servers, branch, (days[0], days[-1]), targets)
    for target in targets or servers.targets:
        found += ledger_differences(target, branch, days)
    assert not found, "\n".join(found)


class Proven:
    """What each target was known to hold of the branch, acknowledged by its ledger. None of it may go
    unless a person approves that."""

    def __init__(self, servers, branch):
        self._targets = servers.targets
        self._branch = branch
        self._rows = {target.name: {} for target in self._targets}
        self.look()

    def look(self):
        """What is acknowledged now is remembered from now on, in the place of what was of the same
        days; what is not is no reason to forget anything."""
        for target in self._targets:
            ledger = self._ledger(target)
            for day, rows in self._days(target).items():
                if ledger.get(day) == huella(rows):
                    self._rows[target.name][day] = rows
        return self

    def missing(self, approved=()):
        """Every row of other days than the approved that a target has no longer, and every day whose
        ledger no longer says what its rows are; as lines for people."""
        approved = {str(day) for day in approved}
        found = []
        for target in self._targets:
            now, ledger = self._days(target), self._ledger(target)
            for day, rows in self._rows[target.name].items():
                if day in approved:
                    continue
                gone = sorted(set(rows) - set(now.get(day, ())))
                found += [f"{target.name} has lost {len(gone)} of {len(rows)} rows: {gone[0]}"] if gone else []
                if ledger.get(day) != huella(now.get(day, ())):
                    found.append(f"{target.name} {day}: the ledger is not that of the rows")
        return found

    def assert_kept(self, approved=()):
        found = self.missing(approved)
        assert not found, "\n".join(found[:SHOWN])

    def _days(self, target):
        by_day = {}
        for row in target_rows(target, self._branch):
            by_day.setdefault(row[:10], []).append(row)
        return by_day

    def _ledger(self, target):
        sql = LEDGER.format(database=AGGREGATE_DATABASE, branch=self._branch)
        return {str(day): found for day, *_, found in target.query(sql)}


# What corrections may take of an ended day; more than that is a loss. As docs/operations.md has it.
CORRECTED_PERCENT, CORRECTED_ROWS = 10, 20


def is_loss(before, after):
    """Of (rows, units, sales, cost): whether more has gone than corrections take."""
    rows = before[0] - after[0]
    return (before[0] > 0 and after[0] == 0
            or rows > CORRECTED_ROWS and rows * 100 > before[0] * CORRECTED_PERCENT
            or any((old - new) * 100 > abs(old) * CORRECTED_PERCENT
                   for old, new in zip(before[1:], after[1:]) if old))


def assert_targets_agree(servers, branch, days):
    """Local and VPS hold the same rows of each of these days, and both ledgers say exactly that."""
    days = sorted(map(str, days))
    found = []
    first, *others = servers.targets
    expected = target_rows(first, branch, (days[0], days[-1]))
    assert {row[:10] for row in expected} == set(days), f"{first.name} lacks days"
    for target in others:
        found += _compare(target.name, expected, target_rows(target, branch, (days[0], days[-1])))
    for target in servers.targets:
        found += ledger_differences(target, branch, days)
    assert not found, "\n".join(found)


def reseal(target, branch, day):
    """Has the ledger say what the day's rows are, as after a restore of another version of it."""
    day = str(day)
    rows = target_rows(target, branch, (day, day))
    target.query(f"""
        UPDATE {AGGREGATE_DATABASE}.SincronizacionDias AS d
        LEFT JOIN (SELECT COUNT(*) AS filas, SUM(Unidades) AS unidades, SUM(VentaTotal) AS venta,
                          SUM(CostoTotal) AS costo
                   FROM {AGGREGATE_DATABASE}.VentasAgrupadas WHERE IdSucursal = %s AND Fecha = %s) AS v ON TRUE
        SET d.Filas = v.filas, d.TotalUnidades = IFNULL(v.unidades, 0), d.TotalVenta = IFNULL(v.venta, 0),
            d.TotalCosto = IFNULL(v.costo, 0), d.Huella = %s
        WHERE d.IdSucursal = %s AND d.Fecha = %s""", (branch, day, huella(rows), branch, day))


def synced_at(target, branch):
    """When each row was last written: row text -> UltimaSync."""
    sql = TARGET_ROWS.replace("SELECT CONCAT_WS", "SELECT UltimaSync, CONCAT_WS")
    rows = target.query(sql.format(branch=branch, database=AGGREGATE_DATABASE, first=ALWAYS[0], last=ALWAYS[1]))
    return {row: at for at, row in rows}


# Of a trimmed day the first entry stands for all before it.
CHANGES = """
SELECT Fecha, Cambio, Motivo = 'recortado', FilasAntes, UnidadesAntes, VentaAntes, CostoAntes, HuellaAntes,
       Filas, Unidades, Venta, Costo, Huella
FROM {database}.HistorialDias WHERE IdSucursal = {branch} ORDER BY Fecha, Cambio
"""

# Both sides of each row as TARGET_ROWS has it, NULL where it was not there.
CHANGED_ROWS = """
SELECT Fecha, Cambio,
       CONCAT(Fecha, '|', IdSucursal, '|', IdProveedor, '|', IdDepartamento, '|', IdCategoria, '|', IdSubcategoria,
              '|', UnidadesAntes, '|', VentaAntes, '|', CostoAntes, '|', Upc),
       CONCAT(Fecha, '|', IdSucursal, '|', IdProveedor, '|', IdDepartamento, '|', IdCategoria, '|', IdSubcategoria,
              '|', UnidadesDespues, '|', VentaDespues, '|', CostoDespues, '|', Upc)
FROM {database}.{table} WHERE IdSucursal = {branch} ORDER BY Fecha, Cambio
"""

# When each version of a day began, the first by the ledger.
TIMES = """
SELECT Fecha, PrimeraSync, 0 FROM {database}.SincronizacionDias WHERE IdSucursal = {branch}
UNION ALL SELECT Fecha, Instante, Cambio FROM {database}.HistorialDias WHERE IdSucursal = {branch} ORDER BY Fecha, 3
"""


def _totals(rows):
    """(rows, units, sales, cost, Huella) of a day's rows."""
    amounts = [[Decimal(part) for part in row.split("|")[6:9]] for row in rows]
    return (len(rows), *(sum(column) for column in zip(*amounts)), huella(rows)) if rows else (0, 0, 0, 0, 0)


def history_differences(target, branch, open_from=ALWAYS[1]):
    """Every way in which a target's history is not that of its rows. Each day that had ended is taken
    back to its first version, and from there forward again: each version must be what was recorded
    of it, and the last one, with what is noted and not recorded yet, what the target holds. Of a day that was
    open, whose growth is no version, each change must account for its own figures. No version is younger than
    the next one."""
    names = {"database": AGGREGATE_DATABASE, "branch": branch}
    changed = {}
    for day, number, before, after in target.query(CHANGED_ROWS.format(table="HistorialCambios", **names)):
        changed.setdefault((str(day), number), []).append((before, after))
    noted = {}
    for day, _, before, after in target.query(CHANGED_ROWS.format(table="HistorialPendiente", **names)):
        noted.setdefault(str(day), []).append((before, after))
    days = {day: [] for day in noted}
    first = {}
    for day, number, cut, *figures in target.query(CHANGES.format(**names)):
        first[str(day)] = number if cut else first.get(str(day), 1)
        days.setdefault(str(day), []).append((number, tuple(figures[:5]), tuple(figures[5:])))
    found = [f"{target.name} {day}: change {number} has rows and no entry" for day, number in changed
             if number not in [entry[0] for entry in days.get(day, ())]]
    found += _backwards(target, names)
    for day, entries in days.items():
        name = f"{target.name} {day}"
        entries = [(*entry, changed.get((day, entry[0]), ())) for entry in entries]
        if [entry[0] - first.get(day, 1) for entry in entries] != list(range(len(entries))):
            found.append(f"{name}: the changes are {[entry[0] for entry in entries]}")
        elif day < str(open_from):
            found += _replay(name, target_rows(target, branch, (day, day)), entries, noted.get(day, ()))
        else:
            found += [f"{name}: change {number} makes {after} of {before}, its rows {_gain(pairs)}"
                      for number, before, after, pairs in entries
                      if before[0] is not None and _sum(before, _gain(pairs)) != after]
    return found


def _gain(pairs):
    """What a change adds to (rows, units, sales, cost, Huella)."""
    old, new = ([side for side in sides if side] for sides in zip(*pairs)) if pairs else ((), ())
    return tuple(after - before for before, after in zip(_totals(old), _totals(new)))


def _sum(figures, gain):
    *amounts, fingerprint = (one + other for one, other in zip(figures, gain))
    return (*amounts, fingerprint % 2**64)


def _backwards(target, names):
    found, last = [], (None, None)
    for day, since, number in target.query(TIMES.format(**names)):
        found += ([f"{target.name} {day}: version {number + 1} begins at {since}, the one before it at {last[1]}"]
                  if day == last[0] and since < last[1] else [])
        last = (day, since)
    return found


def _replay(name, rows, entries, noted):
    now = Counter(map(unescape, rows))
    version = now.copy()
    _move(version, ((after, before) for before, after in noted))
    for *_, pairs in reversed(entries):
        _move(version, ((after, before) for before, after in pairs))
    found = []
    for number, before, after, pairs in entries:
        if before[0] is not None:
            found += _unlike(f"{name}: before change {number}", version, before)
        _move(version, pairs)
        found += _unlike(f"{name}: after change {number}", version, after)
    _move(version, noted)
    return found + ([] if +version == now else [f"{name}: the last version is not what is there"])


def _move(version, pairs):
    for old, new in pairs:
        version.subtract(filter(None, [old]))
        version.update(filter(None, [new]))


def _unlike(what, version, recorded):
    """A version must hold each row once, and amount to what was recorded of it."""
    odd = [row for row, count in version.items() if count not in (0, 1)]
    actual = _totals(list(version.elements()))
    return ([f"{what}: {version[row]} times {row}" for row in odd[:1]]
            + ([] if actual == recorded else [f"{what}: {recorded} recorded, rows {actual}"]))


def assert_remembered(servers, branch):
    """The history of both targets gives their rows."""
    found = [line for target in servers.targets for line in history_differences(target, branch)]
    assert not found, "\n".join(found[:SHOWN])
