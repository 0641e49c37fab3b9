# SPDX-License-Identifier: MIT
"""The scripts of sql/ as an administrator runs them."""
import threading

import pymysql
import pytest

from support import oracle, schema
from support.daemon import BRANCH, OK, UNCHANGED
from support.pos import WEEK
from support.waiting import wait_until

SCRATCH = [f"prueba_{number}" for number in range(12)]


@pytest.fixture
def scratch(servers):
    """Empty databases beside the others, on a server whose event scheduler is on."""
    for name in SCRATCH:
        servers.vps.query(f"CREATE OR REPLACE DATABASE {name}")
    yield servers.vps
    for name in SCRATCH:
        servers.vps.query(f"DROP DATABASE {name}")


def test_the_aggregate_scripts_run_with_the_event_scheduler_on(scratch):
    """The event and the script both want to make the partitions; several times, for a race shows seldom.
    Each time in a database of its own: an event that still runs must not lose its database."""
    before = scratch.error_log.read_text()
    for name in SCRATCH:
        schema.run_scripts(scratch, schema.AGGREGATE_SCRIPTS, name)
    waiting = """SELECT COUNT(*) FROM information_schema.EVENTS
                  WHERE EVENT_SCHEMA LIKE 'prueba%' AND LAST_EXECUTED IS NULL"""
    wait_until(lambda: scratch.value(waiting) == 0, "every event has begun")
    # LAST_EXECUTED is when it began: what it has to say is in the log once its thread is gone.
    others = "SELECT STATE FROM information_schema.PROCESSLIST WHERE ID <> CONNECTION_ID()"
    wait_until(lambda: scratch.query(others) == (("Waiting for next activation",),),
               "the scheduler is at rest and no event runs")
    # Beside what an event has to say, the log has a line when the scheduler starts, some time later.
    assert "Event Scheduler: [" not in scratch.error_log.read_text().removeprefix(before)


def test_the_scripts_can_run_twice_and_keep_data_and_rights(synced, consolidador):
    schema.run_scripts(synced.pos, schema.POS_SCRIPTS, schema.POS_DATABASE)
    for target in synced.targets:
        schema.run_scripts(target, schema.AGGREGATE_SCRIPTS, schema.AGGREGATE_DATABASE)
    run = consolidador.once_for(WEEK[0], WEEK[-1]).expect(OK)
    assert run.outcomes() == UNCHANGED
    oracle.assert_agree(synced, BRANCH, WEEK)


def test_a_partition_is_ready_for_each_of_the_next_two_years(servers):
    years = servers.vps.query("""
        SELECT PARTITION_NAME FROM information_schema.PARTITIONS
        WHERE TABLE_SCHEMA = 'central' AND TABLE_NAME = 'VentasAgrupadas'""")
    this_year = servers.vps.value("SELECT YEAR(UTC_DATE())")
    assert {(f"p{this_year + ahead}",) for ahead in range(3)} <= set(years)


def test_whoever_reads_in_an_open_transaction_keeps_partitions_from_being_made_and_nobody_from_writing(places):
    """Not the writer, who would wait behind ALTER TABLE for as long as the reader stays."""
    vps = places.vps
    names = "SELECT COUNT(*) FROM information_schema.PARTITIONS WHERE TABLE_SCHEMA = 'central'"
    with vps.connect(database="central") as reader, reader.cursor() as reading, \
            vps.connect(database="central") as writer, writer.cursor() as writing:
        reading.execute("START TRANSACTION")
        reading.execute("SELECT COUNT(*) FROM VentasAgrupadas")
        before = vps.value(names)
        asking = Asking(vps, "CALL central.sp_asegurar_particiones(6)")
        asking.start()
        wait_until(lambda: vps.value("SELECT COUNT(*) FROM information_schema.PROCESSLIST"
                                     " WHERE STATE = 'Waiting for table metadata lock'"), "it waits for the reader")
        writing.execute("SET SESSION lock_wait_timeout = 30")
        writing.execute("INSERT INTO VentasAgrupadas VALUES ('2026-01-05', 7, 'U', 0, 0, 0, 0, 1, 1, 1, NOW(3))")
        assert asking.is_alive() and vps.value(names) == before
        reading.execute("COMMIT")
        asking.join()
    assert asking.error is None and vps.value(names) == before + 4


class Asking(threading.Thread):
    """An administrator's call."""

    def __init__(self, server, call):
        super().__init__()
        self._connection = server.connect()
        self._call = call
        self.error = None

    def run(self):
        with self._connection as connection, connection.cursor() as cursor:
            try:
                cursor.execute(self._call)
            except pymysql.Error as error:
                self.error = error


def test_a_script_does_not_keep_others_waiting_for_long(places):
    with places.vps.connect(database="central") as reader, reader.cursor() as reading:
        reading.execute("START TRANSACTION")
        reading.execute("SELECT COUNT(*) FROM VentasAgrupadas")
        with pytest.raises(RuntimeError, match="1205.*Lock wait timeout"):
            schema.run_scripts(places.vps, schema.AGGREGATE_SCRIPTS, schema.AGGREGATE_DATABASE)
    schema.run_scripts(places.vps, schema.AGGREGATE_SCRIPTS, schema.AGGREGATE_DATABASE)
