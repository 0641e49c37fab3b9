# SPDX-License-Identifier: MIT
"""The databases of version 0.1.0: today's scripts bring them up to date while they are in use."""
import pymysql
import pytest

from support import oracle, schema

BRANCH, PASSWORD = 7, "una clave bien larga"
TABLES = ("VentasAgrupadas", "SincronizacionDias", "EstadoSucursales", "Sucursales")
MEMORY = (*schema.HISTORY, "FilasRechazadas", "Esquema")
SALES = "INSERT INTO VentasAgrupadas VALUES (%s, %s, %s, 1, 2, 3, 4, 5, 6.5, 7, UTC_TIMESTAMP(3))"
NEW_COLUMNS = "Maquina, Equipo, DiasRetenidos, DiasArchivados"


class Old:
    """The VPS as version 0.1.0 made it, with a branch that has sent three days and a heartbeat."""

    def __init__(self, server):
        self.server = server
        schema.install_old(server)
        server.query("DROP DATABASE IF EXISTS sucursales")
        schema.install_old_guard(server)
        schema.enlist(server, BRANCH, PASSWORD)
        for day in ("2026-01-05", "2026-01-06", "2026-01-07"):
            self.as_branch(SALES, (day, BRANCH, f"U{day}"))
            self.as_branch("CALL sp_registrar_dia(%s, %s, 1, 5, 6.5, 7, 77)", (day, BRANCH))
        self.beat()

    def as_branch(self, sql, arguments=None):
        with self.server.connect(f"sucursal_{BRANCH}", PASSWORD, schema.GUARDED_DATABASE) as link:
            link.autocommit(False)
            with link.cursor() as cursor:
                cursor.execute(sql, arguments)
                rows = cursor.fetchall()
            link.commit()
            return rows

    def statement(self, name, *arguments):
        """One of the daemon's own, as the branch."""
        (script,) = (schema.ROOT / "sql").rglob(f"{name}.sql")
        return self.as_branch(script.read_text().replace("%", "%%").replace("?", "%s"), arguments)

    def beat(self):
        """As version 0.1.0 does."""
        self.statement("latido_anterior", BRANCH, "ok", "", 0, "", "2026-01-04", "2026-01-07",
                       "0.1.0")

    def content(self):
        return [self.server.query(f"SELECT * FROM central.{table} ORDER BY 1, 2")
                for table in TABLES]

    def definitions(self, database="central"):
        return [self.server.query(f"SHOW CREATE TABLE {database}.{table}")[0][1].split("(", 1)[1]
                for table in (*TABLES[:3], *MEMORY)]

    def change_a_day(self):
        """A correction of an ended day, as version 0.1.0 writes it."""
        self.as_branch("UPDATE VentasAgrupadas SET VentaTotal = 7 WHERE Fecha = '2026-01-05'")
        self.as_branch("CALL sp_registrar_dia('2026-01-05', %s, 1, 5, 7, 7, 78)", (BRANCH,))


@pytest.fixture
def old(places):
    yield Old(places.vps)
    places.vps.query("DROP DATABASE IF EXISTS fresca")
    places.vps.query("DROP DATABASE sucursales")
    places.vps.query(f"DROP USER sucursal_{BRANCH}@'%'")
    schema.create_aggregate(places.vps)


def test_the_scripts_of_today_add_what_is_missing_and_lose_nothing(old):
    before = old.content()
    for _ in range(2):
        schema.install_guard(old.server)
        sales, ledger, (heartbeat,), branches = old.content()
        assert [sales, ledger, branches] == [before[0], before[1], before[3]]
        assert heartbeat == before[2][0] + ("", "", "", 0)
    old.server.query("CREATE DATABASE fresca CHARACTER SET utf8mb4 COLLATE utf8mb4_bin")
    schema.run_scripts(old.server, schema.AGGREGATE_SCRIPTS, "fresca")
    assert old.definitions() == old.definitions("fresca")


def test_a_branch_reaches_the_new_columns_with_the_rights_that_it_had(old):
    with pytest.raises(pymysql.Error, match="Unknown column"):
        old.as_branch(f"SELECT {NEW_COLUMNS} FROM EstadoSucursales")
    schema.install_guard(old.server)
    old.statement("latido", BRANCH, "ok", "", 0, "", "", "2026-01-07", "0.2.0", "2026-01-05", 3,
                  BRANCH, "2026-01-05")
    assert old.as_branch(f"SELECT {NEW_COLUMNS} FROM EstadoSucursales") == (
        ("", "", "2026-01-05", 3),)


def test_a_machine_leaves_its_mark_through_the_views(old):
    schema.install_guard(old.server)
    for machine, host, take_over, marked in (("a" * 32, "caja-1", 0, "caja-1"),
                                             ("b" * 32, "caja-2", 0, "caja-1"),
                                             ("b" * 32, "caja-2", 1, "caja-2")):
        old.statement("marcar_maquina", BRANCH, machine, host, take_over)
        ((_, found, _),) = old.statement("leer_marca", BRANCH)
        assert found == marked
    with pytest.raises(pymysql.Error, match="CHECK OPTION"):
        old.statement("marcar_maquina", BRANCH + 1, "c" * 32, "caja-3", 1)


def test_a_program_of_version_0_1_0_goes_on_and_takes_no_mark_away(old):
    schema.install_guard(old.server)
    old.as_branch("UPDATE EstadoSucursales SET Maquina = REPEAT('a', 32)")
    old.beat()
    old.as_branch("CALL sp_registrar_dia('2026-01-05', %s, 1, 5, 6.5, 7, 78)", (BRANCH,))
    assert old.as_branch("SELECT Version, Maquina FROM EstadoSucursales") == (("0.1.0", "a" * 32),)


def test_scripts_that_have_nothing_to_add_do_not_wait_for_those_who_use_the_table(old):
    schema.install_guard(old.server)
    (tables,) = (path for path in schema.AGGREGATE_SCRIPTS if path.stem == "10_tablas")
    with old.server.connect(database="central") as reader, reader.cursor() as cursor:
        cursor.execute("START TRANSACTION")
        cursor.execute("SELECT * FROM EstadoSucursales")
        old.server.client("SET SESSION lock_wait_timeout = 1;\n" + tables.read_text(), "central")


def test_the_scripts_tell_the_version_and_can_be_run_again_after_any_of_them(old):
    scripts = [script.read_text() for script in schema.AGGREGATE_SCRIPTS]
    for count in range(1, len(scripts)):
        old.server.client("\n".join(scripts[:count]), schema.AGGREGATE_DATABASE)
        assert old.server.query("SELECT Version FROM central.Esquema") == ()
    schema.install_guard(old.server)
    assert old.as_branch("SELECT Version FROM Esquema") == ((4,),)


def test_corrections_before_the_upgrade_have_no_history_and_those_after_it_have(old):
    old.change_a_day()
    schema.install_guard(old.server)
    assert old.as_branch("SELECT * FROM HistorialDias") == ()
    old.as_branch("UPDATE VentasAgrupadas SET VentaTotal = 9 WHERE Fecha = '2026-01-05'")
    rows = oracle.target_rows(old.server, BRANCH, ("2026-01-05", "2026-01-05"))
    old.as_branch("CALL sp_registrar_dia('2026-01-05', %s, 1, 5, 9, 7, %s)", (BRANCH, oracle.huella(rows)))
    assert old.server.query("SELECT VentaAntes, VentaDespues FROM central.HistorialCambios") == ((7, 9),)
