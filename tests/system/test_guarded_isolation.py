# SPDX-License-Identifier: MIT
"""A stolen credential of branch 7 against branch 99: nothing changes, nothing is revealed.

What 99 holds carries a mark that appears in no statement of the attacker, so that it can be
searched for in results, in error texts, and in what a condition has collected in @visto.
"""
import pymysql
import pytest

from support import oracle, schema
from support.attacker import Attacker, probes
from support.daemon import OK, Consolidador
from support.pos import WEEK, fill

PASSWORD = "clave larga de la 7"
MARK = "777"
TABLES = ("VentasAgrupadas", "SincronizacionDias", "EstadoSucursales", "HistorialDias",
          "HistorialCambios", "HistorialPendiente")
SECRETS = (
    "INSERT INTO central.VentasAgrupadas"
    " SELECT '2026-01-01' + INTERVAL seq DAY, 99, 'U99', 0, 0, 0, 0, 1, 77700 + seq, 1, NOW(3)"
    " FROM central.seq_1_to_20",
    "INSERT INTO central.VentasAgrupadas"
    " SELECT '2026-01-01' + INTERVAL seq DAY, 7, CONCAT('U', seq), 0, 0, 0, 0, 1, 5, 1, NOW(3)"
    " FROM central.seq_1_to_300",
    "INSERT INTO central.SincronizacionDias"
    " SELECT 99, '2026-01-01' + INTERVAL seq DAY, 1, 1, 77700 + seq, 1, 1, 1,"
    " NOW(3), NOW(3), NOW(3) FROM central.seq_1_to_20",
    "INSERT INTO central.SincronizacionDias SELECT 7, '2026-01-01' + INTERVAL seq DAY, 1, 1, 5,"
    " 1, 1, 1, NOW(3), NOW(3), NOW(3) FROM central.seq_1_to_3",
    "INSERT INTO central.EstadoSucursales VALUES"
    " (99, NOW(3), 'ok', 'motivo 777', 0, NULL, '', NULL, 'v777', 'm777', 'e777', '', 0),"
    " (7, NOW(3), 'ok', '', 0, NULL, '', NULL, 'v', '', '', '', 0)",
    *(f"INSERT INTO central.HistorialDias SELECT {branch}, '2026-01-01' + INTERVAL seq DAY, 1, 1,"
      f" NOW(3), 'pos', '', '', '', 1, 1, {sales} + seq, 1, 1, 1, 1, {sales} + seq, 1, 1"
      " FROM central.seq_1_to_20" for branch, sales in ((99, 77700), (7, 5))),
    *(f"INSERT INTO central.HistorialCambios SELECT {branch}, '2026-01-01' + INTERVAL seq DAY, 1,"
      f" 'U{branch}', 0, 0, 0, 0, 1, {sales} + seq, 1, 1, {sales} + seq, 1 FROM central.seq_1_to_20"
      for branch, sales in ((99, 77700), (7, 5))),
    "ANALYZE TABLE central.HistorialDias, central.HistorialCambios, central.VentasAgrupadas,"
    " central.SincronizacionDias, central.EstadoSucursales",
)

ROW = "('2026-01-05', 99, 'U99', 0, 0, 0, 0, 9, 9, 9, NOW(3))"
UPSERT = f"INSERT INTO VentasAgrupadas VALUES {ROW} ON DUPLICATE KEY UPDATE VentaTotal = 9"

