# SPDX-License-Identifier: MIT
"""The POS's own procedures may write (temporary tables, a log), which the server refuses in a read-only snapshot."""
import json

import pytest

from support import oracle, pos, schema
from support.daemon import BRANCH, OK, UNCHANGED
from support.pos import WEEK

TOLD = "what they write is kept"
LOG_TABLE = f"CREATE TABLE {schema.POS_DATABASE}.accesos (dia DATE, cuando DATETIME) ENGINE=InnoDB"
INTO_LOG = "INSERT INTO accesos VALUES (p_fecha, NOW())"

# The temporary tables are left behind, as a procedure may that always had a connection of its own.
WRITING = {
    "a temporary table": {"before": "CREATE TEMPORARY TABLE dia AS SELECT * FROM ventasdiarias WHERE Fecha = p_fecha"},
    "a temporary table, made empty": {"before": "CREATE TEMPORARY TABLE dia (Upc INT) ENGINE=MEMORY"},
    "a log before the rows": {"before": INTO_LOG},
    "a log after the rows": {"after": INTO_LOG},
    "a log of the audit": {"after": INTO_LOG, "name": "sp_audit_operativa"},
}


def calls_in_log(server):
    return server.value(f"SELECT COUNT(*) FROM {schema.POS_DATABASE}.accesos")


@pytest.mark.parametrize("what", WRITING)
def test_procedures_that_write_are_called_all_the_same(what, week, consolidador):
    week.pos.query(LOG_TABLE)
    schema.surround_pos_procedure(week.pos, **WRITING[what])
    consolidador.once_for(WEEK[0], WEEK[-1]).expect(OK)
    oracle.assert_agree(week, BRANCH, WEEK)
    assert consolidador.log.read_text().count(TOLD) == 1, "once a run, whatever the number of days"
    assert consolidador.once_for(WEEK[0], WEEK[-1]).expect(OK).outcomes() == UNCHANGED
    if "a log" in what:
        read = len(WEEK) + 1  # today's reading tells of sales of days to come
        assert calls_in_log(week.pos) == 2 * read, "what the procedure's author expects to find"


def test_procedures_that_only_read_are_called_in_a_read_only_snapshot(week, consolidador):
    with week.pos.recording() as entries:
        consolidador.once_for(WEEK[0]).expect(OK)
    begins = [entry.text for entry in entries if entry.text.startswith("START TRANSACTION")]
    assert begins and all("READ ONLY" in text for text in begins)
    assert TOLD not in consolidador.log.read_text()


def test_a_day_that_failed_leaves_nothing_in_the_procedures_log(week, consolidador):
    week.pos.query(LOG_TABLE)
    schema.surround_pos_procedure(week.pos, before=INTO_LOG)
    pos.sell(week.pos, WEEK[0], upc=None)
    assert consolidador.once_for(WEEK[0]).exit_code != OK
    assert calls_in_log(week.pos) == 0


def test_days_that_the_pos_purges_are_archived_all_the_same(synced, consolidador):
    """Each call of the search for the POS's first sale meets no temporary table of the one before."""
    purged = WEEK[:2]
    schema.surround_pos_procedure(synced.pos, before="CREATE TEMPORARY TABLE dia (Upc INT)")
    synced.pos.query(f"DELETE FROM {schema.POS_DATABASE}.ventasdiarias WHERE Fecha <= %s", (purged[-1],))
    run = consolidador.once_for(WEEK[0], WEEK[-1]).expect(OK)
    assert {(run.day(day)["local"], run.day(day)["vps"]) for day in purged} == {("archivado", "archivado")}


@pytest.mark.parametrize("procedure, words", [
    (None, "read-only"), ("sp_select_ventas_diarias", "what they write is kept")])
def test_check_tells_whether_the_snapshot_is_read_only(procedure, words, places, consolidador):
    if procedure:
        places.pos.query(LOG_TABLE)
        schema.surround_pos_procedure(places.pos, procedure, before=INTO_LOG)
    run = consolidador.check("--connect", "--format=json").expect(OK)
    (found,) = (each for each in json.loads(run.stdout)["findings"]
                if each["place"] == "operational" and each["check"] == "snapshot")
    assert found["result"] == "ok" and words in found["text"]


def test_the_service_tells_it_once_and_brings_every_sale(places, service):
    days = service.days(3)
    places.pos.query(LOG_TABLE)
    schema.surround_pos_procedure(places.pos, before=INTO_LOG)
    pos.fill(places.pos, days, empty=())
    service.start(window={"reprocess_days": 2})
    service.wait_synced(days, seconds=90)
    for number in range(3):
        pos.sell(places.pos, days[-1], upc=f"registrado {number}")
        service.wait_synced(days, seconds=90)
    assert len(service.log_lines(TOLD)) == 1
