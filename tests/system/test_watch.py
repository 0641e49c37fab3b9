# SPDX-License-Identifier: MIT
"""The watch in the VPS: what one account leaves open, or takes too much of, ends; the others go on."""
import contextlib
import threading

import pymysql
import pytest

from support import pos, schema
from support.daemon import BRANCH, DAY_IN_ERROR, OK
from support.waiting import wait_until

PASSWORD = "una clave bien larga"
THIEF, OTHER, ANALYST = "sucursal_7", "sucursal_9", "ana"
SALES = "INSERT INTO VentasAgrupadas VALUES (%s, {branch}, 'U', 0, 0, 0, 0, 1, 1, 1, NOW(3))"
NO_LIMIT = 1000000


@pytest.fixture
def vps(places):
    server = places.vps
    schema.install_guard(server)
    server.query("DELETE FROM central.Vigilancia")
    for branch in (7, 9):
        schema.enlist(server, branch, PASSWORD)
    server.query(f"CREATE OR REPLACE USER {ANALYST}@'%%' IDENTIFIED BY %s", (PASSWORD,))
    server.query(f"GRANT consolidador_analista TO {ANALYST}@'%'")
    server.query(f"SET DEFAULT ROLE consolidador_analista FOR {ANALYST}@'%'")
    server.query("ALTER EVENT central.ev_vigilar ON SCHEDULE EVERY 1 SECOND")
    limit(server)
    yield server
    server.query("DROP EVENT central.ev_vigilar")
    server.query("DROP TABLE central.VigilanciaLimites")
    server.query(f"DROP USER {ANALYST}@'%'")
    for branch in (7, 9):
        server.query(f"CALL central.sp_baja_sucursal({branch})")
    schema.install_guard(server)


def limit(server, **limits):
    """These limits, in the table's words, and none of the others."""
    named = dict.fromkeys(("Estorbo", "Inactiva", "Transaccion", "Consulta", "Memoria"), NO_LIMIT) | limits
    server.query("UPDATE central.VigilanciaLimites SET " + ", ".join(f"{name} = {value}" for name, value in named.items()))


@contextlib.contextmanager
def session(server, user, database=schema.GUARDED_DATABASE):
    connection = server.connect(user, PASSWORD, database)
    with contextlib.suppress(pymysql.Error), connection, connection.cursor() as cursor:
        yield cursor


def lines(server, user):
    return server.query("SELECT Motivo, EnEspera, Cortada FROM central.Vigilancia"
                        " WHERE Cuenta LIKE CONCAT(%s, '@%%')", (user,))


def is_ended(cursor):
    try:
        cursor.execute("SELECT 1")
    except pymysql.Error:
        return True
    return False


class Waiting(threading.Thread):
    """A branch that writes a day as the daemon does, and as long as it waits for a lock."""

    def __init__(self, server, day):
        super().__init__()
        self._connection = server.connect(OTHER, PASSWORD, schema.GUARDED_DATABASE)
        self._day = day
        self.error = None

    def run(self):
        with self._connection as connection, connection.cursor() as cursor:
            try:
                cursor.execute("SET SESSION tx_isolation = 'READ-COMMITTED', innodb_lock_wait_timeout = 20")
                cursor.execute(SALES.format(branch=9), (self._day,))
            except pymysql.Error as error:
                self.error = error


def write_as_the_other(server, day):
    waiting = Waiting(server, day)
    waiting.start()
    waiting.join()
    return waiting.error


def hold_an_empty_stretch(cursor):
    """Of a partition in which nobody has sales yet, and of the ledger."""
    cursor.execute("SET SESSION tx_isolation = 'SERIALIZABLE'")
    cursor.execute("START TRANSACTION")
    cursor.execute("SELECT COUNT(*) FROM VentasAgrupadas WHERE Fecha BETWEEN '2016-01-01' AND '2016-12-31'")
    cursor.execute("SELECT COUNT(*) FROM SincronizacionDias")


@pytest.mark.parametrize("user, database", [(THIEF, schema.GUARDED_DATABASE), (ANALYST, "central")])
def test_who_holds_an_empty_stretch_and_is_silent_is_ended_and_the_other_branch_goes_on(vps, user, database):
    limit(vps, Estorbo=1)
    with session(vps, user, database) as thief:
        hold_an_empty_stretch(thief)
        assert write_as_the_other(vps, "2016-01-01") is None
        assert is_ended(thief)
    wait_until(lambda: lines(vps, user) == (("estorba", OTHER, 1),), "the line of it")


def test_who_holds_it_and_is_busy_is_ended_as_well(vps):
    limit(vps, Estorbo=1)
    with session(vps, THIEF) as thief:
        hold_an_empty_stretch(thief)
        busy = threading.Thread(target=lambda: is_ended_after(thief, "SET STATEMENT max_statement_time = 0 FOR"
                                                                     " SELECT SLEEP(300)"))
        busy.start()
        assert write_as_the_other(vps, "2016-01-01") is None
        busy.join()
    wait_until(lambda: lines(vps, THIEF) == (("estorba", OTHER, 1),), "the line of it")


def is_ended_after(cursor, statement):
    with contextlib.suppress(pymysql.Error):
        cursor.execute(statement)


