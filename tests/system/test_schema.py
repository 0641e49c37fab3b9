# SPDX-License-Identifier: MIT
"""The scripts of sql/ as an administrator runs them."""
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
