# SPDX-License-Identifier: MIT
"""What a day is allowed follows its size: no shop has to tune timeouts.statement and timeouts.unit."""
import pytest

from support import oracle, pos, schema
from support.daemon import BRANCH, DAY_IN_ERROR, OK
from support.waiting import wait_until

DAY = pos.WEEK[1]
LINES = 3000
# The POS takes a rest after every hundred lines: half a millisecond a row, a million would take eight minutes.
PER_ROW = "SET @lento = (SELECT SUM(SLEEP(0.05)) FROM ventasdiarias WHERE Fecha = p_fecha AND Upc LIKE '%00')"
SMALL = {"statement": "1s", "read": "2s", "unit": "2s"}
PATIENT = 180


def be_slow(server):
    schema.surround_pos_procedure(server, before=PER_ROW)


def test_a_day_of_which_the_rows_are_known_is_given_its_time_at_once(places, consolidador):
    pos.fill_evenly(places.pos, [DAY], LINES)
    consolidador.once_for(DAY).expect(OK)
    be_slow(places.pos)
    pos.sell(places.pos, DAY, upc="late")
    consolidador.configure(timeouts=SMALL)
    assert consolidador.once_for(DAY).expect(OK).day(DAY)["intentos"] == "1"
    oracle.assert_agree(places, BRANCH, (DAY, DAY))


def test_a_day_that_nobody_knows_is_given_more_time_until_it_suffices(places, consolidador):
    pos.fill_evenly(places.pos, [DAY], LINES)
    be_slow(places.pos)
    consolidador.configure(timeouts=SMALL, retry={"attempts": 7})
    run = consolidador.once_for(DAY).expect(OK)
    assert "the day was allowed 1s (timeouts.statement), and has 2s from now on" in run.stderr
    oracle.assert_agree(places, BRANCH, (DAY, DAY))


def test_who_gives_up_says_what_was_refused_and_by_which_key(places, consolidador):
    pos.fill_evenly(places.pos, [DAY], LINES)
    be_slow(places.pos)
    consolidador.configure(timeouts=SMALL, retry={"attempts": 1})
    error = consolidador.once_for(DAY).expect(DAY_IN_ERROR).day(DAY)["error"]
    assert "the day was allowed 1s (timeouts.statement)" in error


def test_the_service_brings_a_large_day_of_a_slow_pos(places, service):
    pos.fill_evenly(places.pos, [service.today], LINES)
    be_slow(places.pos)
    service.start(timeouts=SMALL)
    for target in places.targets:
        wait_until(lambda: len(oracle.target_rows(target, BRANCH)) == LINES, "the day is there", PATIENT)
    assert service.log_lines("was allowed")


@pytest.mark.unguarded
def test_the_service_brings_a_large_day_into_a_slow_target(places, service):
    pos.fill_evenly(places.pos, [service.today], LINES)
    places.vps.query("CREATE TRIGGER central.tr_lento BEFORE INSERT ON central.VentasAgrupadas"
                     " FOR EACH ROW SET @lento = SLEEP(0.001)")
    try:
        service.start(timeouts=SMALL)
        wait_until(lambda: len(oracle.target_rows(places.vps, BRANCH)) == LINES, "the day is there", PATIENT)
    finally:
        places.vps.query("DROP TRIGGER central.tr_lento")
