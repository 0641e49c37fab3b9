# SPDX-License-Identifier: MIT
"""Nothing that a session says takes anything out of the history: a stolen account of a branch changes a day that
has closed, and the history has it, by row, or the server refuses."""
import contextlib
import threading
from datetime import timedelta

import pymysql
import pytest

from support import oracle, schema
from support.programs import OldProgram, Program, texts
from support.waiting import wait_until

BRANCH = 7
PASSWORD = "una clave bien larga"
BEFORE = {"a": 1, "b": 2, "c": 3}
CHANGED = """SELECT Upc, VentaAntes, VentaDespues FROM central.HistorialCambios WHERE Fecha = %s
             AND NOT (VentaAntes <=> VentaDespues)"""

PAST = "SET timestamp = UNIX_TIMESTAMP('{day} 12:00:00')"
SAID = {
    "nothing": (),
    "that it is still that day": (PAST,),
    "that it is long ago": ("SET timestamp = 1",),
    "that the zone is in the east": ("SET time_zone = '+13:00'",),
    "that the zone is in the west": ("SET time_zone = '-12:59'",),
    "that it knows the memory": ("SET @consolidador_memoria = 1",),
    "all of these": (PAST, "SET time_zone = '-12:59'", "SET @consolidador_memoria = 1"),
    "which unit of work it is": ("SET @consolidador_sesion = 0",),
    "an absurd unit of work": ("SET @consolidador_sesion = 'x'",),
    "that nothing is strict": ("SET sql_mode = ''", "SET check_constraint_checks = 0"),
    "that nothing is checked": ("SET foreign_key_checks = 0", "SET unique_checks = 0"),
    "that nothing is read": ("SET sql_select_limit = 0", "SET sql_big_selects = 0", "SET max_join_size = 1"),
    "that no error is kept": ("SET max_error_count = 0",),
    "what another has noted": ("SET @consolidador_tras_otra = '2001-01-01 00:00:00'",),
    "READ COMMITTED": ("SET tx_isolation = 'READ-COMMITTED'", "SET @consolidador_memoria = 1", PAST),
    "SERIALIZABLE": ("SET tx_isolation = 'SERIALIZABLE'", "SET @consolidador_memoria = 1"),
    "READ UNCOMMITTED": ("SET tx_isolation = 'READ-UNCOMMITTED'", "SET @consolidador_memoria = 1"),
}

ROW = "('{day}', 7, '{code}', 1, 2, 3, 4, 1, {amount}, 1, '2026-01-01')"
HANDS = {
    "update": (("UPDATE VentasAgrupadas SET VentaTotal = 9 WHERE Fecha = '{day}' AND Upc = 'a'",),
               {"a": 9, "b": 2, "c": 3}),
    "update ignore": (("UPDATE IGNORE VentasAgrupadas SET VentaTotal = 9 WHERE Fecha = '{day}' AND Upc = 'a'",),
                      {"a": 9, "b": 2, "c": 3}),
    "update ignore, a taken key": (("UPDATE IGNORE VentasAgrupadas SET Upc = 'b' WHERE Fecha = '{day}' AND Upc = 'a'",),
                                   BEFORE),
    "joined update": (("UPDATE VentasAgrupadas v JOIN (SELECT 'a' AS u) o ON v.Upc = o.u SET v.VentaTotal = 9"
                       " WHERE v.Fecha = '{day}'",), {"a": 9, "b": 2, "c": 3}),
    "another key": (("UPDATE VentasAgrupadas SET Upc = 'z' WHERE Fecha = '{day}' AND Upc = 'a'",),
                    {"b": 2, "c": 3, "z": 1}),
    "away from the day": (("UPDATE VentasAgrupadas SET Fecha = '2020-01-01' WHERE Fecha = '{day}' AND Upc = 'a'",),
                          {"b": 2, "c": 3}),
    "delete": (("DELETE FROM VentasAgrupadas WHERE Fecha = '{day}' AND Upc <> 'a'",), {"a": 1}),
    "insert": ((f"INSERT INTO VentasAgrupadas VALUES {ROW.format(day='{day}', code='n', amount=5)}",),
               {**BEFORE, "n": 5}),
    "insert ignore": ((f"INSERT IGNORE INTO VentasAgrupadas VALUES {ROW.format(day='{day}', code='n', amount=5)}",),
                      {**BEFORE, "n": 5}),
    "replace": ((f"REPLACE INTO VentasAgrupadas VALUES {ROW.format(day='{day}', code='a', amount=5)}",),
                {**BEFORE, "a": 5}),
    "upsert": ((f"INSERT INTO VentasAgrupadas VALUES {ROW.format(day='{day}', code='a', amount=5)}"
                " ON DUPLICATE KEY UPDATE VentaTotal = VALUES(VentaTotal)",), {**BEFORE, "a": 5}),
    "load": (("LOAD DATA LOCAL INFILE '{file}' REPLACE INTO TABLE VentasAgrupadas FIELDS TERMINATED BY ','"
              " (Fecha, IdSucursal, Upc, IdProveedor, IdDepartamento, IdCategoria, IdSubcategoria, Unidades,"
              " VentaTotal, CostoTotal, UltimaSync)",), {**BEFORE, "a": 5, "n": 6}),
    "procedure": (("CALL sp_delete_ventas_agrupadas('{day}', 7)",), {}),
}


