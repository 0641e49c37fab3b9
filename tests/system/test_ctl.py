# SPDX-License-Identifier: MIT
"""consolidadorctl tells how a branch is: to people, on a terminal and in a pipe, and to machines."""
import contextlib
import json
import os
import re
import signal
import subprocess
import tempfile

import pytest

from support import formats, pos
from support.accounts import NOBODY
from support.bus import Branch, PrivateBus
from support.client import CLIENT, COLUMNS, Client
from support.daemon import BRANCH, DAY_IN_ERROR, OK, UNREACHABLE, USAGE, Consolidador
from support.relay import Refuse
from support.schema import ROOT
from support.service import Service
from support.waiting import wait_until

COMPLETION = ROOT / "daemon/ctl/consolidadorctl.bash"


@pytest.fixture
def client(places, service, branch):
    """Three days of sales, synced."""
    pos.fill(places.pos, service.days(3), empty=())
    service.start(branch={"name": "Peñón"}, window={"reprocess_days": 2})
    service.wait_synced(service.days(3))
    return Client(branch.bus.environment)


@pytest.fixture
def between_cycles(service, client):
    """In a cycle a day is pending again for a moment, on a busy machine for long enough to be seen."""
    service.reload(schedule={"every": "1h"}, health={"degraded_after": "2h"})
    assert "not reloaded" not in service.notify.status
    wait_until(lambda: not any(target["Pending"] for day in
                               json.loads(client.pipe("days", "--format=json").expect(OK).stdout)
                               for target in day["Targets"]), "no day is pending")


@pytest.fixture
def second(places, client, branch, servers):
    """Another branch on the same machine."""
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(dir=servers.folder))
        service = stack.enter_context(
            contextlib.closing(Service(places, Consolidador(servers, folder, branch=98))))
        service.bus, service.environment = "system", dict(branch.bus.environment)
        service.start(branch={"id": 98, "name": "Norte"})
        service.wait_log("cycle: ")
        yield service


# -- for people --------------------------------------------------------------------------------


def test_the_status_is_a_table_plain_in_a_pipe_and_in_colour_on_a_terminal(client):
    plain = client.pipe("status", user=NOBODY).expect(OK).stdout
    assert plain.startswith(f"Branch {BRANCH} Peñón, consolidadord ")
    for part in ("  health       ok\n", "\nPLACE", "\noperational  up", "\nlocal ", "\nvps "):
        assert part in plain
    assert not any(line.endswith(" ") for line in plain.splitlines())
    shown = client.terminal("status").expect(OK).stdout
    assert "\033[32mok\033[0m" in shown and "\033[1mPLACE\033[0m" in shown
    assert "\033" not in client.terminal("status", NO_COLOR="1").stdout
    assert "\033" not in client.terminal("status", term="dumb").stdout
    assert client.pipe().expect(OK).stdout.startswith(f"Branch {BRANCH} Peñón")


def test_a_target_that_is_down_is_shown_with_its_error(places, service, relays, client):
    with relays["vps"].fault(Refuse()):
        service.wait_place("vps", "down since")
        shown = client.pipe("status").expect(OK).stdout
        assert [line for line in shown.splitlines()
                if line.startswith("vps ") and " down " in line and "127.0.0.1" in line]


def test_days_are_listed_with_what_each_target_has(service, client, between_cycles):
    days = service.days(3)
    listed = client.pipe("days", user=NOBODY).expect(OK).stdout.splitlines()
    assert listed[0].split() == ["DATE", "ROWS", "SALES", "LOCAL", "VPS", "ERROR"]
    assert [line.split()[0] for line in listed[1:]] == [str(day) for day in reversed(days)]
    assert listed[1].split()[3:] == ["open", "open"]
    assert listed[2].split()[3:] == ["closed", "closed"]
    one = client.pipe("days", days[0], days[0]).expect(OK).stdout
    assert one.splitlines()[1:] == [listed[3]]
    assert client.pipe("days", "1999-01-01", "1999-12-31").expect(OK).stdout == "no days\n"
    assert "\033[32mclosed\033[0m" in client.terminal("days").expect(OK).stdout
    parsed = json.loads(client.pipe("days", "--format=json").expect(OK).stdout)
    assert [day["Date"] for day in parsed] == [str(day) for day in reversed(days)]


