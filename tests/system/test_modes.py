# SPDX-License-Identifier: MIT
"""dry-run, local-only, audit-only: what must not happen is proven by the servers' own logs."""
import contextlib
import re

import pytest

from support import oracle
from support.daemon import BRANCH, DAY_IN_ERROR, OK, USAGE
from support.pos import EMPTY_DAY, WEEK, sell
from support.schema import ACCOUNTS
from test_preflight import set_global

COUNTERS = ("Handler_write", "Handler_update", "Handler_delete")
WRITE = re.compile(r"\s*(INSERT|UPDATE|DELETE|REPLACE|TRUNCATE|LOAD|CREATE|ALTER|DROP"
                   r"|CALL\s+sp_registrar_dia|CALL\s+sp_delete_ventas_agrupadas)\b", re.IGNORECASE)
ASKED = ("Query", "Execute")


@pytest.fixture(autouse=True)
def no_events(places):
    """The targets' own would count among the writes."""
    with contextlib.ExitStack() as stack:
        for target in places.targets:
            stack.enter_context(set_global(target, "event_scheduler", "OFF"))
        yield


@contextlib.contextmanager
def recorded(servers):
    """Gives, after the block, the log of each server by its name."""
    logs = {}
    with contextlib.ExitStack() as stack:
        for server in servers:
            logs[server.name] = stack.enter_context(server.recording())
        yield logs


def writes(log):
    """The writing statements that the daemon's account had executed (preparing one writes nothing)."""
    return [entry for entry in log if entry.user in ACCOUNTS
            and entry.command in ASKED and WRITE.match(entry.text)]


def contents(places):
    """What the targets hold, and their counters of rows written."""
    return [(oracle.synced_at(target, BRANCH), target.query("SELECT * FROM central.SincronizacionDias"),
             target.query("SELECT * FROM central.EstadoSucursales"), target.status(*COUNTERS))
            for target in places.targets]


def something_to_do(places):
    """Two changed days, and damage in one target."""
    sell(places.pos, WEEK[0])
    places.pos.query("DELETE FROM superpos.ventasdiarias WHERE Fecha = %s LIMIT 1", (WEEK[1],))
    places.vps.query(f"DELETE FROM central.VentasAgrupadas WHERE Fecha = '{WEEK[2]}' LIMIT 1")


def test_the_logs_show_the_writes_of_a_normal_run(week, consolidador):
    """Otherwise the tests below would prove nothing."""
    with recorded(week) as logs:
        consolidador.once_for(WEEK[0], WEEK[-1]).expect(OK)
    assert writes(logs["pos"]) == []
    assert writes(logs["local"]) and writes(logs["vps"])


@pytest.mark.parametrize("asked_by", ["option", "configuration"])
def test_a_dry_run_writes_nothing_and_says_what_it_would_do(synced, consolidador, asked_by):
    something_to_do(synced)
    before = contents(synced)
    arguments = ["--dry-run"] if asked_by == "option" else []
    consolidador.configure(dry_run=asked_by == "configuration")
    with recorded(synced) as logs:
        run = consolidador.once_for(WEEK[0], WEEK[-1], *arguments).expect(OK)
    assert [writes(log) for log in logs.values()] == [[], [], []]
    assert all(any(entry.user in ACCOUNTS for entry in log) for log in logs.values())
    assert contents(synced) == before
    told = (consolidador.logs / "bot.log").read_text()
    assert f"dry run, nothing was written: {WEEK[0]}: " in told and ", local would be cambiado, vps would be cambiado" in told
    for day, expected in {WEEK[0]: "changed", WEEK[1]: "changed", WEEK[2]: "repaired", WEEK[4]: "up to date"}.items():
        (line,) = (line for line in run.stdout.splitlines() if line.startswith(str(day)))
        assert ("would be " * (expected != "up to date")) + expected in line
    assert "nothing was written" in run.stdout


def test_a_dry_run_of_a_new_branch_writes_nothing(week, consolidador):
    before = contents(week)
    run = consolidador.once_for(WEEK[0], WEEK[-1], "--dry-run").expect(OK)
    assert contents(week) == before
    assert run.stdout.count(" new") == 2 * len(WEEK)


def test_a_dry_run_leaves_no_outcome_in_the_bitacora(week, consolidador):
    """The bitacora tells what is in the databases; what would be is not."""
    assert consolidador.once_for(WEEK[0], WEEK[-1], "--dry-run").expect(OK).days == []