@pytest.fixture
def guarded(places):
    schema.install_guard(places.vps)
    schema.enlist(places.vps, BRANCH, PASSWORD)
    return places.vps


def link(server):
    return server.connect(f"sucursal_{BRANCH}", PASSWORD, schema.GUARDED_DATABASE, local_infile=True)


def past_days(server, count):
    """Closed by the server's clock."""
    today = server.value("SELECT UTC_DATE()")
    return [today - timedelta(days=40 + number) for number in range(count)]


def file_of(folder, day):
    path = folder / f"{day}.csv"
    path.write_text("".join(f"{day},7,{code},1,2,3,4,1,{amount},1,2026-01-01\n"
                            for code, amount in (("a", 5), ("n", 6))))
    return path


def meddle(server, said, sql, names):
    """As a session of the branch that says these things; whether the server let it."""
    with contextlib.closing(link(server)) as session, session.cursor() as cursor:
        for statement in said:
            cursor.execute(statement.format(**names))
        session.autocommit(False)
        try:
            for statement in sql:
                cursor.execute(statement.format(**names))
                while cursor.nextset():
                    pass
        except pymysql.Error:
            return False
        session.commit()
        return True


def fitting(day, rows):
    """The ledger is made to fit."""
    figures = f"{len(rows)}, {len(rows)}, {sum(rows.values())}, {len(rows)}"
    return f"CALL sp_registrar_dia('{day}', 7, {figures}, {oracle.huella(texts(BRANCH, day, rows))})"


def told(server, day):
    """What the history says of the day: {code: (before, after)} of each row's changes, the first before the last."""
    rows = {}
    for code, before, after in server.query(CHANGED, (day,)):
        rows.setdefault(code, []).append((before, after))
    return rows


@pytest.mark.parametrize("fits", (False, True), ids=("ledger left", "ledger to fit"))
@pytest.mark.parametrize("said", SAID.values(), ids=SAID)
def test_whatever_a_session_says_the_history_has_what_it_did(guarded, said, fits, tmp_path):
    branch = Program(link(guarded), BRANCH)
    cases = [(name, known) for name in HANDS for known in (False, True)]
    for (name, known), day in zip(cases, past_days(guarded, len(cases))):
        sql, after = HANDS[name]
        branch.write(day, BEFORE)
        if known:
            branch.write(day, {**BEFORE, "c": 4}, reason="pos")
            branch.write(day, BEFORE, reason="pos")
        names = {"day": day, "file": file_of(tmp_path, day)}
        if not meddle(guarded, said, (*sql, fitting(day, after)) if fits else sql, names):
            assert branch.held(day) == BEFORE, name
            branch.link.commit()
            continue
        assert branch.held(day) == after, name
        branch.write(day, BEFORE, reason="danado")
        rows = told(guarded, day)
        for code in BEFORE.keys() | after.keys():
            if BEFORE.get(code) != after.get(code):
                assert (BEFORE.get(code), after.get(code)) in rows[code], (name, code)
    assert oracle.history_differences(guarded, BRANCH) == []


