# SPDX-License-Identifier: MIT
"""The daemon on a system bus, through busctl and gdbus: what it tells and does, and for whom."""
import contextlib
import tempfile
import time
import xml.etree.ElementTree as ElementTree

import pytest

from support import pos
from support.accounts import GROUP, MEMBER, NOBODY
from support.bus import (ERROR, JOB, LOG, LOG_PATH, MANAGER, OPEN_POLICY, Branch, CallFailed,
                         PrivateBus, Watcher)
from support.daemon import BRANCH
from support.relay import Refuse
from support.schema import ROOT
from support.waiting import wait_until

COMMANDS = {"SyncNow": (), "Backfill": ("2026-01-01", "2026-01-01"),
            "Reprocess": ("2026-01-01", "2026-01-01"), "Audit": ("2026-01-01", "2026-01-01"),
            "Approve": ("2026-01-01", "2026-01-01", "'why'"), "Restore": ("2026-01-01", "'vps'", "'why'"),
            "TakeOver": (), "Pause": ("'inventory'",), "Resume": (), "Reload": ()}
FIGURES = ("Rows", "Units", "Sales", "Cost", "Huella", "Revision")
EMITS = "org.freedesktop.DBus.Property.EmitsChangedSignal"


@pytest.fixture
def running(places, service, branch):
    """Three days of sales, synced; the last is today."""
    pos.fill(places.pos, service.days(3), empty=())
    service.start(window={"reprocess_days": 2})
    service.wait_synced(service.days(3))
    return branch


@pytest.fixture
def watcher(running):
    with contextlib.closing(Watcher(running.bus, running.name, NOBODY)) as watching:
        yield watching


def described(xml, interface):
    """An interface as a set of facts."""
    (element,) = (each for each in ElementTree.fromstring(xml) if each.get("name") == interface)
    facts = set()
    for member in element:
        if member.tag == "annotation":
            continue
        facts.add((member.tag, member.get("name"), member.get("type"), member.get("access"),
                   *((arg.get("name"), arg.get("type"), arg.get("direction", ""))
                     for arg in member.iter("arg")),
                   *((note.get("name"), note.get("value")) for note in member.iter("annotation")
                     if note.get("name") == EMITS)))
    return facts


def installed(name):
    return (ROOT / f"daemon/bus/{name}.xml").read_text()


def ledger(target, day):
    """What the target's own ledger says, as GetDay should."""
    return target.query(
        "SELECT Filas, TotalUnidades, TotalVenta, TotalCosto, Huella, Revision FROM"
        " central.SincronizacionDias WHERE IdSucursal = %s AND Fecha = %s", (BRANCH, day))[0]


def told(day, target):
    found = next(each for each in day["Targets"] if each["Target"] == target)
    return found, tuple(found[key] for key in FIGURES)


def assert_tells_the_ledgers(places, branch, day):
    """The ledgers are written a moment before the service has taken note of it."""
    wait_until(lambda: not any(told(branch.call("GetDay", "s", str(day))[0], target.name)[0]["Pending"]
                               for target in places.targets), f"{day} is no longer pending")
    for target in places.targets:
        found, figures = told(branch.call("GetDay", "s", str(day), user=NOBODY)[0], target.name)
        rows, *amounts, huella, revision = ledger(target, day)
        assert figures == (rows, *map(str, amounts), str(huella), revision)
        assert found["Recorded"] is True
        assert 0 < found["FirstSyncUSec"] <= found["LastSyncUSec"] <= found["VerifiedUSec"]


# -- reading ---------------------------------------------------------------------------------------


def test_the_introspection_is_what_is_installed(running):
    real = running.bus.output("busctl", "introspect", "--xml-interface", running.name,
                              "/org/consolidador/Ventas1", user=NOBODY)
    assert described(real, MANAGER) == described(installed(MANAGER), MANAGER)
    running.call("Pause", "s", "so that the job stays")
    job = running.call("SyncNow")[0]
    real = running.bus.output("busctl", "introspect", "--xml-interface", running.name, job)
    assert described(real, JOB) == described(installed(JOB), JOB)