def test_no_line_is_wider_than_the_terminal(places, service, client):
    day = service.days(3)[0]
    pos.sell(places.pos, day, upc="")
    client.pipe("audit", day, day, "--wait").expect(DAY_IN_ERROR)
    service.wait_log("health is degraded: .*in ERROR")
    for words in (("status",), ("days",), ("day", day)):
        shown = client.terminal(*words, NO_COLOR="1").expect(OK).stdout
        assert "Upc is empty" in " ".join(shown.split())
        assert max(map(len, shown.splitlines())) <= COLUMNS, shown


def test_a_day_is_shown_in_each_target(service, branch, client, between_cycles):
    day = service.days(2)[0]
    told = branch.call("GetDay", "s", str(day))[0]
    shown = client.pipe("day", day, user=NOBODY).expect(OK).stdout
    for target in told["Targets"]:
        assert f"  {target['Target']:<15} closed\n" in shown
        for part in (f"rows            {target['Rows']}\n", target["Sales"], target["Huella"],
                     f"ledger revision {target['Revision']}\n"):
            assert part in shown
    assert "\033[32mclosed\033[0m" in client.terminal("day", day).expect(OK).stdout
    assert json.loads(client.pipe("day", day, "--format=json").expect(OK).stdout) == told
    refused = client.pipe("day", "1999-12-31").expect(1)
    assert refused.stdout == "" and "nothing is known of 1999-12-31" in refused.stderr


def test_watch_shows_what_happens_as_it_happens(places, service, client):
    day = service.days(2)[0]
    with client.running("watch") as shown:
        with subprocess.Popen([str(CLIENT), "watch"], env=client.environment,
                              stdout=subprocess.PIPE, encoding="utf-8") as piped:
            shown.wait_for("cycle ")
            piped.stdout.readline()
            pos.sell(places.pos, day)
            shown.wait_for(f"\033[32m{day} vps changed: ")
            client.pipe("audit", day, day).expect(OK)
            shown.wait_for(f": audit {day} to {day}: done, 2 of 2 day tasks, 0 failed")
            for line in piped.stdout:
                assert "\033" not in line
                if f": audit {day} to {day}: done" in line:
                    break
            service.stop()
            shown.wait_for("the daemon has left the bus")
            piped.kill()


# -- for machines ------------------------------------------------------------------------------


def test_json_is_the_status_of_the_bus(branch, client):
    parsed = json.loads(client.pipe("status", "--format=json").expect(OK).stdout)
    told = branch.call("GetStatus")[0]
    assert parsed.keys() == told.keys()
    for name in ("BranchId", "BranchName", "StartedUSec", "Health", "LastAuditedDay", "FailedDays"):
        assert parsed[name] == told[name]
    assert [place["Name"] for place in parsed["Places"]] == ["operational", "local", "vps"]
    assert json.loads(client.pipe("requests", "--format=json").expect(OK).stdout) == []


def test_prometheus_can_read_it(branch, client):
    text = client.pipe("status", "--format=prometheus").expect(OK).stdout
    samples = formats.prometheus(text)
    assert formats.promtool(text) == ""
    assert samples["consolidador_up", f'branch="{BRANCH}"'] == 1
    assert samples["consolidador_health", f'branch="{BRANCH}",health="ok"'] == 1
    started = branch.get("StartedUSec") / 1e6
    assert samples["consolidador_start_timestamp_seconds", f'branch="{BRANCH}"'] == started
    assert samples["consolidador_dates_pending", f'branch="{BRANCH}",place="vps"'] >= 0


def test_the_output_file_is_replaced_at_once(tmp_path, service, client):
    file = tmp_path / "consolidador.prom"
    file.write_text("old")
    with file.open(encoding="utf-8") as old:
        assert client.pipe("status", "--format=prometheus", "--output", file).expect(OK).stdout == ""
        assert old.read() == "old"  # whoever had it open
    assert formats.prometheus(file.read_text())
    assert file.stat().st_mode & 0o777 == 0o644 and os.listdir(tmp_path) == [file.name]
    service.stop()
    client.pipe("--branch", BRANCH, "status", "--format=prometheus", "--output", file).expect(UNREACHABLE)
    assert formats.prometheus(file.read_text()) == {("consolidador_up", f'branch="{BRANCH}"'): 0}
    client.pipe("status", "--format=prometheus", "--output", file).expect(UNREACHABLE)
    assert formats.prometheus(file.read_text()) == {("consolidador_up", ""): 0}
    said = client.pipe("status", "--format=prometheus", "--output", "/nonexistent/x.prom")
    assert said.exit_code == 70 and "/nonexistent/x.prom: No such file" in said.stderr


