# SPDX-License-Identifier: MIT
"""What the branch's own passwords open, with the grants that docs/database.md gives: no more than the
procedures of the POS, and the rows of the aggregates."""
import pymysql
import pytest

from support import oracle, pos
from support.daemon import BRANCH
from support.schema import AGGREGATE_DATABASE, BOT, PASSWORDS, POS_DATABASE

DAY = pos.WEEK[0]
REFUSED = (1044, 1142, 1227, 1290, 1370, 1410)  # access or command denied, in each of its words

FORBIDDEN_IN_THE_POS = [
    "SELECT * FROM ventasdiarias",
    "SELECT * FROM productos",
    "INSERT INTO ventasdiarias (Fecha) VALUES ('2026-01-05')",
    "UPDATE ventasdiarias SET MontoTotal = 0",
    "DELETE FROM ventasdiarias",
    "TRUNCATE ventasdiarias",
    "DROP TABLE productos",
    "ALTER TABLE ventasdiarias ADD COLUMN mia INT",
    "CREATE TABLE mia (a INT)",
    "CREATE VIEW mia AS SELECT 1",
    "CREATE PROCEDURE mia() SELECT 1",
    "DROP PROCEDURE sp_audit_operativa",
    "SELECT * FROM mysql.global_priv",
    "SELECT 1 INTO OUTFILE 'mia'",
    "SET GLOBAL read_only = 1",
    f"GRANT SELECT ON {POS_DATABASE}.* TO '{BOT}'@'%'",
    "CREATE USER mia",
]
FORBIDDEN_IN_LOCAL = [
    "DROP TABLE VentasAgrupadas",
    "TRUNCATE VentasAgrupadas",
    "ALTER TABLE VentasAgrupadas DROP COLUMN TotalVenta",
    "CREATE TABLE mia (a INT)",
    "CREATE PROCEDURE mia() SELECT 1",
    "DROP PROCEDURE sp_registrar_dia",
    "UPDATE SincronizacionDias SET Filas = 0",
    "DELETE FROM SincronizacionDias",
    "DELETE FROM EstadoSucursales",
    "SELECT * FROM mysql.global_priv",
    "SET GLOBAL event_scheduler = OFF",
    f"GRANT SELECT ON {AGGREGATE_DATABASE}.* TO '{BOT}'@'%'",
]


def outcome(server, database, statement):
    """The number of the error with which the daemon's account is refused, 0 when it is not."""
    with server.connect(BOT, PASSWORDS[server.name].encode(), database) as connection:
        try:
            connection.cursor().execute(statement)
        except pymysql.Error as error:
            return error.args[0]
    return 0


def not_refused(server, database, statements):
    outcomes = {statement: outcome(server, database, statement) for statement in statements}
    return {statement: code for statement, code in outcomes.items() if code not in REFUSED}


def test_the_account_of_the_pos_does_nothing_by_itself(week):
    before = oracle.pos_rows(week.pos, BRANCH)
    assert not_refused(week.pos, POS_DATABASE, FORBIDDEN_IN_THE_POS) == {}
    assert oracle.pos_rows(week.pos, BRANCH) == before


def test_the_account_of_the_pos_runs_the_two_procedures(week):
    with week.pos.connect(BOT, PASSWORDS["pos"].encode(), POS_DATABASE) as connection:
        for procedure in ("sp_select_ventas_diarias", "sp_audit_operativa"):
            with connection.cursor() as cursor:
                cursor.execute(f"CALL {procedure}(%s)", (DAY,))
                assert cursor.fetchall()


def test_the_account_of_the_local_database_does_not_change_the_schema(places):
    assert not_refused(places.local, AGGREGATE_DATABASE, FORBIDDEN_IN_LOCAL) == {}
