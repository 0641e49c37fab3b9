# SPDX-License-Identifier: MIT
"""A few rows of the POS that cannot be taken do not withhold a shop's day: it is proven without them, they are
kept in FilasRechazadas, and everybody is told."""
import json

import pytest

from support import formats, oracle, pos, schema
from support.client import Client
from support.daemon import BRANCH, DAY_HELD, DAY_IN_ERROR, OK
from support.pos import sell
from support.waiting import wait_until

LINES = 400  # of about 20.00 each: one in a hundred may be rejected
DAY = pos.WEEK[1]
KEPT = "SELECT Upc, VentaTotal, Motivo FROM central.FilasRechazadas WHERE Fecha = %s ORDER BY Fila"
WHEN = "SELECT Instante FROM central.FilasRechazadas WHERE Fecha = %s ORDER BY Fila"
EMPTY = ("", "10.0000", "Upc is empty")


def kept(server, day=DAY):
    return list(map(tuple, server.query(KEPT, (day,))))


def upcs(server, day=DAY):
    return {upc for (upc,) in server.query("SELECT Upc FROM central.VentasAgrupadas WHERE Fecha = %s", (day,))}


def mend(places, code=""):
    places.pos.query(f"DELETE FROM {schema.POS_DATABASE}.ventasdiarias WHERE Upc = %s", (code,))


@pytest.fixture
def shop(places):
    """Two days with enough rows."""
    pos.fill_evenly(places.pos, (pos.WEEK[0], DAY), LINES)
    return places


@pytest.fixture
def proven(shop, consolidador):
    consolidador.once_for(pos.WEEK[0], DAY).expect(OK)
    return shop


def look(consolidador, *arguments):
    return consolidador.once_for(DAY, None, *arguments)


def test_the_day_is_proven_without_them_and_they_are_kept_until_the_pos_has_mended_them(shop, consolidador):
    sell(shop.pos, DAY, upc="")
    sell(shop.pos, DAY, upc="X" * 21, amount="1.50")
    run = look(consolidador).expect(OK)
    line = run.day(DAY)
    assert (line["estado"], line["local"], line["vps"], line["filas"]) == ("OK", "nuevo", "nuevo", str(LINES))
    assert line["nota"].startswith("2 rows rejected: Upc is empty")
    assert "2 rows of the POS rejected" in run.stdout
    too_long = ("X" * 21, "1.5000", f"Upc '{'X' * 21}' has 21 characters; at most 20 fit")
    for target in shop.targets:
        assert kept(target) == [EMPTY, too_long]
        assert len(upcs(target)) == LINES
        assert oracle.ledger_differences(target, BRANCH, [DAY]) == []
    mend(shop)
    look(consolidador).expect(OK)
    assert {len(kept(target)) for target in shop.targets} == {1}
    mend(shop, "X" * 21)
    assert look(consolidador).expect(OK).day(DAY)["nota"] == ""
    assert {len(kept(target)) for target in shop.targets} == {0}
    oracle.assert_agree(shop, BRANCH, (DAY, DAY))


def test_an_unchanged_day_writes_nothing_of_them_again(shop, consolidador):
    sell(shop.pos, DAY, upc="")
    look(consolidador).expect(OK)
    before = [target.query(WHEN, (DAY,)) for target in shop.targets]
    run = look(consolidador).expect(OK)
    assert (run.day(DAY)["local"], run.day(DAY)["vps"]) == ("sin cambios", "sin cambios")
    assert [target.query(WHEN, (DAY,)) for target in shop.targets] == before


def test_where_nothing_is_rejected_no_target_is_asked_about_it(proven, consolidador):
    for target in proven.targets:
        target.query("SET GLOBAL log_output = 'TABLE'")
        target.query("TRUNCATE TABLE mysql.general_log")
        target.query("SET GLOBAL general_log = ON")
    try:
        look(consolidador).expect(OK)
    finally:
        for target in proven.targets:
            target.query("SET GLOBAL general_log = OFF")
    for target in proven.targets:
        executed = target.query("SELECT argument FROM mysql.general_log WHERE command_type = 'Execute'")
        assert executed and not [text for (text,) in executed if "FilasRechazadas" in str(text)]


