# SPDX-License-Identifier: MIT
"""The exit codes of the command line, which cron jobs and scripts rely on."""
import contextlib
import datetime

import pytest

from support import oracle
from support.daemon import BRANCH, CONFIGURATION, DAY_IN_ERROR, OK, UNREACHABLE, USAGE, run_binary
from support.pos import WEEK, sell


def test_version_and_help_need_no_configuration():
    code, out, err = run_binary("--version")
    assert (code, err) == (OK, "") and out.startswith("consolidadord ")
    code, out, err = run_binary("--help")
    assert (code, err) == (OK, "")
    for option in ("--config", "--from", "--to", "--dry-run", "--local-only", "--audit-only", "--connect"):
        assert option in out


@pytest.mark.parametrize("arguments, said", [
    (["once"], "--config"),
    (["--config"], "option"),
    (["--config", "x.yaml", "--nada"], "option"),
    (["--config", "x.yaml", "twice"], "twice"),
    (["--config", "x.yaml", "once", "check"], "check"),
    (["--config", "x.yaml", "once", "--from", "2026-01-01"], "--to"),
    (["--config", "x.yaml", "once", "--from", "2026-01-32", "--to", "2026-02-01"], "--from"),
    (["--config", "x.yaml", "once", "--from", "01/02/2026", "--to", "2026-02-01"], "--from"),
    (["--config", "x.yaml", "once", "--from", "2026-02-01", "--to", "2026-01-01"], "after"),
    (["--config", "x.yaml", "once", "--connect"], "--connect"),
    (["--config", "x.yaml", "check", "--dry-run"], "--dry-run"),
], ids=lambda value: " ".join(value) if isinstance(value, list) else "")
def test_wrong_usage_is_64_and_says_what(arguments, said):
    code, out, err = run_binary(*arguments)
    assert (code, out) == (USAGE, "")
    assert said in err and "consolidadord" in err


def test_a_missing_configuration_is_78():
    code, out, err = run_binary("--config", "/nada/sucursal.yaml", "once")
    assert (code, out) == (CONFIGURATION, "")
    assert "/nada/sucursal.yaml" in err


def test_a_range_that_ends_in_the_future_is_64_and_no_database_is_asked(places, consolidador):
    """The branch's zone decides what today is: its tomorrow is refused, though it may be another zone's today."""
    consolidador.configure(branch={"time_zone": "Pacific/Pago_Pago"})
    ahead = today(-11) + datetime.timedelta(days=2)  # should midnight pass meanwhile, too
    with contextlib.ExitStack() as stack:
        logs = [stack.enter_context(server.recording()) for server in places]
        run = consolidador.once_for(WEEK[0], ahead).expect(USAGE)
    assert run.days == [] and run.stdout == ""
    assert f"--to {ahead} is in the future: today is " in run.stderr
    assert "Pacific/Pago_Pago" in run.stderr and "end the range today at the latest" in run.stderr
    assert not [entry for log in logs for entry in log if entry.user == "bot"]


def test_all_well_is_0_and_a_day_in_error_is_1(week, consolidador):
    consolidador.once_for(WEEK[0], WEEK[-1]).expect(OK)
    sell(week.pos, WEEK[2], upc="")
    consolidador.once_for(WEEK[0], WEEK[1]).expect(OK)
    consolidador.once_for(WEEK[0], WEEK[-1]).expect(DAY_IN_ERROR)


def test_an_unreachable_database_is_69_also_when_a_day_is_in_error(week, consolidador):
    sell(week.pos, WEEK[2], upc="")
    with week.vps.down():
        consolidador.once_for(WEEK[0], WEEK[-1]).expect(UNREACHABLE)


def test_check_validates_and_touches_no_database(places, consolidador):
    with places.pos.recording() as log:
        run = consolidador.check().expect(OK)
    assert str(BRANCH) in run.stdout
    assert not [entry for entry in log if entry.user == "bot"]


def test_check_connect_tries_all_three_databases(week, consolidador):
    run = consolidador.check("--connect").expect(OK)
    assert all(name in run.stdout for name in ("operational", "local", "vps"))


@pytest.mark.parametrize("name", ["pos", "local", "vps"])
def test_check_connect_names_the_database_that_is_down(week, consolidador, name):
    with getattr(week, name).down():
        run = consolidador.check("--connect").expect(UNREACHABLE)
    failed = [line for line in run.stdout.splitlines() if "FAILED" in line]
    assert len(failed) == 1 and failed[0].startswith({"pos": "operational"}.get(name, name))


def test_check_connect_names_a_missing_procedure(week, consolidador):
    week.local.query("DROP PROCEDURE central.sp_audit_ventas_agrupadas")
    run = consolidador.check("--connect").expect(DAY_IN_ERROR)
    failed = [line for line in run.stdout.splitlines() if "FAILED" in line]
    assert failed and all(line.startswith("local") and "sp_audit_ventas_agrupadas" in line for line in failed)


def test_check_connect_writes_nothing(week, consolidador):
    consolidador.check("--connect").expect(OK)
    for target in week.targets:
        assert target.query("SELECT * FROM central.SincronizacionDias") == ()


def test_without_a_range_the_window_is_today_and_the_days_before(places, consolidador):
    """The time zone decides what today is; tried in two zones that are always a day apart."""
    for zone, hours in {"Pacific/Kiritimati": 14, "Pacific/Pago_Pago": -11}.items():
        consolidador.configure(branch={"time_zone": zone}, window={"reprocess_days": 2})
        before, run, after = today(hours), consolidador.once().expect(OK), today(hours)
        windows = [[str(day - datetime.timedelta(days=ago)) for ago in (2, 1, 0)] for day in (before, after)]
        assert [line["fecha"] for line in run.days] in windows


def today(hours_from_utc):
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=hours_from_utc)).date()


def test_the_historical_range_of_the_configuration_is_processed_too(week, consolidador):
    consolidador.configure(historical={"from": str(WEEK[0]), "to": str(WEEK[-1])}, window={"reprocess_days": 0},
                           branch={"time_zone": "UTC"})
    run = consolidador.once().expect(OK)
    assert [line["fecha"] for line in run.days][:len(WEEK)] == [str(day) for day in WEEK]
    assert len(run.days) == len(WEEK) + 1
    assert oracle.differences(week, BRANCH, (WEEK[0], WEEK[-1])) == []