def test_prometheus_is_told_of_a_daemon_and_of_a_bus_that_hang(tmp_path, branch, service, client):
    file = tmp_path / "consolidador.prom"
    scrape = ("--branch", BRANCH, "status", "--format=prometheus", "--output", file)
    down = {("consolidador_up", f'branch="{BRANCH}"'): 0}
    client.pipe(*scrape).expect(OK)
    service.signal(signal.SIGSTOP)
    try:
        client.pipe(*scrape).expect(UNREACHABLE)
        assert formats.prometheus(file.read_text()) == down
    finally:
        service.signal(signal.SIGCONT)
    client.pipe(*scrape).expect(OK)
    with branch.bus.frozen():
        said = client.pipe(*scrape).expect(UNREACHABLE)
        assert "the bus does not answer within 10 s; see `systemctl status dbus`" in said.stderr
        assert formats.prometheus(file.read_text()) == down


def test_a_bus_that_hangs_is_critical_before_the_monitoring_gives_up(branch, client):
    with branch.bus.frozen():
        word, explanation, _ = formats.nagios(client.pipe("status", "--format=nagios").expect(2).stdout)
    assert word == "CRITICAL" and "the bus does not answer" in explanation


def test_what_to_do_is_said_where_the_daemon_hangs(service, client):
    service.signal(signal.SIGSTOP)
    try:
        said = client.pipe("days").expect(UNREACHABLE)
    finally:
        service.signal(signal.SIGCONT)
    assert "consolidadord does not answer in time" in said.stderr and "systemctl restart" in said.stderr


def check(client, *arguments):
    said = client.pipe("status", "--format=nagios", *arguments)
    return said.exit_code, *formats.nagios(said.stdout)


def test_nagios_gets_a_line_perfdata_and_its_own_exit_codes(places, service, branch, client):
    code, word, explanation, perfdata = check(client)
    assert (code, word) == (0, "OK")
    assert explanation == f"branch {BRANCH}: audited up to {service.days(2)[0]}"
    assert perfdata["late_vps"] == "0;;;0" and perfdata["rows_synced"].endswith("c")
    branch.call("Pause", "s", "inventory | stocktaking")
    assert check(client)[:3] == (1, "WARNING", f"branch {BRANCH}: paused: inventory / stocktaking")
    branch.call("Resume")
    pos.sell(places.pos, service.today, upc="")
    service.wait_log("health is degraded: .*in ERROR")
    code, word, explanation, perfdata = check(client)
    assert (code, word, perfdata["failed_days"]) == (1, "WARNING", "1;;;0") and "Upc" in explanation
    service.stop()
    assert check(client)[:2] == (2, "CRITICAL")
    assert check(client, "--branch", str(BRANCH))[:3] == (
        2, "CRITICAL", f"no consolidadord of branch {BRANCH} is on the bus")
    branch.bus.kill()
    assert check(client)[:2] == (3, "UNKNOWN")
    assert check(client, "--wrong")[:2] == (3, "UNKNOWN")


def test_nagios_is_critical_when_nothing_gets_through(places, service, relays, branch):
    service.start(health={"degraded_after": "2s", "failing_after": "3s"})
    client = Client(branch.bus.environment)
    service.wait_synced(service.days(2))
    with relays["vps"].fault(Refuse()):
        service.wait_log("health is failing")
        assert check(client)[:2] == (2, "CRITICAL")


# -- which branch ------------------------------------------------------------------------------