def test_a_state_from_before_the_day_was_recorded_hides_nothing(guarded):
    """The transaction sees the ledger as it was, and says so with SET TRANSACTION, which the variable does
    not tell."""
    (day,) = past_days(guarded, 1)
    with contextlib.closing(link(guarded)) as session, session.cursor() as cursor:
        cursor.execute("SET tx_isolation = 'READ-COMMITTED', @consolidador_memoria = 1")
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT")
        branch = Program(link(guarded), BRANCH)
        branch.write(day, BEFORE)
        cursor.execute(f"INSERT INTO VentasAgrupadas VALUES {ROW.format(day=day, code='n', amount=5)}")
        session.commit()
    branch.write(day, BEFORE, reason="danado")
    assert (None, 5) in told(guarded, day)["n"]
    assert oracle.history_differences(guarded, BRANCH) == []


@pytest.mark.parametrize("reason", ["recortado", "migrado", "8", "x", ""])
def test_a_reason_that_is_not_the_branchs_to_give_is_refused_and_nothing_of_it_stays(guarded, reason):
    (day,) = past_days(guarded, 1)
    branch = Program(link(guarded), BRANCH)
    branch.write(day, BEFORE)
    said = (f"SET @consolidador_motivo = '{reason}'",)
    hand = f"UPDATE VentasAgrupadas SET VentaTotal = 1000 WHERE Fecha = '{day}' AND Upc = 'a'"
    with contextlib.closing(link(guarded)) as session, session.cursor() as cursor:
        cursor.execute(said[0])
        session.autocommit(False)
        cursor.execute(hand)
        with pytest.raises(pymysql.Error, match="no such reason"):
            cursor.execute(fitting(day, {**BEFORE, "a": 1000}))
        session.commit()
    branch.write(day, BEFORE, reason="danado")
    assert told(guarded, day)["a"] == [(1, 1000), (1000, 1)]
    assert {motive for (motive,) in guarded.query("SELECT Motivo FROM central.HistorialDias")} == {"danado"}
    assert oracle.history_differences(guarded, BRANCH) == []


def test_a_recording_that_breaks_off_half_way_leaves_nothing_of_itself(guarded):
    """A lock that somebody else holds breaks it off; the session commits all the same."""
    (day,) = past_days(guarded, 1)
    branch = Program(link(guarded), BRANCH)
    branch.write(day, BEFORE)
    branch.write(day, {**BEFORE, "c": 4}, reason="pos")
    with contextlib.closing(guarded.connect()) as holder, contextlib.closing(link(guarded)) as session:
        holder.autocommit(False)
        session.autocommit(False)
        with holder.cursor() as lock, session.cursor() as cursor:
            lock.execute(f"SELECT * FROM central.HistorialDias WHERE Fecha = '{day}' LOCK IN SHARE MODE")
            cursor.execute("SET innodb_lock_wait_timeout = 1, @consolidador_motivo = 'danado'")
            cursor.execute(f"UPDATE VentasAgrupadas SET VentaTotal = 1000 WHERE Fecha = '{day}' AND Upc = 'a'")
            with pytest.raises(pymysql.Error, match="1205"):
                cursor.execute(fitting(day, {**BEFORE, "a": 1000, "c": 4}))
            session.commit()
            holder.rollback()
    assert guarded.value("SELECT TotalVenta FROM central.SincronizacionDias WHERE Fecha = %s", (day,)) == 7
    branch.write(day, BEFORE, reason="danado")
    assert told(guarded, day)["a"] == [(1, 1000), (1000, 1)]
    assert oracle.history_differences(guarded, BRANCH) == []