WRITES = (
    f"INSERT INTO VentasAgrupadas VALUES {ROW}",
    f"INSERT IGNORE INTO VentasAgrupadas VALUES {ROW}",
    f"REPLACE INTO VentasAgrupadas VALUES {ROW}",
    UPSERT,
    f"INSERT INTO VentasAgrupadas VALUES {ROW} RETURNING *",
    "INSERT INTO VentasAgrupadas SELECT Fecha, 99, Upc, 0, 0, 0, 0, 9, 9, 9, NOW(3)"
    " FROM VentasAgrupadas",
    "UPDATE VentasAgrupadas SET VentaTotal = 9 WHERE IdSucursal = 99",
    "UPDATE VentasAgrupadas SET IdSucursal = 99 WHERE Upc = 'U5'",
    "UPDATE VentasAgrupadas SET IdSucursal = 99, Upc = 'U99' WHERE Upc = 'U5'",
    "UPDATE IGNORE VentasAgrupadas SET IdSucursal = 99 WHERE Upc = 'U5'",
    "UPDATE VentasAgrupadas a JOIN VentasAgrupadas b ON a.Upc = b.Upc SET a.IdSucursal = 99",
    "INSERT INTO VentasAgrupadas SELECT * FROM VentasAgrupadas WHERE Upc = 'U5'"
    " ON DUPLICATE KEY UPDATE IdSucursal = 99",
    "DELETE FROM VentasAgrupadas WHERE IdSucursal = 99",
    "DELETE FROM VentasAgrupadas WHERE Upc = 'U99' ORDER BY Fecha LIMIT 5",
    "DELETE FROM VentasAgrupadas PARTITION (p2026) WHERE Upc = 'U99'",
    "TRUNCATE TABLE VentasAgrupadas",
    "CALL sp_registrar_dia('2026-01-05', 99, 0, 0, 0, 0, 0)",
    "CALL sp_delete_ventas_agrupadas('2026-01-05', 99)",
    "CALL central.sp_delete_ventas_agrupadas('2026-01-05', 99)",
    "CALL central.sp_alta_sucursal(99, 'x', 'clave nueva de la 99')",
    "CALL central.sp_baja_sucursal(99)",
    "INSERT INTO SincronizacionDias SELECT 99, Fecha, 0, 0, 0, 0, 0, 1, NOW(3), NOW(3), NOW(3)"
    " FROM SincronizacionDias",
    "UPDATE SincronizacionDias SET Filas = 0",
    "DELETE FROM SincronizacionDias",
    "INSERT INTO EstadoSucursales VALUES (99, NOW(3), 'ok', '', 0, NULL, '', NULL, 'x', '', '',"
    " '', 0)"
    " ON DUPLICATE KEY UPDATE Salud = 'fallando'",
    "REPLACE INTO EstadoSucursales VALUES (99, NOW(3), 'fallando', '', 0, NULL, '', NULL, 'x',"
    " '', '', '', 0)",
    "INSERT INTO EstadoSucursales (IdSucursal, UltimoContacto, Salud, Maquina)"
    " VALUES (99, NOW(3), 'ok', 'm') ON DUPLICATE KEY UPDATE Maquina = VALUES(Maquina)",
    "UPDATE EstadoSucursales SET Maquina = 'm' WHERE IdSucursal = 99",
    "UPDATE EstadoSucursales SET IdSucursal = 99",
    "DELETE FROM EstadoSucursales WHERE IdSucursal = 99",
    "DELETE FROM central.VentasAgrupadas",
    "DROP VIEW VentasAgrupadas",
    "CREATE OR REPLACE VIEW VentasAgrupadas AS SELECT * FROM central.VentasAgrupadas",
    "ALTER VIEW VentasAgrupadas AS SELECT * FROM central.VentasAgrupadas",
    "CREATE TRIGGER t BEFORE INSERT ON VentasAgrupadas FOR EACH ROW SET NEW.VentaTotal = 0",
    "ALTER TABLE central.VentasAgrupadas DROP PARTITION p2026",
    "LOCK TABLES VentasAgrupadas WRITE",
    "SET PASSWORD FOR sucursal_99@'%' = PASSWORD('x')",
    "GRANT SELECT ON central.* TO sucursal_7@'%'",
    "SET ROLE consolidador_analista",
    "SET GLOBAL read_only = ON",
    "KILL USER sucursal_99",
)