def test_anybody_reads_every_property_and_the_status_says_the_same(running):
    names = [fact[1] for fact in described(installed(MANAGER), MANAGER) if fact[0] == "property"]
    values = {name: running.get(name, user=NOBODY) for name in names}
    at_one_moment = running.properties(user=NOBODY)
    assert set(at_one_moment) == set(names)
    status = running.call("GetStatus", user=NOBODY)[0]
    for name in ("BranchId", "Version", "Health", "LastAuditedDay", "ConfigGeneration",
                 "FailedDays", "HeldDays", "ArchivedDays", "StartedUSec", "OldestPendingDay", "ConfigError"):
        assert status[name] == values[name]
    assert values["BranchId"] == BRANCH
    assert values["Health"] == "ok" and values["HealthReasons"] == []
    assert values["State"] in ("idle", "syncing")
    assert values["PendingDays"].keys() == values["LastSuccessUSec"].keys() == {"local", "vps"}
    assert values["HeldDays"] == values["ArchivedDays"] == 0
    assert values["DaysSynced"] >= 6 and values["RowsSynced"] > 0
    assert [place["Name"] for place in status["Places"]] == ["operational", "local", "vps"]
    now = time.time() * 1e6
    assert values["StartedUSec"] < values["LastCycleUSec"] < now
    assert at_one_moment["LastCycleUSec"] < at_one_moment["NextCycleUSec"]


def test_a_day_is_told_as_the_ledgers_have_it(places, service, running):
    days = service.days(3)
    for day in days:
        assert_tells_the_ledgers(places, running, day)
    pos.sell(places.pos, days[1])
    service.wait_synced(days)
    assert_tells_the_ledgers(places, running, days[1])  # changed
    job = running.request("Reprocess", days[1], days[1])
    wait_until(lambda: job not in [each["Path"] for each in running.jobs()], "reprocessed")
    assert_tells_the_ledgers(places, running, days[1])  # emptied and rewritten
    listed = running.call("ListDays", "ssu", "1990-01-01", str(days[-1]), "0", user=NOBODY)[0]
    assert [day["Date"] for day in listed] == [str(day) for day in reversed(days)]
    assert listed[1] == running.call("GetDay", "s", str(days[1]))[0]
    newest = running.call("ListDays", "ssu", "1990-01-01", "2999-01-01", "1")[0]
    assert [day["Date"] for day in newest] == [str(days[-1])]
    assert ERROR + "NotFound" in running.refusal("GetDay", "1999-12-31")


# -- commanding ------------------------------------------------------------------------------------


def test_an_unprivileged_user_is_refused_every_command(running):
    before = running.properties()
    for method, arguments in COMMANDS.items():
        assert "AccessDenied" in running.refusal(method, *arguments, user=NOBODY)
    running.call("Pause", "s", "so that the job stays")
    job = running.call("SyncNow")[0]
    assert "AccessDenied" in running.refusal("Cancel", path=job, interface=JOB, user=NOBODY)
    with pytest.raises(CallFailed, match="denied"):
        running.bus.output("busctl", "set-property", running.name, LOG_PATH, LOG, "LogLevel", "s",
                           "debug", user=NOBODY)
    assert [each["Path"] for each in running.jobs()] == [job]
    assert running.get("ConfigGeneration") == before["ConfigGeneration"]