def test_a_session_with_an_old_view_of_the_history_adds_nothing_to_a_finished_change(guarded):
    (day,) = past_days(guarded, 1)
    branch = Program(link(guarded), BRANCH)
    branch.write(day, BEFORE)
    with contextlib.closing(link(guarded)) as session, session.cursor() as cursor:
        cursor.execute("SET tx_isolation = 'REPEATABLE-READ'")
        cursor.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT")
        cursor.execute("SELECT COUNT(*) FROM HistorialDias")
        branch.write(day, {**BEFORE, "c": 4}, reason="pos")
        with contextlib.suppress(pymysql.Error):
            cursor.execute(f"UPDATE VentasAgrupadas SET VentaTotal = 900 WHERE Fecha = '{day}' AND Upc = 'a'")
            cursor.execute(fitting(day, {**BEFORE, "a": 900, "c": 4}))
        session.commit()
    branch.write(day, BEFORE, reason="danado")
    finished = guarded.query("SELECT Upc FROM central.HistorialCambios WHERE Fecha = %s AND Cambio = 1", (day,))
    assert finished == (("c",),)
    assert oracle.history_differences(guarded, BRANCH) == []


def test_nobody_takes_over_what_was_noted_of_another(guarded):
    """Of an administrator's hand: neither its rows nor its name."""
    (day,) = past_days(guarded, 1)
    branch = Program(link(guarded), BRANCH)
    branch.write(day, BEFORE)
    guarded.query(f"UPDATE central.VentasAgrupadas SET VentaTotal = 8 WHERE Fecha = '{day}' AND Upc = 'a'")
    (unit,) = {unit for (unit,) in guarded.query("SELECT Sesion FROM central.HistorialPendiente")}
    for low in (unit, unit & 0xFFFFFFFF):
        branch.execute(f"SET @consolidador_sesion = {low}")
        branch.execute(f"UPDATE VentasAgrupadas SET VentaTotal = 9 WHERE Fecha = '{day}' AND Upc = 'a'")
        branch.link.commit()
    branch.write(day, {**BEFORE, "a": 9})
    assert oracle.history_differences(guarded, BRANCH) == []
    ((account,),) = guarded.query("SELECT Cuenta FROM central.HistorialDias WHERE Cambio = 1")
    assert [each.split("@")[0] for each in account.split(", ")] == ["root", "sucursal_7"]
    assert told(guarded, day)["a"] == [(1, 9)]


@pytest.mark.parametrize("said", ((), ("SET sql_select_limit = 0",), ("SET max_error_count = 0",),
                                  ("SET tx_isolation = 'READ-COMMITTED'",)),
                         ids=("nothing", "that nothing is read", "that no error is kept", "READ COMMITTED"))
def test_a_row_that_is_noted_already_is_noted_again_without_a_word(guarded, said):
    """By another and by the session itself, in statements that make warnings of errors, in one transaction or two."""
    (day,) = past_days(guarded, 1)
    branch = Program(link(guarded), BRANCH)
    branch.write(day, BEFORE)
    guarded.query(f"UPDATE central.VentasAgrupadas SET VentaTotal = 8 WHERE Fecha = '{day}' AND Upc = 'a'")
    with contextlib.closing(link(guarded)) as session, session.cursor() as cursor:
        session.autocommit(False)
        for statement in said:
            cursor.execute(statement)
        for amount, verb in ((9, "UPDATE IGNORE"), (10, "UPDATE IGNORE"), (11, "UPDATE"), (12, "UPDATE")):
            hand = f"{verb} VentasAgrupadas SET VentaTotal = {amount} WHERE Fecha = '{day}' AND Upc = 'a'"
            assert cursor.execute(hand) == 1
            assert cursor.execute("SHOW WARNINGS") == 0
            if amount == 10:
                session.commit()
        session.commit()
    noted = guarded.query("SELECT VentaAntes, VentaDespues FROM central.HistorialPendiente ORDER BY Ultimo")
    assert noted == ((1, 8), (8, 12))
    branch.write(day, BEFORE, reason="danado")
    assert told(guarded, day)["a"] == [(1, 12), (12, 1)]
    assert oracle.history_differences(guarded, BRANCH) == []


