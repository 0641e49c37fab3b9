# SPDX-License-Identifier: MIT
"""Tables without transactions give no snapshot: a day is read between two audits that must be equal."""
import contextlib
import json
import threading

import pytest

from support import oracle, pos, schema
from support.daemon import BRANCH, DAY_IN_ERROR, OK
from support.pos import WEEK
from support.waiting import wait_until

DAY = WEEK[0]
LATCH = "DO GET_LOCK('caja', 120); DO RELEASE_LOCK('caja')"
WAITS = "SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE STATE = 'User lock'"


def let_it_be_seen(server):
    """As far as many accounts of today may look; the least is not even that."""
    server.query(f"GRANT SELECT ON {schema.POS_DATABASE}.* TO '{schema.BOT}'@'%'")


@contextlib.contextmanager
def a_sale_meanwhile(server):
    """The first who reaches the latch waits there until a till has sold something more."""
    till = server.connect(database=schema.POS_DATABASE)
    cursor = till.cursor()
    cursor.execute("SELECT GET_LOCK('caja', 0)")
    sold = threading.Event()

    def sell():
        with till:
            wait_until(lambda: cursor.execute(WAITS) and cursor.fetchone()[0], "the extraction is at the latch")
            cursor.execute("INSERT INTO ventasdiarias VALUES (%s, 'mientras', 1, 2, 3, 1, '10.00', 7)", (DAY,))
            cursor.execute("DO RELEASE_LOCK('caja')")
            sold.set()

    thread = threading.Thread(target=sell)
    thread.start()
    try:
        yield
    finally:
        thread.join()
    assert sold.is_set(), "the test sold nothing while the day was read"


@pytest.mark.parametrize("seen", [True, False], ids=["the account sees the tables", "it sees none"])
@pytest.mark.parametrize("where", [
    {"after": LATCH}, {"before": LATCH, "name": "sp_audit_operativa"}], ids=["after the rows", "before the audit"])
@pytest.mark.parametrize("engine", ["MyISAM", "Aria"])
def test_a_sale_while_the_day_is_read_costs_a_second_reading(engine, where, seen, places, consolidador):
    schema.create_pos(places.pos, engine=engine)
    pos.fill(places.pos)
    if seen:
        let_it_be_seen(places.pos)
    schema.surround_pos_procedure(places.pos, **where)
    with a_sale_meanwhile(places.pos):
        run = consolidador.once_for(DAY).expect(OK)
    assert run.day(DAY)["intentos"] == "1", "no failure of the day"
    oracle.assert_agree(places, BRANCH, [DAY])


def test_in_a_snapshot_the_same_sale_disturbs_nobody(week, consolidador):
    schema.surround_pos_procedure(week.pos, after=LATCH)
    before = oracle.pos_rows(week.pos, BRANCH, (DAY, DAY))
    with week.pos.recording() as entries, a_sale_meanwhile(week.pos):
        consolidador.once_for(DAY).expect(OK)
    # The day's, and before it today's, for sales of the future.
    assert sum(entry.text.startswith("START TRANSACTION") for entry in entries) == 2
    assert oracle.target_rows(week.vps, BRANCH) == before


def test_a_day_that_never_holds_still_is_not_brought_and_told(places, consolidador):
    schema.create_pos(places.pos, engine="MyISAM")
    pos.fill(places.pos)
    let_it_be_seen(places.pos)
    schema.surround_pos_procedure(
        places.pos, "sp_audit_operativa",
        before="INSERT INTO ventasdiarias VALUES (p_fecha, 'sin fin', 1, 2, 3, 1, 10, 7)")
    run = consolidador.once_for(DAY).expect(DAY_IN_ERROR)
    assert "changes each time while it is read" in run.day(DAY)["error"]
    assert oracle.target_rows(places.vps, BRANCH) == []


def test_what_contradicts_itself_between_equal_audits_is_an_error_as_ever(places, consolidador):
    schema.create_pos(places.pos, engine="MyISAM")
    pos.fill(places.pos)
    let_it_be_seen(places.pos)
    schema.replace_pos_procedure(
        places.pos, "SELECT 1 AS TotalUnidades, 2 AS TotalVenta, 3 AS TotalCosto", "sp_audit_operativa")
    run = consolidador.once_for(DAY).expect(DAY_IN_ERROR)
    assert "the POS contradicts itself" in run.day(DAY)["error"]


# Reads the lines of one product, then those of another: what is sold in between is in one of them only.
HALVES = """
BEGIN
  DECLARE v_a, v_b DECIMAL(18,4);
  SELECT COALESCE(SUM(Cantidad), 0) INTO v_a FROM ventasdiarias WHERE Fecha = p_fecha AND Upc = 'a';
  DO SLEEP(0.02);
  SELECT COALESCE(SUM(Cantidad), 0) INTO v_b FROM ventasdiarias WHERE Fecha = p_fecha AND Upc = 'b';
  SELECT p_fecha AS Fecha, 'a' AS Upc, 0 AS IdProveedor, 1 AS IdDepartamento, 2 AS IdCategoria, 3 AS IdSubcategoria,
         v_a AS Unidades, v_a * 10 AS VentaTotal, v_a * 7 AS CostoTotal
   UNION ALL SELECT p_fecha, 'b', 0, 1, 2, 3, v_b, v_b * 10, v_b * 7;
END"""
PAIR = "INSERT INTO ventasdiarias VALUES ('{day}', 'a', 1, 2, 3, 1, 10, 7), ('{day}', 'b', 1, 2, 3, 1, 10, 7)"


def test_while_a_till_sells_no_target_ever_holds_a_mixed_day(places, consolidador):
    schema.create_pos(places.pos, engine="MyISAM")
    let_it_be_seen(places.pos)
    schema.replace_pos_procedure(places.pos, HALVES)
    places.pos.query(PAIR.format(day=DAY).replace("INTO ", f"INTO {schema.POS_DATABASE}."))
    closing = threading.Event()

    def sell():
        with places.pos.connect(database=schema.POS_DATABASE) as till, till.cursor() as cursor:
            while not closing.wait(0.01):
                cursor.execute(PAIR.format(day=DAY))

    till = threading.Thread(target=sell)
    till.start()
    try:
        for _ in range(3):
            consolidador.once_for(DAY)
            for target in places.targets:
                assert target.value("SELECT COALESCE(SUM(IF(Upc = 'a', Unidades, -Unidades)), 0)"
                                    " FROM central.VentasAgrupadas") == 0
    finally:
        closing.set()
        till.join()
    consolidador.once_for(DAY).expect(OK)
    oracle.assert_agree(places, BRANCH, [DAY])


@pytest.mark.parametrize("engines, seen, result, words", [
    ({"engine": "MyISAM"}, True, "warning", ["productos (MyISAM), ventasdiarias (MyISAM)", "two audits"]),
    ({"engine": "InnoDB", "product_engine": "Aria"}, True, "warning", ["productos (Aria)"]),
    ({"engine": "InnoDB"}, True, "ok", ["2 tables"]),
    ({"engine": "MyISAM"}, False, "ok", ["sees no table"]),
], ids=str)
def test_check_names_the_tables_without_transactions(engines, seen, result, words, places, consolidador):
    schema.create_pos(places.pos, **engines)
    if seen:
        let_it_be_seen(places.pos)
    run = consolidador.check("--connect", "--format=json").expect(OK)
    (found,) = (each for each in json.loads(run.stdout)["findings"]
                if each["place"] == "operational" and each["check"] == "engines")
    assert found["result"] == result and all(word in found["text"] for word in words), found
    assert "InnoDB" in found["remedy"] or result == "ok"