READS = (
    "SELECT * FROM VentasAgrupadas WHERE IdSucursal = 99",
    "SELECT * FROM VentasAgrupadas WHERE Upc = 'U99' FOR UPDATE",
    "SELECT * FROM VentasAgrupadas PARTITION (p2026) WHERE Upc = 'U99'",
    "SELECT * FROM VentasAgrupadas UNION SELECT * FROM VentasAgrupadas WHERE IdSucursal <> 7",
    "SELECT * FROM VentasAgrupadas FORCE INDEX (ix_upc) WHERE Upc = 'U99'",
    "SELECT MAX(VentaTotal), SUM(VentaTotal) FROM VentasAgrupadas WHERE IdSucursal > 7",
    "SELECT * FROM SincronizacionDias WHERE IdSucursal = 99",
    "SELECT * FROM EstadoSucursales WHERE IdSucursal = 99",
    "SELECT * FROM HistorialDias WHERE IdSucursal = 99",
    "SELECT * FROM HistorialCambios WHERE Upc = 'U99'",
    "SELECT IdSucursal, Upc, VentaDespues FROM HistorialPendiente",
    "SELECT * FROM central.HistorialDias",
    "SELECT * FROM central.HistorialCambios",
    "SELECT * FROM central.v_cambios",
    "SELECT * FROM central.VentasAgrupadas",
    "SELECT * FROM central.EstadoSucursales",
    "SELECT * FROM central.Sucursales",
    "TABLE central.VentasAgrupadas",
    "HANDLER VentasAgrupadas OPEN",
    "CALL sp_audit_ventas_agrupadas('2026-01-05', 99)",
    "CALL central.sp_audit_ventas_agrupadas('2026-01-05', 99)",
    "EXPLAIN SELECT * FROM VentasAgrupadas WHERE Upc = 'U99'",
    "ANALYZE SELECT * FROM VentasAgrupadas WHERE Upc = 'U99'",
    "EXPLAIN UPDATE VentasAgrupadas SET VentaTotal = 9 WHERE Upc = 'U99'",
    "SHOW CREATE VIEW VentasAgrupadas",
    "SHOW CREATE TABLE central.VentasAgrupadas",
    "SHOW INDEX FROM central.VentasAgrupadas",
    "SHOW TABLES FROM central",
    "SHOW TABLES FROM mysql",
    "SELECT * FROM mysql.global_priv",
    "SHOW GRANTS FOR sucursal_99@'%'",
    "SELECT LOAD_FILE(@@datadir)",
    "SELECT * FROM VentasAgrupadas INTO OUTFILE '/tmp/ventas'",
    "LOAD DATA INFILE '/etc/passwd' INTO TABLE VentasAgrupadas",
    "SHOW BINARY LOGS",
    "SHOW ENGINE INNODB STATUS",
    "CREATE TEMPORARY TABLE t AS SELECT * FROM VentasAgrupadas",
    "CREATE TABLE t (a INT)",
    "CREATE DATABASE otra",
    "CREATE USER otro",
    "CREATE FUNCTION f() RETURNS INT RETURN 1",
)

# Information that the server gives to everybody, filtered by rights.
CATALOGUE = (
    "SELECT * FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'central'",
    "SELECT * FROM information_schema.PARTITIONS WHERE TABLE_SCHEMA = 'central'",
    "SELECT * FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = 'central'",
    "SELECT * FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = 'central'",
    "SELECT * FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = 'central'",
    "SELECT * FROM information_schema.PROCESSLIST WHERE USER <> 'sucursal_7'",
    "SELECT * FROM information_schema.USER_PRIVILEGES WHERE GRANTEE NOT LIKE '%sucursal\\_7%'"
    " AND GRANTEE NOT LIKE '%consolidador%'",
    "SELECT VIEW_DEFINITION FROM information_schema.VIEWS WHERE VIEW_DEFINITION <> ''",
    "SELECT ROUTINE_DEFINITION FROM information_schema.ROUTINES WHERE ROUTINE_DEFINITION <> ''",
)