def test_nobody_takes_over_what_was_noted_before_the_server_started_again(guarded):
    """It numbers its connections anew: a branch waits for the number that an administrator had."""
    (day,) = past_days(guarded, 1)
    branch = Program(link(guarded), BRANCH)
    branch.write(day, BEFORE)
    branch.link.close()
    for _ in range(40):  # numbers that are free for the branch after the start
        guarded.connect().close()
    with contextlib.closing(guarded.connect()) as root, root.cursor() as cursor:
        cursor.execute(f"UPDATE central.VentasAgrupadas SET VentaTotal = 8 WHERE Fecha = '{day}' AND Upc = 'a'")
        cursor.execute("SELECT CONNECTION_ID(), @consolidador_sesion")
        ((number, unit),) = cursor.fetchall()
    guarded.restart()
    branch = Program(connection_of_number(guarded, number), BRANCH)
    branch.execute(f"SET @consolidador_sesion = {unit}")
    branch.execute(f"UPDATE VentasAgrupadas SET VentaTotal = 9 WHERE Fecha = '{day}' AND Upc = 'a'")
    branch.link.commit()
    branch.write(day, {**BEFORE, "a": 9})
    accounts = guarded.query("SELECT SUBSTRING_INDEX(Cuenta, '@', 1) FROM central.HistorialDias ORDER BY Cambio")
    assert accounts == (("root",), ("sucursal_7",))
    assert told(guarded, day)["a"] == [(1, 8), (8, 9)]
    assert oracle.history_differences(guarded, BRANCH) == []


def connection_of_number(server, number):
    while True:
        session = link(server)
        if session.thread_id() == number:
            return session
        assert session.thread_id() < number, "the number has gone by"
        session.close()


def test_two_hands_on_one_row_at_once_leave_one_chain(guarded):
    (day,) = past_days(guarded, 1)
    branch = Program(link(guarded), BRANCH)
    branch.write(day, BEFORE)
    with contextlib.closing(guarded.connect()) as other, other.cursor() as cursor:
        for amount in (5, 6, 7):
            change = f"UPDATE central.VentasAgrupadas SET VentaTotal = {amount} WHERE Fecha = '{day}' AND Upc = 'a'"
            cursor.execute(change) if amount == 6 else guarded.query(change)
    branch.write(day, BEFORE, reason="danado")
    assert told(guarded, day)["a"] == [(1, 7), (7, 1)]
    assert oracle.history_differences(guarded, BRANCH) == []


@pytest.mark.parametrize("again", (False, True), ids=("once", "twice"))
def test_a_hand_of_the_session_that_records_before_anothers_leaves_one_chain(guarded, again):
    (day,) = past_days(guarded, 1)
    branch = Program(link(guarded), BRANCH)
    branch.write(day, BEFORE)
    change = "UPDATE {}VentasAgrupadas SET VentaTotal = {} WHERE Fecha = '{}' AND Upc = 'a'"
    with contextlib.closing(link(guarded)) as session, session.cursor() as cursor:
        session.autocommit(False)
        cursor.execute(change.format("", 5, day))
        session.commit()
        guarded.query(change.format("central.", 6, day))
        if again:
            cursor.execute(change.format("", 7, day))
        cursor.execute(fitting(day, {**BEFORE, "a": 7 if again else 6}))
        session.commit()
    branch.write(day, BEFORE, reason="danado")
    assert told(guarded, day)["a"] == [(1, 6), *([(6, 7)] if again else []), (7 if again else 6, 1)]
    assert oracle.history_differences(guarded, BRANCH) == []


def test_figures_that_the_rows_do_not_amount_to_are_not_recorded(guarded):
    (day,) = past_days(guarded, 1)
    branch = Program(link(guarded), BRANCH)
    branch.write(day, BEFORE)
    with contextlib.closing(link(guarded)) as session, session.cursor() as cursor:
        session.autocommit(False)
        cursor.execute(f"UPDATE VentasAgrupadas SET VentaTotal = 9 WHERE Fecha = '{day}' AND Upc = 'a'")
        cursor.execute(fitting(day, {**BEFORE, "a": 1000}))
        sums = cursor.fetchone()
        session.commit()
    assert (sums[1], sums[6]) == (14, 6)  # what there is, and the ledger as it was
    assert guarded.value("SELECT COUNT(*) FROM central.HistorialDias") == 0
    branch.write(day, BEFORE, reason="danado")
    assert told(guarded, day)["a"] == [(1, 9), (9, 1)]
    assert oracle.history_differences(guarded, BRANCH) == []


