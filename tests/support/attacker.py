# SPDX-License-Identifier: MIT
"""A client that has the password of a branch, and what it may try in order to see more."""
import itertools

import pymysql

from . import schema

MANY = ",".join(f"'{number}'" for number in range(20_000))
SHAPES = (
    "SELECT * FROM {table} t WHERE {seen}",
    "SELECT * FROM {table} t WHERE {seen} AND {code}",
    "SELECT * FROM {table} t WHERE IdSucursal = 99 OR {seen}",
    "SELECT MAX(IdSucursal) FROM {table} t WHERE {seen} GROUP BY {column}",
    "SELECT * FROM (SELECT 1 a UNION SELECT 2) b LEFT JOIN {table} t ON {seen}",
    "SELECT * FROM (SELECT 'U99' c) b STRAIGHT_JOIN {table} t ON {code} AND {seen}",
    "SELECT 1 FROM {table} o WHERE EXISTS (SELECT 1 FROM {table} t WHERE {seen} AND {code})"
    " LIMIT 2",
    "SELECT 1 FROM {table} o WHERE 5 NOT IN (SELECT IdSucursal FROM {table} t WHERE {seen})"
    " LIMIT 2",
    "SELECT * FROM {table} t WHERE EXTRACTVALUE(1, CONCAT('~', {column})) AND {code}",
    "UPDATE {table} t SET IdSucursal = 7 WHERE {seen} AND {code}",
    "UPDATE {table} t SET IdSucursal = 7 WHERE {seen} ORDER BY {column} LIMIT 3",
    "UPDATE {table} t, (SELECT 1 a) b SET t.IdSucursal = 7 WHERE {seen} AND {code}",
    "DELETE FROM {table} WHERE {seen} AND {code}",
    "DELETE FROM {table} WHERE IdSucursal <> 7 AND {seen}",
    "DELETE t FROM {table} t, (SELECT 1 a) b WHERE {seen} AND {code}",
)
COLUMNS = {"VentasAgrupadas": ("VentaTotal", "Upc = 'U99'"),
           "SincronizacionDias": ("TotalVenta", "Filas = 1"),
           "EstadoSucursales": ("Motivos", "Salud = 'ok'"),
           "HistorialDias": ("Venta", "Motivo = 'pos'"),
           "HistorialCambios": ("VentaDespues", "Upc = 'U99'"),
           "HistorialPendiente": ("VentaDespues", "Upc = 'U99'")}


def probes():
    """Conditions that collect every value they are computed for and are never true."""
    for (table, (column, code)), shape in itertools.product(COLUMNS.items(), SHAPES):
        seen = f"(@visto := CONCAT(@visto, ',', {column})) IS NULL"
        yield shape.format(table=table, column=column, code=code, seen=seen)
    collecting = "(@visto := CONCAT(@visto, ',', VentaTotal)) IS NULL"
    for verb in ("SELECT * FROM", "DELETE FROM"):
        yield f"{verb} VentasAgrupadas WHERE {collecting} AND (Upc IN ({MANY}) OR Upc = 'U99')"


class Attacker:
    """A connection with the branch's account."""

    def __init__(self, server, branch, password):
        self.connection = server.connect(f"sucursal_{branch}", password, schema.GUARDED_DATABASE,
                                         local_infile=True)

    def attempt(self, sql, arguments=None):
        """Everything that the server lets the client know of it; `refused` or not."""
        with self.connection.cursor() as cursor:
            cursor.execute("SET @visto = ''")
            try:
                cursor.execute(sql, arguments)
                told, refused = cursor.fetchall(), False
            except pymysql.Error as error:
                told, refused = error.args, True
            cursor.execute("SHOW WARNINGS")
            warnings = cursor.fetchall()
            cursor.execute("SELECT @visto")
            return Told((told, warnings, cursor.fetchone()), refused)


class Told:
    """What an attempt has shown, in whatever way."""

    def __init__(self, all_of_it, refused):
        self.text = repr(all_of_it)
        self.rows = all_of_it[0]
        self.refused = refused
