# SPDX-License-Identifier: MIT
"""What the history says of whose hand it was, and of a ledger that alone was altered, whatever the server is set to."""
import contextlib

import pymysql
import pytest

from support import oracle, schema
from support.programs import Program
from test_history_hostile import BEFORE, BRANCH, PASSWORD, fitting, guarded, link, past_days, told

CLOCK_BACK = """CREATE OR REPLACE FUNCTION {database}.fn_ahora() RETURNS DATETIME(6) NO SQL RETURN
                TIMESTAMP'1970-01-01 00:00:00' + INTERVAL UNIX_TIMESTAMP(SYSDATE(6)) - 30 SECOND"""


@pytest.fixture
def day(guarded):
    (past,) = past_days(guarded, 1)
    return past


@pytest.fixture
def branch(guarded, day):
    with contextlib.closing(link(guarded)) as session:
        program = Program(session, BRANCH)
        program.write(day, BEFORE)
        yield program


def accounts(server, change):
    """Without their hosts."""
    text = server.value("SELECT Cuenta FROM central.HistorialDias WHERE Cambio = %s", (change,))
    return [account.split("@")[0] for account in text.split(", ")]


def touch(server, day, code, amount):
    server.query(f"UPDATE central.VentasAgrupadas SET VentaTotal = {amount} WHERE Fecha = '{day}' AND Upc = '{code}'")


@pytest.mark.parametrize("whole", (False, True), ids=("rows that differ", "the day anew"))
def test_a_ledger_that_was_set_to_zeros_goes_with_a_word(guarded, day, branch, whole):
    guarded.query("UPDATE central.SincronizacionDias SET Filas = 0, TotalUnidades = 0, TotalVenta = 0, TotalCosto = 0,"
                  f" Huella = 0 WHERE Fecha = '{day}'")
    branch.write(day, BEFORE, reason="danado", whole=whole)
    ((reason, note, before, after),) = guarded.query("SELECT Motivo, Nota, VentaAntes, Venta FROM central.HistorialDias")
    assert (reason, before, after) == ("danado", 6, 6)
    assert "el libro decia: 0 filas, unidades 0.0000, venta 0.0000" in note
    assert oracle.history_differences(guarded, BRANCH) == []


def test_a_day_that_is_written_anew_says_nothing_of_its_own_zeros(guarded, day, branch):
    branch.write(day, {**BEFORE, "a": 4}, reason="pos", whole=True)
    assert guarded.query("SELECT Motivo, Nota FROM central.HistorialDias") == (("pos", ""),)


def test_who_records_is_named_with_the_hands_that_it_had_before(guarded, day, branch):
    """One unit of work: what it has committed before an administrator touched the row is a hand, too."""
    with contextlib.closing(link(guarded)) as session, session.cursor() as cursor:
        cursor.execute("SET autocommit = 0, @consolidador_sesion = 'x'")
        cursor.execute(f"UPDATE VentasAgrupadas SET VentaTotal = 1000 WHERE Fecha = '{day}' AND Upc = 'a'")
        session.commit()
        touch(guarded, day, "a", 1001)
        cursor.execute(fitting(day, {**BEFORE, "a": 1001}))
        session.commit()
    assert accounts(guarded, 1) == ["root", "sucursal_7"]
    assert told(guarded, day)["a"] == [(1, 1001)]
    assert oracle.history_differences(guarded, BRANCH) == []


def test_who_mends_anothers_hand_is_not_named_as_one(guarded, day, branch):
    touch(guarded, day, "a", 8)
    branch.write(day, {**BEFORE, "b": 5}, reason="danado")
    assert accounts(guarded, 1) == ["root"]
    assert accounts(guarded, 2) == ["sucursal_7"]


def test_a_hand_of_an_open_day_is_mended_after_it_whatever_the_clock_says(guarded):
    today = guarded.value("SELECT UTC_DATE()")
    with contextlib.closing(link(guarded)) as session:
        program = Program(session, BRANCH)
        program.write(today, BEFORE)
        touch(guarded, today, "a", 9)
        try:
            for database in (schema.AGGREGATE_DATABASE, schema.GUARDED_DATABASE):
                guarded.query(CLOCK_BACK.format(database=database))
            program.write(today, BEFORE)
        finally:
            schema.install_guard(guarded)
    assert told(guarded, today)["a"] == [(1, 9), (9, 1)]
    assert oracle.history_differences(guarded, BRANCH) == []


def test_a_server_with_room_for_short_lists_only_has_every_account_of_a_day(guarded, day, branch):
    names = [f"administrador_numero_{number}" for number in range(4)]
    for number, name in enumerate(names):
        guarded.query(f"CREATE OR REPLACE USER {name}@'%' IDENTIFIED BY 'una clave'")
        guarded.query(f"GRANT ALL ON central.* TO {name}@'%'")
        with contextlib.closing(guarded.connect(name, "una clave", "central")) as session, session.cursor() as cursor:
            cursor.execute(f"UPDATE VentasAgrupadas SET VentaTotal = {50 + number} WHERE Upc = '{'abca'[number]}'")
            session.commit()
    with contextlib.closing(link(guarded)) as session, session.cursor() as cursor:
        cursor.execute("SET group_concat_max_len = 64")
        Program(session, BRANCH).write(day, BEFORE, reason="danado")
        cursor.execute("SELECT @@group_concat_max_len")
        assert cursor.fetchone() == (64,)
    assert accounts(guarded, 1) == names


def test_what_a_stolen_account_records_with_fitting_figures_is_the_poss_change_from_its_address(guarded, day, branch):
    """As docs/security.md says: the server cannot know what the POS has."""
    with contextlib.closing(link(guarded)) as thief, thief.cursor() as cursor:
        thief.autocommit(False)
        cursor.execute(f"UPDATE VentasAgrupadas SET VentaTotal = 9 WHERE Fecha = '{day}' AND Upc = 'a'")
        cursor.execute(fitting(day, {**BEFORE, "a": 9}))
        thief.commit()
        cursor.execute("SELECT USER()")
        ((user,),) = cursor.fetchall()
    assert guarded.query("SELECT Motivo, Cuenta FROM central.HistorialDias") == (("pos", user),)
    assert told(guarded, day)["a"] == [(1, 9)]


def test_an_open_transaction_keeps_another_branchs_first_recording_waiting_until_it_is_ended(guarded, day, branch):
    """As docs/security.md says, with what ends it."""
    other = BRANCH + 1
    schema.enlist(guarded, other, PASSWORD)
    row = "UTC_DATE() + INTERVAL 1 DAY, 7, 'x', 1, 2, 3, 4, 1, 1, 1, '2026-01-01'"

    def record():
        with contextlib.closing(guarded.connect(f"sucursal_{other}", PASSWORD, schema.GUARDED_DATABASE)) as session:
            program = Program(session, other)
            program.execute("SET innodb_lock_wait_timeout = 1")
            program.write(day, BEFORE)

    with contextlib.closing(link(guarded)) as session, session.cursor() as cursor:
        session.autocommit(False)
        cursor.execute(f"INSERT INTO VentasAgrupadas VALUES ({row})")
        with pytest.raises(pymysql.Error, match="1205"):
            record()
        ((waited_for,),) = guarded.query("SELECT trx_mysql_thread_id FROM information_schema.INNODB_TRX"
                                         " WHERE trx_mysql_thread_id = %s", (session.thread_id(),))
        guarded.query(f"KILL {waited_for}")
    record()
    assert guarded.value(f"SELECT Filas FROM central.SincronizacionDias WHERE IdSucursal = {other}") == len(BEFORE)