@pytest.mark.parametrize("option", ["--approve-loss=acta 17", "--take-over"])
def test_dry_run_in_the_file_takes_nothing_that_writes(week, consolidador, option):
    consolidador.configure(dry_run=True)
    run = consolidador.once_for(WEEK[0], WEEK[-1], option).expect(USAGE)
    assert "dry_run: true" in run.stderr


@pytest.mark.parametrize("asked_by", ["option", "configuration", "no vps in the configuration"])
def test_local_only_never_connects_to_the_vps(week, consolidador, asked_by):
    if asked_by != "option":
        consolidador.configure(local_only=True)
    if asked_by == "no vps in the configuration":
        del consolidador.settings["databases"]["vps"]
    refused = week.vps.status("Aborted_connects")
    with recorded(week) as logs:
        run = consolidador.once_for(WEEK[0], WEEK[-1], *(["--local-only"] if asked_by == "option" else []))
    run.expect(OK)
    assert {entry.user for entry in logs["vps"] if entry.command == "Connect"} == set()
    assert week.vps.status("Aborted_connects") == refused
    assert any(entry.user == "bot" for entry in logs["local"])
    assert oracle.target_rows(week.vps, BRANCH) == []
    waits = set() if asked_by == "no vps in the configuration" else {EMPTY_DAY}
    oracle.assert_agree(week, BRANCH, [day for day in WEEK if day not in waits], [week.local])
    for day in WEEK:
        assert run.day(day)["estado"] == "OK"
        assert run.day(day)["local"] == ("en espera" if day in waits else "nuevo")
        assert run.day(day)["vps"] == "omitido"


def test_what_a_local_only_run_has_left_waiting_comes_with_the_next_that_asks_the_vps(week, consolidador):
    consolidador.once_for(WEEK[0], WEEK[-1], "--local-only").expect(OK)
    assert consolidador.once_for(EMPTY_DAY, EMPTY_DAY).expect(OK).day(EMPTY_DAY)["local"] == "nuevo"


def test_local_only_does_not_mind_a_dead_vps_and_a_full_run_catches_up(week, consolidador):
    with week.vps.down():
        consolidador.once_for(WEEK[0], WEEK[-1], "--local-only").expect(OK)
    consolidador.once_for(WEEK[0], WEEK[-1]).expect(OK)
    oracle.assert_agree(week, BRANCH, WEEK)


def test_audit_only_says_that_equal_places_are_equal_and_writes_nothing(synced, consolidador):
    before = contents(synced)
    with recorded(synced) as logs:
        run = consolidador.once_for(WEEK[0], WEEK[-1], "--audit-only").expect(OK)
    assert [writes(log) for log in logs.values()] == [[], [], []]
    assert contents(synced) == before
    assert {line["estado"] for line in run.days} == {"OK"}


def test_audit_only_finds_every_difference_and_mends_none(synced, consolidador):
    something_to_do(synced)
    before = contents(synced)
    with recorded(synced) as logs:
        run = consolidador.once_for(WEEK[0], WEEK[-1], "--audit-only").expect(DAY_IN_ERROR)
    assert [writes(log) for log in logs.values()] == [[], [], []]
    assert contents(synced) == before
    different = {WEEK[0]: ("local", "vps"), WEEK[1]: ("local", "vps"), WEEK[2]: ("vps",)}
    for day in WEEK:
        line = run.day(day)
        assert line["estado"] == ("ERROR" if day in different else "OK")
        for name in ("local", "vps"):
            assert (line[name] == "error") == (name in different.get(day, ())), line
            assert (name in line["error"]) == (name in different.get(day, ())), line
    assert "TotalFilas" in run.day(WEEK[2])["error"]


def test_audit_only_of_a_day_that_was_never_sent_is_an_error(week, consolidador):
    run = consolidador.once_for(WEEK[0], WEEK[-1], "--audit-only").expect(DAY_IN_ERROR)
    assert {line["estado"] for line in run.days} == {"ERROR"}


def test_modes_combine(synced, consolidador):
    something_to_do(synced)
    before = contents(synced)
    with recorded(synced) as logs:
        consolidador.once_for(WEEK[0], WEEK[-1], "--local-only", "--dry-run").expect(OK)
    assert {entry.user for entry in logs["vps"] if entry.command == "Connect"} == set()
    assert contents(synced) == before