def test_of_several_branches_one_is_chosen_by_id_or_name(client, second):
    everything = client.pipe("status").expect(OK).stdout
    assert "Branch 98 Norte" in everything and f"Branch {BRANCH} Peñón" in everything
    for name in ("98", "Norte"):
        one = client.pipe("--branch", name, "status").expect(OK).stdout
        assert one.startswith("Branch 98 Norte") and "Peñón" not in one
    parsed = [json.loads(line) for line in
              client.pipe("status", "--format=json").expect(OK).stdout.splitlines()]
    assert [status["BranchId"] for status in parsed] == [98, BRANCH]
    text = client.pipe("status", "--format=prometheus").expect(OK).stdout
    assert formats.promtool(text) == ""
    branches = [re.search(r'branch="(\d+)"', labels)[1] for _, labels in formats.prometheus(text)]
    assert branches.count("98") == branches.count("99") > 20
    refused = client.pipe("requests").expect(USAGE)
    assert f"several branches run here (98, {BRANCH}); choose one with --branch" in refused.stderr
    assert check(client)[:2] == (3, "UNKNOWN")
    assert client.pipe("requests", "--branch=Peñón").expect(OK).stdout == "no requests\n"
    assert "branch Sur" in client.pipe("--branch", "Sur", "requests").expect(UNREACHABLE).stderr


def test_the_bus_is_chosen_as_the_daemon_s(places, service, known_accounts):
    with tempfile.TemporaryDirectory(prefix="bus-") as folder:
        with contextlib.closing(PrivateBus(folder).start()) as bus:
            service.bus, service.environment = "session", {"DBUS_SESSION_BUS_ADDRESS": bus.address}
            service.start()
            bus.wait_name(Branch(bus, BRANCH).name)
            client = Client(service.environment)
            client.pipe("--bus=session", "status").expect(OK)
            service.stop()


# -- wrong usage -------------------------------------------------------------------------------


@pytest.mark.parametrize("words", [
    ("frobnicate",), ("backfill",), ("backfill", "2026-01-01"), ("backfill", "yesterday", "today"),
    ("audit", "2026-01-02", "2026-01-01"), ("day",), ("days", "2026-01-01"), ("status", "all"),
    ("status", "--format=xml"), ("requests", "--format=prometheus"), ("sync", "--output", "x"), ("wait",),
    ("wait", "--audited", "2026-13-01"), ("wait", "--audited", "2026-01-01", "--timeout", "soon"),
    ("approve", "2026-01-01"), ("approve", "2026-01-01", "--reason", ""), ("sync", "--yes"),
    ("restore", "2026-01-01", "--from", "pos", "--reason", "x"), ("take-over", "--reason", "x"),
    ("status", "--wait"), ("--bus=none", "status"), ("--branch",), ("cancel",)], ids=" ".join)
def test_a_wrong_command_line_is_64_and_says_why(words):
    said = Client({}).pipe(*words).expect(USAGE)
    assert said.stderr.startswith("consolidadorctl: ") and said.stdout == ""


def test_help_and_version_need_no_bus():
    assert "Exit codes:" in Client({}).pipe("--help").expect(OK).stdout
    assert Client({}).pipe("--version").expect(OK).stdout.startswith("consolidadorctl ")


def test_without_a_bus_or_a_daemon_it_is_69(bus):
    assert "no consolidadord" in Client(bus.environment).pipe("sync").expect(UNREACHABLE).stderr
    nowhere = Client({"DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nonexistent"})
    assert nowhere.pipe("status").expect(UNREACHABLE).stderr


# -- completion --------------------------------------------------------------------------------


def completed(client, *words):
    """What bash offers for the last of these words."""
    script = (f"PATH={CLIENT.parent}:$PATH; . {COMPLETION}; COMP_WORDS=(consolidadorctl "
              + " ".join(f"'{word}'" for word in words)
              + f"); COMP_CWORD={len(words)}; _consolidadorctl; printf '%s\\n' \"${{COMPREPLY[@]}}\"")
    ended = subprocess.run(["bash", "-c", script], env=client.environment, check=True,
                           capture_output=True, encoding="utf-8")
    return ended.stdout.split()


def test_bash_completes_commands_options_values_and_branches(client):
    assert completed(client, "re") == ["reprocess", "restore", "requests", "resume", "reload"]
    assert completed(client, "status", "--fo") == ["--format"]
    assert completed(client, "status", "--format", "=", "n") == ["nagios"]
    assert completed(client, "status", "--format", "") == ["table", "json", "nagios", "prometheus"]
    assert completed(client, "restore", "2026-01-05", "--from", "") == ["local", "vps"]
    assert completed(client, "--branch", "") == [str(BRANCH)]
    assert completed(client, "sync", "") == []