def test_whose_hands_they_were_is_told_of_each(guarded):
    (day,) = past_days(guarded, 1)
    branch = Program(link(guarded), BRANCH)
    branch.write(day, BEFORE)
    hand = "UPDATE {}VentasAgrupadas SET VentaTotal = 9 WHERE Fecha = '{}' AND Upc = '{}'"
    guarded.query(hand.format("central.", day, "b"))
    meddle(guarded, (), (hand.format("", day, "a"),), {})
    branch.write(day, BEFORE, reason="danado")
    ((accounts,),) = guarded.query("SELECT Cuenta FROM central.HistorialDias WHERE Cambio = 1")
    assert [account.split("@")[0] for account in accounts.split(", ")] == ["root", "sucursal_7"]


def test_what_hands_undo_before_the_next_look_is_in_no_version(guarded):
    (day,) = past_days(guarded, 1)
    branch = Program(link(guarded), BRANCH)
    branch.write(day, BEFORE)
    for amount in (9, BEFORE["a"]):
        guarded.query(f"UPDATE central.VentasAgrupadas SET VentaTotal = {amount} WHERE Fecha = '{day}' AND Upc = 'a'")
    branch.write(day, BEFORE)
    assert told(guarded, day) == {} and oracle.history_differences(guarded, BRANCH) == []


def test_a_recording_without_a_transaction_is_refused(guarded):
    """What breaks off half way could not be taken back."""
    (day,) = past_days(guarded, 1)
    Program(link(guarded), BRANCH).write(day, BEFORE)
    with contextlib.closing(link(guarded)) as session, session.cursor() as cursor:
        session.autocommit(True)
        with pytest.raises(pymysql.Error, match="within a transaction"):
            cursor.execute(fitting(day, BEFORE))


def test_a_short_sort_key_makes_no_two_codes_one(guarded):
    """A code of which the server's short key says the same as of the product, and hands in between."""
    (day,) = past_days(guarded, 1)
    product = "7501000111112"
    helper = product + "\\0\\0\\0x"
    branch = Program(link(guarded), BRANCH)
    branch.write(day, {product: 1, "b": 2})
    update = f"UPDATE VentasAgrupadas SET VentaTotal = {{}} WHERE Fecha = '{day}' AND Upc = '{product}'"
    with contextlib.closing(link(guarded)) as session, session.cursor() as cursor:
        session.autocommit(False)
        cursor.execute("SET tx_isolation = 'READ-COMMITTED', max_sort_length = 64")
        for hand in (update.format(1000), f"INSERT INTO VentasAgrupadas VALUES {ROW.format(day=day, code=helper, amount=1)}",
                     update.format(1001), f"DELETE FROM VentasAgrupadas WHERE Fecha = '{day}' AND Upc = '{helper}'",
                     update.format(1000)):
            cursor.execute("SET @consolidador_sesion = NULL")
            cursor.execute(hand)
        cursor.execute("SET @consolidador_sesion = NULL")
        cursor.execute(fitting(day, {product: 1000, "b": 2}))
        session.commit()
    branch.write(day, {product: 1, "b": 2}, reason="danado")
    assert told(guarded, day) == {product: [(1, 1000), (1000, 1)]}
    assert oracle.history_differences(guarded, BRANCH) == []