def test_the_daemon_itself_refuses_what_a_careless_policy_lets_through(
        places, service, known_accounts):
    """The bus policy is one lock; the daemon asks the bus who calls, and is another."""
    with tempfile.TemporaryDirectory(prefix="bus-") as folder:
        policy = f"{folder}/open.conf"
        with open(policy, "w", encoding="utf-8") as file:
            file.write(OPEN_POLICY)
        with contextlib.closing(PrivateBus(folder, policy).start()) as bus:
            service.bus, service.environment = "system", dict(bus.environment)
            service.start()
            branch = Branch(bus, BRANCH)
            for method, arguments in COMMANDS.items():
                assert ERROR + "AccessDenied" in branch.refusal(method, *arguments, user=NOBODY)
            with pytest.raises(CallFailed, match="only root and members"):
                bus.output("busctl", "set-property", branch.name, LOG_PATH, LOG, "LogLevel", "s",
                           "debug", user=NOBODY)
            branch.call("Pause", "s", "by a member", user=MEMBER, groups=[GROUP])
            assert branch.get("PauseReason") == "by a member"
            service.stop()


def test_a_member_of_the_group_commands(service, running):
    member = {"user": MEMBER, "groups": [GROUP]}
    running.call("Pause", "s", "inventory\nat night", **member)
    assert running.get("State") == "paused"
    assert running.get("PauseReason") == "inventory at night"
    assert running.get("NextCycleUSec") == 0
    jobs = [running.request(method, *service.days(2), **member)
            for method in ("Backfill", "Reprocess", "Audit")]
    jobs += running.call("SyncNow", **member)
    # The targets have both days: there is nothing to backfill, and that job is done at once.
    assert [each["Path"] for each in running.jobs()] == jobs[1:]
    assert [each["Kind"] for each in running.jobs()] == ["reprocess", "audit", "sync"]
    first, last = map(str, service.days(2))
    assert running.properties(path=jobs[1], interface=JOB) == {
        "Kind": "reprocess", "From": first, "To": last, "State": "running", "Progress": 0,
        "Done": 0, "Total": 4, "Failed": 0, "Held": 0, "Error": ""}
    running.call("Cancel", path=jobs[2], interface=JOB, **member)
    assert [each["Path"] for each in running.jobs()] == [jobs[1], jobs[3]]
    running.call("Resume", **member)
    wait_until(lambda: not running.jobs(), "the other jobs are done")
    assert running.get("State") != "paused" and running.get("PauseReason") == ""
    running.call("Reload", **member)
    assert running.get("ConfigGeneration") == 2


def test_a_refused_reload_names_file_line_and_key_and_keeps_the_old_configuration(
        consolidador, service, running):
    good = consolidador.config.read_text()
    consolidador.config.write_text(good + "schedule:\n  evry: 1s\n")
    reply = running.refusal("Reload")
    assert ERROR + "ConfigurationInvalid" in reply
    for part in ("sucursal.yaml", f"{len(good.splitlines()) + 1}", "schedule"):
        assert part in reply
    consolidador.config.write_text(good.replace('"reprocess_days": 2', '"reprocess_day": 2'))
    reply = running.refusal("Reload")
    lines = enumerate(good.splitlines(), 1)
    line = next(number for number, text in lines if "reprocess_days" in text)
    for part in ("sucursal.yaml", f"{line}: window.reprocess_day", "reprocess_days"):
        assert part in reply
    assert running.get("ConfigError") in reply and running.get("ConfigGeneration") == 1
    assert running.get("Health") == "degraded"
    consolidador.config.write_text(good)
    running.call("Reload")
    assert running.get("ConfigError") == "" and running.get("ConfigGeneration") == 2


def test_the_log_level_is_read_by_anybody_and_changed_by_those_who_command(
        places, service, running):
    def level(**who):
        return running.get("LogLevel", path=LOG_PATH, interface=LOG, **who)

    def set_level(value, **who):
        running.bus.output("busctl", "set-property", running.name, LOG_PATH, LOG, "LogLevel", "s",
                           value, **who)

    assert running.properties(path=LOG_PATH, interface=LOG, user=NOBODY) == {
        "LogLevel": "info", "LogTarget": "console", "SyslogIdentifier": "consolidadord"}
    set_level("debug", user=MEMBER, groups=[GROUP])
    assert level(user=NOBODY) == "debug"
    service.wait_log("log level is debug now")
    set_level("warning")
    assert level() == "warning"
    said = len(service.log_lines("INFO"))
    pos.sell(places.pos, service.today)
    service.wait_synced(service.days(3))
    assert len(service.log_lines("INFO")) == said
    set_level("info")
    service.wait_log("log level is info now")
    with pytest.raises(CallFailed, match="LogLevel: use debug"):
        set_level("loud")
    with pytest.raises(CallFailed, match="always console"):
        running.bus.output("busctl", "set-property", running.name, LOG_PATH, LOG, "LogTarget", "s",
                           "syslog")