@pytest.mark.parametrize("bad", [
    [{"upc": ""}] * 1 + [{"upc": "X" * (21 + i)} for i in range(5)],  # rows
    [{"upc": "", "amount": "90.00"}],  # sales
    [{"upc": "", "amount": "0", "cost": "60.00"}],  # cost
], ids=["rows", "sales", "cost"])
def test_more_than_a_hundredth_of_the_day_is_an_error_that_names_rows(shop, consolidador, bad):
    for line in bad:
        sell(shop.pos, DAY, **({"amount": "0.01", "cost": "0.01"} | line))
    line = look(consolidador).expect(DAY_IN_ERROR).day(DAY)
    assert line["estado"] == "ERROR" and "Upc is empty (department 1, category " in line["error"]
    assert f"{len(bad)} of {LINES + len(bad)} rows" in line["error"]
    for target in shop.targets:
        assert kept(target) == [] and upcs(target) == set()


def test_where_rows_are_refused_one_is_an_error_as_ever(shop, consolidador):
    sell(shop.pos, DAY, upc="")
    consolidador.configure(invalid_rows="refuse")
    line = look(consolidador).expect(DAY_IN_ERROR).day(DAY)
    assert "Upc is empty (department " in line["error"] and "; correct it in the POS" in line["error"]
    for target in shop.targets:
        assert kept(target) == [] and upcs(target) == set()


def test_the_audit_of_the_pos_counts_them_to_the_last_decimal(shop, consolidador):
    sell(shop.pos, DAY, upc="")
    consolidador.configure(audit={"tolerance": 0})
    look(consolidador).expect(OK)
    assert "OK" == look(consolidador, "--audit-only").expect(OK).day(DAY)["estado"]
    schema.replace_pos_procedure(shop.pos, """
        SELECT SUM(Cantidad) AS TotalUnidades, SUM(MontoTotal) AS TotalVenta, SUM(CostoTotal) AS TotalCosto
        FROM ventasdiarias WHERE Fecha = p_fecha AND Upc <> ''""", "sp_audit_operativa")
    assert "contradicts itself" in look(consolidador).expect(DAY_IN_ERROR).day(DAY)["error"]


@pytest.mark.parametrize("broken", ["Upc = ''", "Upc = REPEAT('X', 30)"])
def test_what_was_proven_does_not_slip_out_as_a_row_that_cannot_be_taken(proven, consolidador, broken):
    code = pos.even_upc(7)
    table = f"{schema.POS_DATABASE}.ventasdiarias"
    proven.pos.query(f"UPDATE {table} SET {broken} WHERE Upc = %s AND Fecha = %s", (code, DAY))
    for _ in range(2):
        line = look(consolidador).expect(DAY_HELD).day(DAY)
        assert line["estado"] == "RETENIDO"
        assert "1 of them the POS now gives as rows that cannot be taken" in line["error"]
        for target in proven.targets:
            assert code in upcs(target) and kept(target) == []
    look(consolidador, "--approve-loss=codigo roto, acta 4").expect(OK)
    for target in proven.targets:
        assert code not in upcs(target) and len(kept(target)) == 1
    look(consolidador).expect(OK)


def test_what_was_set_aside_before_does_not_hold_a_correction(shop, consolidador):
    sell(shop.pos, DAY, upc="")
    look(consolidador).expect(OK)
    mend(shop, pos.even_upc(7))
    look(consolidador).expect(OK)
    for target in shop.targets:
        assert pos.even_upc(7) not in upcs(target) and kept(target) == [EMPTY]


@pytest.mark.unguarded
def test_a_target_without_a_place_for_them_refuses_and_says_what_is_missing(shop, consolidador):
    sell(shop.pos, DAY, upc="")
    schema.install_old(shop.vps)
    try:
        line = look(consolidador).expect(DAY_IN_ERROR).day(DAY)
        assert (line["local"], line["vps"]) == ("nuevo", "error")
        assert "FilasRechazadas" in line["error"] and "run the scripts of sql/" in line["error"]
        assert kept(shop.local) == [EMPTY] and upcs(shop.vps) == set()
        checked = consolidador.check("--connect")
        assert "FilasRechazadas is missing" in checked.stdout
        mend(shop)
        assert look(consolidador).expect(OK).day(DAY)["vps"] == "nuevo"
    finally:
        schema.create_aggregate(shop.vps)