SETTINGS = (
    "DO 0",
    "SET optimizer_max_sel_args = 1",
    "SET optimizer_max_sel_arg_weight = 1",
    "SET optimizer_use_condition_selectivity = 1, max_seeks_for_key = 1",
    "SET optimizer_switch = 'derived_merge=off,index_condition_pushdown=off,mrr=on'",
    "SET join_cache_level = 8, optimizer_search_depth = 1",
)


def everything(server):
    """What the tables hold of 99."""
    return [server.query(f"SELECT * FROM central.{table} WHERE IdSucursal = 99 ORDER BY 1, 2, 3")
            for table in TABLES]


@pytest.fixture
def guarded_vps(places):
    server = places.vps
    schema.install_guard(server)
    schema.enlist(server, 7, PASSWORD)
    schema.enlist(server, 99, "clave larga de la 99")
    for statement in SECRETS:
        server.query(statement)
    return server


@pytest.fixture
def attacker(guarded_vps):
    attacker = Attacker(guarded_vps, 7, PASSWORD)
    yield attacker
    attacker.connection.close()


def test_the_probes_would_show_a_leak(guarded_vps, attacker):
    """Otherwise the tests below would prove nothing: without FORCE INDEX the filter alone leaks."""
    definition = (schema.ROOT / "sql/vps/10_vistas.sql").read_text()
    guarded_vps.client(definition.replace("FORCE INDEX (PRIMARY)", ""), schema.GUARDED_DATABASE)
    assert any(MARK in attacker.attempt(probe).text for probe in probes())


@pytest.mark.parametrize("statement", WRITES)
def test_no_statement_changes_or_shows_another_branch(guarded_vps, attacker, statement):
    before = everything(guarded_vps)
    told = attacker.attempt(statement)
    assert everything(guarded_vps) == before
    assert MARK not in told.text


@pytest.mark.parametrize("statement", READS)
def test_no_statement_reads_another_branch(attacker, statement):
    assert MARK not in attacker.attempt(statement).text


@pytest.mark.parametrize("statement", CATALOGUE)
def test_the_catalogue_does_not_show_what_the_branch_may_not_see(attacker, statement):
    told = attacker.attempt(statement)
    assert told.refused or told.rows == (), told.text


@pytest.mark.parametrize("setting", SETTINGS)
def test_no_condition_is_computed_for_another_branchs_rows(guarded_vps, attacker, setting):
    before = everything(guarded_vps)
    attacker.attempt(setting)
    leaks = [probe[:120] for probe in probes() if MARK in attacker.attempt(probe).text]
    assert leaks == []
    assert everything(guarded_vps) == before


def test_a_prepared_statement_binds_no_other_branch(guarded_vps, attacker):
    before = everything(guarded_vps)
    attacker.attempt("PREPARE s FROM 'INSERT INTO VentasAgrupadas"
                     " VALUES (?, ?, ?, 0, 0, 0, 0, 9, 9, 9, NOW(3))"
                     " ON DUPLICATE KEY UPDATE VentaTotal = 9'")
    assert attacker.attempt("EXECUTE s USING '2026-01-05', 99, 'U99'").refused
    attacker.attempt("PREPARE s FROM 'SELECT * FROM VentasAgrupadas WHERE IdSucursal = ?'")
    assert attacker.attempt("EXECUTE s USING 99").rows == ()
    assert everything(guarded_vps) == before


