# SPDX-License-Identifier: MIT
"""A database is down, silent or lost in the middle: the rest is done, the error says which, the next run catches up."""
import contextlib
import re

import pytest

from support import oracle, schema
from support.daemon import BRANCH, DAY_IN_ERROR, OK, UNREACHABLE
from support.pos import EMPTY_DAY, WEEK, sell
from support.waiting import wait_until

DAY = WEEK[2]
PLACE_IN_MESSAGES = {"pos": "operational", "local": "local", "vps": "vps"}
CLIENT_ERROR = re.compile(r"\(20\d\d/")
TARGETS = pytest.mark.parametrize("name", ["local", "vps"])
IMPATIENT = {"timeouts": {"connect": "1s", "read": "1s"}, "retry": {"attempts": 1, "initial": "5ms", "max": "20ms"}}


def other_target(places, name):
    return places.vps if name == "local" else places.local


def assert_unreachable(run, name, days):
    """Every day is in ERROR, and the message says which database and why."""
    for day in days:
        line = run.day(day)
        assert line["estado"] == "ERROR"
        assert PLACE_IN_MESSAGES[name] in line["error"]
        assert CLIENT_ERROR.search(line["error"]), line["error"]
        for other in PLACE_IN_MESSAGES.values():
            assert other == PLACE_IN_MESSAGES[name] or other not in line["error"]
    assert PLACE_IN_MESSAGES[name] in run.stdout + run.stderr


def assert_catches_up(places, consolidador):
    consolidador.once_for(WEEK[0], WEEK[-1]).expect(OK)
    oracle.assert_agree(places, BRANCH, WEEK)


@TARGETS
@pytest.mark.parametrize("how", ["down", "killed"])
def test_a_dead_target_holds_up_nothing_else(week, consolidador, name, how):
    server = getattr(week, name)
    server.kill() if how == "killed" else server.stop()
    try:
        run = consolidador.once_for(WEEK[0], WEEK[-1]).expect(UNREACHABLE)
    finally:
        server.start()
    assert_unreachable(run, name, WEEK)
    other = other_target(week, name)
    # Whether the dead one has sales of the empty day is not known: it is not recorded as empty.
    assert {(line[name], line[other.name]) for line in run.days} == {("error", "nuevo"), ("error", "en espera")}
    oracle.assert_agree(week, BRANCH, [day for day in WEEK if day != EMPTY_DAY], [other])
    assert oracle.target_rows(server, BRANCH) == []
    assert_catches_up(week, consolidador)


@pytest.mark.unguarded
def test_a_dead_pos_leaves_both_targets_as_they_were(synced, consolidador):
    before = [oracle.synced_at(target, BRANCH) for target in synced.targets]
    with synced.pos.down():
        run = consolidador.once_for(WEEK[0], WEEK[-1]).expect(UNREACHABLE)
    assert_unreachable(run, "pos", WEEK)
    assert [oracle.synced_at(target, BRANCH) for target in synced.targets] == before
    sell(synced.pos, DAY)
    assert_catches_up(synced, consolidador)


@TARGETS
def test_a_silent_target_is_given_up_and_holds_up_nothing_else(week, consolidador, name):
    """It accepts the connection and then says nothing, as behind a firewall that swallows packets."""
    server = getattr(week, name)
    consolidador.configure(**IMPATIENT)
    with server.frozen():
        run = consolidador.once_for(WEEK[0], WEEK[1]).expect(UNREACHABLE)
    assert_unreachable(run, name, WEEK[:2])
    oracle.assert_agree(week, BRANCH, WEEK[:2], [other_target(week, name)])
    assert_catches_up(week, consolidador)


@pytest.mark.unguarded
def test_a_silent_pos_is_given_up(week, consolidador):
    consolidador.configure(**IMPATIENT)
    with week.pos.frozen():
        run = consolidador.once_for(WEEK[0], WEEK[1]).expect(UNREACHABLE)
    assert_unreachable(run, "pos", WEEK[:2])
    assert_catches_up(week, consolidador)


@contextlib.contextmanager
def last_row_locked(places, target, day):
    """Another client holds the day's last row in the target: a run that writes the day gets stuck there."""
    last = oracle.pos_rows(places.pos, BRANCH, (day, day))
    upc = max(last, key=lambda row: row.split("|", 9)[9].encode()).split("|", 9)
    connection = target.connect()
    with connection.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("INSERT INTO central.VentasAgrupadas VALUES (%s,%s,%s,%s,%s,%s,%s,0,0,0,'2026-01-01')",
                       (upc[0], upc[1], upc[9], *upc[2:6]))
    try:
        yield
    finally:
        with contextlib.suppress(Exception):  # the server may be gone: so are its locks
            connection.rollback()
        connection.close()