def test_everybody_is_told_also_after_a_restart_until_they_are_mended(places, service, branch):
    days = service.days(4)
    client = Client(branch.bus.environment)
    pos.fill_evenly(places.pos, days, LINES)
    sell(places.pos, days[0], upc="")  # before the window
    sell(places.pos, days[-1], upc="")
    consolidador = service.consolidador
    consolidador.write_config()
    consolidador.once_for(days[0], days[-1]).expect(OK)
    service.start()
    wait_until(lambda: branch.get("RejectedRows") == 2, "both are known")
    status = branch.call("GetStatus")[0]
    assert (status["RejectedDays"], status["RejectedRows"], status["Health"]) == (2, 2, "degraded")
    assert f"2 rows of the POS in 2 days rejected, such as {days[-1]}: Upc is empty" in status["HealthReasons"][0]
    assert branch.call("GetDay", "s", str(days[0]))[0]["RejectedRows"] == 1
    wait_until(lambda: "rejected" in str(places.vps.query("SELECT Motivos FROM central.EstadoSucursales")),
               "head office is told")
    said = client.pipe("status", "--format=nagios")
    word, _, perfdata = formats.nagios(said.stdout)
    assert (said.exit_code, word, perfdata["rejected_rows"]) == (1, "WARNING", "2;;;0")
    samples = formats.prometheus(client.pipe("status", "--format=prometheus").expect(OK).stdout)
    assert samples["consolidador_rows_rejected", f'branch="{BRANCH}"'] == 2
    assert "1 row rejected: Upc is empty" in client.pipe("diff", days[-1]).expect(OK).stdout
    shown = json.loads(client.pipe("diff", days[-1], "--format=json").expect(OK).stdout)
    assert shown["Places"][0]["RejectedRows"] == 1
    mend(places)
    wait_until(lambda: branch.get("RejectedRows") == 0, "all are mended")
    wait_until(lambda: branch.get("Health") == "ok", "all is well")
    for target in places.targets:
        assert kept(target, days[0]) == kept(target, days[-1]) == []


def test_a_bad_line_of_an_open_day_does_not_delay_what_is_sold_after_it(places, service):
    today = service.today
    pos.fill_evenly(places.pos, [today], LINES)
    sell(places.pos, today, upc="")
    service.start()
    wait_until(lambda: kept(places.vps, today) == [EMPTY], "it is kept apart")
    when = places.vps.query(WHEN, (today,))
    sell(places.pos, today, upc="sold later")
    for target in places.targets:
        wait_until(lambda: "sold later" in upcs(target, today), "what is sold gets through")
    assert places.vps.query(WHEN, (today,)) == when
    mend(places)
    for target in places.targets:
        wait_until(lambda: kept(target, today) == [], "what is mended is gone")


def test_a_branch_keeps_its_own_and_sees_no_others(guarded_vps):
    mine, other = guarded_vps
    insert = "INSERT INTO FilasRechazadas (IdSucursal, Fecha, Fila, Motivo, Instante) VALUES (%s, '2026-01-05', 1, 'x', NOW())"
    mine(insert, 7)
    other(insert, 8)
    assert [branch for (branch,) in mine("SELECT IdSucursal FROM FilasRechazadas")] == [7]
    mine("DELETE FROM FilasRechazadas WHERE IdSucursal = %s", 8)
    assert [branch for (branch,) in other("SELECT IdSucursal FROM FilasRechazadas")] == [8]
    with pytest.raises(Exception, match="1369|CHECK OPTION"):
        mine(insert.replace("VALUES (%s", "VALUES (%s + 1"), 7)
    with pytest.raises(Exception, match="UPDATE"):
        mine("UPDATE FilasRechazadas SET Motivo = 'y' WHERE IdSucursal = %s", 7)


@pytest.fixture
def guarded_vps(places):
    """Questions of two branches to the guarded VPS."""
    places.vps.query("DROP DATABASE IF EXISTS sucursales")
    schema.install_guard(places.vps)

    def asking(number):
        schema.enlist(places.vps, number, "una clave bien larga")

        def ask(sql, *arguments):
            with places.vps.connect(f"sucursal_{number}", "una clave bien larga",
                                    schema.GUARDED_DATABASE) as link, link.cursor() as cursor:
                cursor.execute(sql, arguments or None)
                link.commit()
                return cursor.fetchall()
        return ask
    yield asking(7), asking(8)
    for number in (7, 8):
        places.vps.query(f"DROP USER sucursal_{number}@'%'")
    if not schema.GUARDED:
        places.vps.query("DROP DATABASE sucursales")
    schema.create_aggregate(places.vps)
