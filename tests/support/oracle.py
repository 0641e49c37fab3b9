# SPDX-License-Identifier: MIT
"""The judge: plain SQL that shares nothing with the product's procedures or code.

It groups the POS tables itself (codes byte by byte, one supplier per exact code: the lowest), reads the
rows of the targets, and compares them as text, to the last decimal. It recomputes what the ledger says
from the rows, the fingerprint included, from the description in sql/agregada/20_procedimientos.sql.
"""
import hashlib
from collections import Counter

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
    return sum(int.from_bytes(hashlib.sha256(_unescape(row).encode()).digest()[:8], "big")
               for row in rows) % 2**64


def _unescape(text):
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


def synced_at(target, branch):
    """When each row was last written: row text -> UltimaSync."""
    sql = TARGET_ROWS.replace("SELECT CONCAT_WS", "SELECT UltimaSync, CONCAT_WS")
    rows = target.query(sql.format(branch=branch, database=AGGREGATE_DATABASE, first=ALWAYS[0], last=ALWAYS[1]))
    return {row: at for at, row in rows}