def test_an_administrator_who_keeps_a_branch_waiting_is_told_and_not_ended(vps):
    limit(vps, Estorbo=1)
    with vps.connect(database="central") as root, root.cursor() as cursor:
        hold_an_empty_stretch(cursor)
        waiting = Waiting(vps, "2016-01-01")
        waiting.start()
        wait_until(lambda: lines(vps, "root"), "a line tells of it")
        cursor.execute("ROLLBACK")
        waiting.join()
    assert waiting.error is None
    assert lines(vps, "root") == (("estorba", OTHER, 0),)


@pytest.mark.unguarded
def test_a_branch_that_waits_in_vain_is_told_for_whom(vps, week, consolidador):
    limit(vps, Estorbo=1)
    schema.enlist(vps, BRANCH, schema.PASSWORDS["vps"])
    consolidador.settings["databases"]["vps"] |= {"user": f"sucursal_{BRANCH}", "database": schema.GUARDED_DATABASE}
    consolidador.configure(retry={"attempts": 1})
    day = pos.WEEK[0]
    consolidador.once_for(day, day).expect(OK)
    with vps.connect(database="central") as root, root.cursor() as cursor:
        cursor.execute("START TRANSACTION")
        cursor.execute("UPDATE VentasAgrupadas SET UltimaSync = NOW() WHERE Fecha = %s", (day,))
        pos.sell(week.pos, day, upc="7501000111112", category=10)
        run = consolidador.once_for(day, day).expect(DAY_IN_ERROR)
    assert "the VPS's watch has seen it wait for root@localhost (" in run.day(day)["error"]
    consolidador.once_for(day, day).expect(OK)


@pytest.mark.parametrize("limits, statements, reason", [
    ({"Inactiva": 1}, ["START TRANSACTION", "SELECT COUNT(*) FROM VentasAgrupadas"], "inactiva"),
    ({"Transaccion": 1}, ["START TRANSACTION", "SELECT COUNT(*) FROM VentasAgrupadas"], "transaccion"),
    ({"Consulta": 1}, ["SET SESSION max_statement_time = 0", "SELECT SLEEP(300)"], "consulta"),
    ({"Memoria": 64}, ["SET SESSION max_session_mem_used = 18446744073709551615",
                       *(f"SET @lleno{number} = REPEAT('x', 16000000)" for number in range(6))], "memoria"),
])
def test_what_is_beyond_a_limit_ends_whatever_its_session_has_said(vps, limits, statements, reason):
    limit(vps, **limits)
    with session(vps, THIEF) as thief, session(vps, OTHER) as other:
        for statement in statements:
            is_ended_after(thief, statement)
        wait_until(lambda: lines(vps, THIEF), "a line says whose it was")
        wait_until(lambda: is_ended(thief), "it is ended")
        assert not is_ended(other)
    assert lines(vps, THIEF) == ((reason, "", 1),)


def test_a_prepared_transaction_is_told(vps):
    limit(vps, Inactiva=1)
    with session(vps, THIEF) as thief:
        for statement in ("XA START 'vigilada'", SALES.format(branch=7) % "'2016-01-01'", "XA END 'vigilada'",
                          "XA PREPARE 'vigilada'"):
            thief.execute(statement)
    told = "SELECT COUNT(*) FROM central.Vigilancia WHERE Motivo = 'preparada'"
    wait_until(lambda: vps.value(told) > 0, "a line tells of it")
    vps.query("XA ROLLBACK 'vigilada'")


def test_who_reads_the_lines_under_locks_does_not_stop_it(vps):
    limit(vps, Estorbo=1)
    with session(vps, ANALYST, "central") as analyst, session(vps, THIEF) as thief:
        analyst.execute("SET SESSION tx_isolation = 'SERIALIZABLE'")
        analyst.execute("START TRANSACTION")
        analyst.execute("SELECT COUNT(*) FROM Vigilancia")
        hold_an_empty_stretch(thief)
        assert write_as_the_other(vps, "2016-01-01") is None
        assert is_ended(thief)


def test_it_can_be_installed_again_and_keeps_limits_and_lines(vps):
    limit(vps, Inactiva=77)
    schema.install_guard(vps)
    assert vps.value("SELECT MIN(Inactiva) FROM central.VigilanciaLimites") == 77
    assert "1 SECOND" in vps.query("SHOW CREATE EVENT central.ev_vigilar")[0][3]


def test_one_round_ends_all_that_are_beyond_a_limit_and_keeps_the_newest_lines(vps):
    vps.query("ALTER EVENT central.ev_vigilar DISABLE")
    limit(vps, Memoria=0)
    vps.query("ALTER TABLE central.Vigilancia AUTO_INCREMENT = 20000")
    vps.query("INSERT INTO central.Vigilancia VALUES (1, NOW(3), 'x', 1, 'consulta', 1, 1, '', 1)")
    with session(vps, THIEF) as thief, session(vps, OTHER) as other:
        vps.query("CALL central.sp_vigilar()")
        assert is_ended(thief) and is_ended(other)
    assert lines(vps, THIEF) == lines(vps, OTHER) == (("memoria", "", 1),)
    assert not vps.query("SELECT 1 FROM central.Vigilancia WHERE Numero = 1")