@pytest.mark.parametrize("isolation", ["REPEATABLE-READ", "READ-COMMITTED"])
@pytest.mark.parametrize("said", ["SET @consolidador_motivo = NULL", "SET @consolidador_motivo = 'danado'"])
def test_a_hand_that_is_open_while_the_day_is_recorded_is_in_one_change_or_the_next(guarded, isolation, said):
    (day,) = past_days(guarded, 1)
    branch = Program(link(guarded), BRANCH)
    branch.write(day, BEFORE)
    hand = "UPDATE central.VentasAgrupadas SET VentaTotal = {} WHERE Fecha = '{}' AND Upc = 'a'"
    with contextlib.closing(guarded.connect()) as other, other.cursor() as cursor:
        other.autocommit(False)
        cursor.execute(f"SET tx_isolation = '{isolation}'")
        cursor.execute(said)
        cursor.execute(hand.format(9, day))
        other.commit()
        cursor.execute(hand.format(20, day))
        branch.declare("pos")
        recording = threading.Thread(target=branch.record, args=(day, {**BEFORE, "a": 9}))
        recording.start()
        wait_until(lambda: guarded.value("SELECT COUNT(*) FROM information_schema.INNODB_TRX"
                                         " WHERE trx_state = 'LOCK WAIT'"), "the program waits")
        other.commit()
        recording.join(60)
        branch.link.commit()
    branch.write(day, {**BEFORE, "c": 5}, reason="danado")
    assert oracle.history_differences(guarded, BRANCH) == []
    assert told(guarded, day)["a"][0] == (1, 20)


def test_a_clock_that_goes_back_between_hand_and_mending_hides_neither(guarded):
    (day,) = past_days(guarded, 1)
    branch = Program(link(guarded), BRANCH)
    branch.write(day, BEFORE)
    guarded.query(f"UPDATE central.VentasAgrupadas SET VentaTotal = 9 WHERE Fecha = '{day}' AND Upc = 'a'")
    for table in ("central", "sucursales"):
        guarded.query(f"CREATE OR REPLACE FUNCTION {table}.fn_ahora() RETURNS DATETIME(6) NO SQL RETURN"
                      " TIMESTAMP'1970-01-01 00:00:00' + INTERVAL UNIX_TIMESTAMP(SYSDATE(6)) - 30 SECOND")
    try:
        branch.write(day, BEFORE, reason="danado")
    finally:
        schema.install_guard(guarded)
    assert told(guarded, day)["a"] == [(1, 9), (9, 1)]
    assert oracle.history_differences(guarded, BRANCH) == []


def test_what_a_person_said_is_kept_beside_what_the_ledger_said(guarded):
    (day,) = past_days(guarded, 1)
    branch = Program(link(guarded), BRANCH)
    branch.write(day, BEFORE)
    guarded.query(f"UPDATE central.SincronizacionDias SET TotalVenta = 7, Huella = 1 WHERE Fecha = '{day}'")
    branch.say("declarar_cambio", "aprobado", "ana", "caja 3 doble", 1, 1)
    branch.say("borrar_fila", BRANCH, day, "c", 1, 2, 3, 4)
    branch.record(day, {"a": 1, "b": 2})
    branch.link.commit()
    ((actor, note),) = guarded.query("SELECT Actor, Nota FROM central.HistorialDias")
    assert actor == "ana" and note.startswith("caja 3 doble; el libro decia: 3 filas")


def test_the_open_day_of_a_program_that_knows_the_memory_grows_without_notes(guarded):
    today = guarded.value("SELECT UTC_DATE()")
    branch = Program(link(guarded), BRANCH)
    for count in range(1, 4):
        branch.write(today, {f"u{number}": count for number in range(count)})
        assert guarded.value("SELECT COUNT(*) FROM central.HistorialPendiente") == 0


@pytest.mark.parametrize("program", (Program, OldProgram), ids=("today's", "0.1.0"))
def test_times_of_what_was_recorded_are_the_servers(guarded, program):
    """Whatever the session says: neither ledger nor history."""
    (day,) = past_days(guarded, 1)
    started = guarded.value("SELECT UTC_TIMESTAMP(3)")
    branch = program(link(guarded), BRANCH)
    branch.execute("SET timestamp = 1000000000, time_zone = '+09:00'")
    branch.write(day, BEFORE)
    branch.write(day, {"a": 2}, reason="pos")
    times = guarded.query(f"""
        SELECT PrimeraSync, UltimaSync, UltimaVerificacion, Instante FROM central.SincronizacionDias AS l
        JOIN central.HistorialDias AS h ON h.Fecha = l.Fecha WHERE l.Fecha = '{day}'""")[0]
    ended = guarded.value("SELECT UTC_TIMESTAMP(3)")
    assert all(started - timedelta(seconds=1) <= time <= ended + timedelta(seconds=1) for time in times)