def stuck_connection(target):
    """The id of the daemon's connection that waits for a locked row, or None. Nobody else waits; in a trigger
    the process list shows its definer."""
    waiting = target.query("SELECT trx_mysql_thread_id FROM information_schema.INNODB_TRX"
                           " WHERE trx_state = 'LOCK WAIT'")
    return waiting[0][0] if waiting else None


@contextlib.contextmanager
def stuck_in_the_middle(places, consolidador, target):
    """Gives a running `once` and its connection id in the target, with half a day written and not committed."""
    consolidador.write_config()
    with last_row_locked(places, target, DAY):
        process = consolidador.spawn("once", "--from", str(DAY), "--to", str(DAY))
        try:
            yield process, wait_until(lambda: stuck_connection(target), "the run waits in its transaction")
        except BaseException:
            process.kill()
            raise


@TARGETS
def test_a_connection_lost_in_the_middle_of_a_day_is_tried_again(week, consolidador, name):
    target = getattr(week, name)
    with stuck_in_the_middle(week, consolidador, target) as (process, connection):
        target.query(f"KILL CONNECTION {connection}")
        wait_until(lambda: stuck_connection(target) not in (None, connection), "the run is back, on a new connection")
    run = consolidador.finish(process).expect(OK)
    assert run.day(DAY)["intentos"] == "2"
    oracle.assert_agree(week, BRANCH, [DAY])


@TARGETS
def test_a_query_killed_in_the_middle_of_a_day_is_tried_again(week, consolidador, name):
    target = getattr(week, name)
    with stuck_in_the_middle(week, consolidador, target) as (process, connection):
        target.query(f"KILL QUERY {connection}")
    run = consolidador.finish(process).expect(OK)
    assert run.day(DAY)["intentos"] == "2"
    oracle.assert_agree(week, BRANCH, [DAY])


@TARGETS
def test_a_server_killed_in_the_middle_of_a_day_keeps_nothing_of_it(week, consolidador, name):
    target = getattr(week, name)
    with stuck_in_the_middle(week, consolidador, target) as (process, _):
        target.kill()
        run = consolidador.finish(process).expect(UNREACHABLE)
    assert_unreachable(run, name, [DAY])
    target.start()
    assert oracle.target_rows(target, BRANCH) == []
    assert target.query("SELECT * FROM central.SincronizacionDias") == ()
    oracle.assert_agree(week, BRANCH, [DAY], [other_target(week, name)])
    assert_catches_up(week, consolidador)


@TARGETS
def test_a_daemon_killed_in_the_middle_of_a_day_leaves_nothing_of_it(week, consolidador, name):
    target = getattr(week, name)
    with stuck_in_the_middle(week, consolidador, target) as (process, connection):
        process.kill()
        process.communicate()
    present = f"SELECT ID FROM information_schema.PROCESSLIST WHERE ID = {connection}"
    wait_until(lambda: target.query(present) == (), "the server has ended the dead client's transaction")
    assert oracle.target_rows(target, BRANCH) == []
    assert_catches_up(week, consolidador)


def test_a_row_held_by_somebody_else_for_ever_is_one_day_in_error(week, consolidador):
    """The statement's own limit ends it; the database is reachable, so this is not an outage."""
    for first, last in ((WEEK[0], WEEK[1]), (WEEK[3], WEEK[-1])):
        consolidador.once_for(first, last).expect(OK)
    consolidador.configure(timeouts={"statement": "1s"}, retry={"attempts": 1})
    with last_row_locked(week, week.vps, DAY):
        run = consolidador.once_for(WEEK[0], WEEK[-1]).expect(DAY_IN_ERROR)
    assert (run.day(DAY)["local"], run.day(DAY)["vps"]) == ("nuevo", "error")
    assert "vps" in run.day(DAY)["error"] and "timeouts.statement" in run.day(DAY)["error"]
    assert {run.day(day)["estado"] for day in WEEK if day != DAY} == {"OK"}
    assert_catches_up(week, consolidador)


def test_a_wrong_password_is_an_error_of_that_database_alone(week, consolidador):
    consolidador.write_password("vps", "otra clave")
    run = consolidador.once_for(DAY).expect(DAY_IN_ERROR)
    assert "vps" in run.day(DAY)["error"] and "Access denied" in run.day(DAY)["error"]
    oracle.assert_agree(week, BRANCH, [DAY], [week.local])