# -- watching --------------------------------------------------------------------------------------


def test_every_signal_reaches_whoever_watches(places, service, running, watcher):
    days = service.days(3)
    pos.sell(places.pos, days[1])
    line = watcher.wait(rf"Manager\.DaySynced \('{days[1]}', 'vps', 'changed'")
    rows, units, *_ = ledger(places.vps, days[1])
    assert f"'Rows': <uint64 {rows}>" in line and f"'Units': <'{units}'>" in line
    assert "'SalesChange': <'10.0000'>" in line and "'Largest': <[{'Upc': <'7502000100001'>" in line
    watcher.wait(r"Manager\.CycleFinished \(uint64 \d+, ")
    job = running.request("Audit", days[0], days[1])
    watcher.wait(rf"Manager\.JobNew \(objectpath '{job}', {{.*'Kind': <'audit'>")
    watcher.wait(rf"Manager\.JobRemoved \(objectpath '{job}', 'done', {{.*'Done': <uint64 4>")
    pos.sell(places.pos, days[1], upc="")
    watcher.wait(rf"Manager\.DayFailed \('{days[1]}', .*Upc")
    watcher.wait(r"Manager\.HealthChanged \('degraded', \[.*Upc")
    job = running.request("Audit", days[1], days[1])
    watcher.wait(rf"Manager\.JobRemoved \(objectpath '{job}', 'failed', {{.*'Error': <.*Upc")
    running.call("Pause", "s", "so that the job stays")
    job = running.request("Audit", days[0], days[1])
    running.call("Cancel", path=job, interface=JOB)
    watcher.wait(rf"Manager\.JobRemoved \(objectpath '{job}', 'cancelled'")


def test_targets_that_go_down_and_come_back_are_told(places, service, branch, relays):
    service.start()
    service.wait_synced(service.days(2))
    with contextlib.closing(Watcher(branch.bus, branch.name, NOBODY)) as watcher:
        with relays["vps"].fault(Refuse()):
            watcher.wait(r"Manager\.TargetDown \('vps', .*127\.0\.0\.1")
            place = branch.call("GetStatus")[0]["Places"][2]
            assert place["Up"] is False and place["Error"] and place["DownSinceUSec"] > 0
        watcher.wait(r"Manager\.TargetUp \('vps',\)")
        wait_until(lambda: branch.call("GetStatus")[0]["Places"][2]["Up"], "the vps is up")
        assert branch.get("Reconnects") >= 1


def test_changes_of_properties_are_told_with_their_values(places, service, running, watcher):
    changed = r"/org/consolidador/Ventas1: org\.freedesktop\.DBus\.Properties\.PropertiesChanged "
    running.call("Pause", "s", "inventory")
    watcher.wait(changed + rf"\('{MANAGER}', {{.*'PauseReason': <'inventory'>.*'State': <'paused'>")
    job = running.request("Audit", *service.days(2))
    running.call("Resume")
    watcher.wait(rf"{job}: org\.freedesktop\.DBus\.Properties\.PropertiesChanged \('{JOB}', "
                 r"{'Done': <uint64 4>, 'Progress': <1.0>, 'State': <'done'>}")
    pos.sell(places.pos, service.today)
    watcher.wait(changed + r".*'RowsSynced': <uint64 \d+>")
    running.call("Reload")
    watcher.wait(changed + r".*'ConfigGeneration': <uint64 2>")
    assert not watcher.matching("PropertiesChanged.*'(LastSuccessUSec|Version|BranchId)': <")
