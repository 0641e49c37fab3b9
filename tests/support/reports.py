# SPDX-License-Identifier: MIT
"""A table of years, the reports that head office asks of it, and how the server goes about them."""
import json
from collections import namedtuple

INDEXED = {"ix_upc": "Upc", "ix_proveedor": "IdProveedor", "ix_departamento": "IdDepartamento",
           "ix_categoria": "IdCategoria", "ix_subcategoria": "IdSubcategoria"}

# In the order of the key. Each product has its supplier, department and so on, as in a shop.
FILL = """
INSERT INTO central.VentasAgrupadas
SELECT DATE '{first}' + INTERVAL dia.seq DAY, sucursal.seq,
       CONCAT('75', LPAD(upc.seq * 7919, 11, '0')), upc.seq % 200 + 1, upc.seq % 20 + 1, upc.seq % 90 + 1, upc.seq % 400 + 1,
       1 + (upc.seq + dia.seq) % 5, (upc.seq * 37 + dia.seq * 101) % 9999 / 10,
       (upc.seq * 29 + dia.seq * 97) % 6999 / 10, '2026-01-01'
  FROM central.seq_1_to_{branches} AS sucursal
  STRAIGHT_JOIN central.seq_0_to_{last_day} AS dia STRAIGHT_JOIN central.seq_1_to_{rows} AS upc
"""

REPORTS = {
    "branch": "SELECT Fecha, SUM(VentaTotal) FROM {table}"
              " WHERE IdSucursal = 7 AND {year} GROUP BY Fecha",
    "product": "SELECT IdSucursal, SUM(Unidades) FROM {table}"
               " WHERE Upc = '7500000007919' AND {year} GROUP BY IdSucursal",
    "supplier": "SELECT IdSucursal, SUM(VentaTotal) FROM {table}"
                " WHERE IdProveedor = 7 AND {year} GROUP BY IdSucursal",
    "department": "SELECT IdSucursal, SUM(VentaTotal) FROM {table}"
                  " WHERE IdDepartamento = 7 AND {year} GROUP BY IdSucursal",
}

Plan = namedtuple("Plan", "key partitions access")


def fill(server, first, end, branches, rows):
    """So many rows a day for each branch, from the first day up to but not including the end."""
    server.query("SET SESSION unique_checks = 0, foreign_key_checks = 0")
    server.query(FILL.format(first=first, last_day=(end - first).days - 1, branches=branches,
                             rows=rows))


def queries(year, table="central.VentasAgrupadas"):
    """The reports over the year (first, last), by name."""
    span = "Fecha BETWEEN '{}' AND '{}'".format(*year)
    return {name: sql.format(table=table, year=span) for name, sql in REPORTS.items()}


def plan(server, sql):
    """What EXPLAIN says of the only table of a query."""
    explained = json.loads(server.value("EXPLAIN FORMAT=JSON " + sql))
    table = _find(explained, "table")
    return Plan(table.get("key"), table["partitions"], table["access_type"])


def _find(node, key):
    if isinstance(node, dict):
        if key in node:
            return node[key]
        node = list(node.values())
    if isinstance(node, list):
        for child in node:
            found = _find(child, key)
            if found:
                return found
    return None