def test_loading_a_file_stores_no_row_of_another_branch(guarded_vps, attacker, tmp_path):
    before = everything(guarded_vps)
    rows = tmp_path / "rows"
    rows.write_text("2026-01-05\t99\tU99\t0\t0\t0\t0\t9\t9\t9\t2026-01-05\n"
                    "2026-02-05\t99\tNUEVO\t0\t0\t0\t0\t9\t9\t9\t2026-01-05\n")
    for how in ("", "REPLACE", "IGNORE"):
        attacker.attempt(f"LOAD DATA LOCAL INFILE '{rows}' {how} INTO TABLE VentasAgrupadas")
    assert everything(guarded_vps) == before


def test_the_existence_of_anothers_row_changes_no_answer(attacker):
    """99 has U99 and has no U98: a client that asks must get the same answer for both."""
    there = attacker.attempt(UPSERT).text
    assert there == attacker.attempt(UPSERT.replace("U99", "U98")).text
    plain = f"INSERT INTO VentasAgrupadas VALUES {ROW}"
    assert attacker.attempt(plain).text == attacker.attempt(plain.replace("U99", "U98")).text


def test_a_login_that_is_no_branch_sees_and_writes_nothing(guarded_vps):
    for name in ("sucursal_7x", "sucursal_", "sucursal_07", "xsucursal_7", "sucursal_7_7"):
        guarded_vps.query(f"CREATE OR REPLACE USER '{name}'@'%' IDENTIFIED BY 'x'")
        guarded_vps.query(f"GRANT SELECT, INSERT ON sucursales.* TO '{name}'@'%'")
        connection = guarded_vps.connect(name, "x", schema.GUARDED_DATABASE)
        with connection, connection.cursor() as cursor:
            cursor.execute("SELECT COUNT(*) FROM VentasAgrupadas")
            assert cursor.fetchone() == (0,), name
            with pytest.raises(pymysql.Error):
                cursor.execute(f"INSERT INTO VentasAgrupadas VALUES {ROW.replace('99', '7', 1)}")
        guarded_vps.query(f"DROP USER '{name}'@'%'")


def test_after_all_attempts_the_branchs_own_work_goes_on(guarded_vps, attacker, places, tmp_path):
    for statement in (*WRITES, *READS, *CATALOGUE):
        attacker.attempt(statement)
    guarded_vps.query("DELETE FROM central.VentasAgrupadas WHERE IdSucursal = 7")
    fill(places.pos)
    branch = Consolidador(places, tmp_path / "sucursal", branch=7)
    vps = branch.settings["databases"]["vps"]
    vps |= {"user": "sucursal_7", "database": schema.GUARDED_DATABASE,
            "password_file": str(branch.write_password("guarded", PASSWORD))}
    before = everything(guarded_vps)
    branch.once_for(WEEK[0], WEEK[-1]).expect(OK)
    assert oracle.differences(places, 7, (WEEK[0], WEEK[-1])) == []
    assert everything(guarded_vps) == before


@pytest.mark.parametrize("name", ["SUCURSAL_99", "ſucursal_99", "sucursal_99@x", "sucursal_99@", "sucursal_099",
                                  "sucursal_99x", "xsucursal_99"])
def test_an_account_of_a_similar_name_sees_no_branch(guarded_vps, name):
    guarded_vps.query("CREATE OR REPLACE USER %s@'%%' IDENTIFIED BY %s", (name, PASSWORD))
    guarded_vps.query("GRANT consolidador_sucursal TO %s@'%%'", (name,))
    guarded_vps.query("SET DEFAULT ROLE consolidador_sucursal FOR %s@'%%'", (name,))
    try:
        with guarded_vps.connect(name.encode(), PASSWORD.encode(), schema.GUARDED_DATABASE) as connection:
            with connection.cursor() as cursor:
                for table in TABLES:
                    cursor.execute(f"SELECT COUNT(*) FROM {table}")
                    assert cursor.fetchone() == (0,)
                with pytest.raises(pymysql.Error, match="CHECK OPTION"):
                    cursor.execute(f"INSERT INTO VentasAgrupadas VALUES {ROW}")
    finally:
        guarded_vps.query("DROP USER %s@'%%'", (name,))
