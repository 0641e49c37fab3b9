# SPDX-License-Identifier: MIT
"""consolidadorctl commands a branch: each command through a pipe and on a terminal."""
import json
from datetime import timedelta

import pytest

from support import pos
from support.accounts import GROUP, MEMBER, NOBODY
from support.client import COLUMNS, Client
from support.daemon import CONFIGURATION, DAY_IN_ERROR, OK, UNREACHABLE, USAGE
from support.waiting import wait_until

JOBS = ("backfill", "reprocess", "audit")


@pytest.fixture
def days(service):
    return service.days(6)


@pytest.fixture
def client(places, service, branch, days):
    """Six days of sales; only the last two, the window, are synced."""
    pos.fill(places.pos, days, empty=())
    service.start()
    service.wait_synced(days[-2:])
    return Client(branch.bus.environment)


def run_both(client, *arguments):
    """Through a pipe, then on a terminal."""
    return client.pipe(*arguments), client.terminal(*arguments)


def test_a_request_is_made_and_its_number_is_said(service, branch, client, days):
    branch.call("Pause", "s", "so that jobs stay")
    for command in JOBS:
        for said in run_both(client, command, days[0], days[1]):
            assert said.expect(OK).stdout.startswith("request ")
    for said in run_both(client, "sync"):
        said.expect(OK)
    kinds = [job["Kind"] for job in branch.jobs()]
    assert kinds == [kind for kind in JOBS for _ in range(2)] + ["sync"] * 2
    branch.call("Resume")
    wait_until(lambda: not branch.jobs(), "the jobs are done")


def test_with_wait_it_ends_with_the_request(service, client, days):
    for command in JOBS:
        said = client.pipe(command, days[0], days[3], "--wait").expect(OK).stdout
        assert said.startswith("request ") and said.count("\n") == 1
        assert said.endswith(f": {command} {days[0]} to {days[3]}: done, 8 of 8 day tasks, 0 failed\n")
    assert ": done, 4 of 4 day tasks, 0 failed" in client.pipe("sync", "--wait").expect(OK).stdout
    service.wait_synced(days)
    nothing = client.pipe("backfill", days[0], days[-1], "--wait").expect(OK).stdout
    assert ": done, 0 of 0 day tasks, 0 failed" in nothing


def test_on_a_terminal_a_bar_shows_rate_and_time_left(places, service, branch, client, days):
    branch.call("Pause", "s", "until the bar is there")
    with client.running("reprocess", days[0], days[-1], "--wait") as shown:
        shown.wait_for("0/12 day tasks")
        branch.call("Resume")
        assert shown.wait() == OK
        text = shown.text()
    frames = text.split("\r")
    assert all(len(frame.removesuffix("\033[K")) < COLUMNS for frame in frames)
    assert [frame for frame in frames if "/12 day tasks" in frame and "rows/s" in frame and "left" in frame]
    assert text.endswith(f": reprocess {days[0]} to {days[-1]}: done, 12 of 12 day tasks, 0 failed\n")


def test_a_request_that_fails_ends_with_1_and_the_reason(places, service, client, days):
    pos.sell(places.pos, days[0], upc="")
    for said in run_both(client, "audit", days[0], days[1], "--wait"):
        assert ": failed, 4 of 4 day tasks, 2 failed\n" in said.expect(DAY_IN_ERROR).stdout
        assert "Upc is empty" in said.stdout
    assert "ERROR" in client.pipe("status").stdout
    listed = client.pipe("days").expect(OK).stdout
    assert [line for line in listed.splitlines() if str(days[0]) in line and "Upc is empty" in line]


def test_requests_are_listed_and_cancelled(branch, client, days):
    branch.call("Pause", "s", "so that jobs stay")
    for said in run_both(client, "requests"):
        assert said.expect(OK).stdout == "no requests\n"
    first, second = (branch.request("Audit", days[0], day) for day in days[:2])
    listed = client.pipe("requests", user=NOBODY).expect(OK).stdout.splitlines()
    ids = [path.rsplit("/", 1)[1] for path in (first, second)]
    assert [line.split()[0] for line in listed[1:3]] == ids
    assert listed[3].startswith("the service is paused"), listed
    assert "\033[1mKIND\033[0m" in client.terminal("requests").stdout
    assert [job["Path"] for job in json.loads(client.pipe("requests", "--format=json").stdout)] == [first, second]
    assert client.pipe("jobs", "--format=json").stdout == client.pipe("requests", "--format=json").stdout
    with client.running("audit", days[0], days[2], "--wait") as waiting:
        waiting.wait_for("0/6 day tasks")
        third = branch.jobs()[-1]["Path"].rsplit("/", 1)[1]
        client.pipe("cancel", third).expect(OK)
        assert waiting.wait() == DAY_IN_ERROR and ": cancelled, 0 of 6 day tasks" in waiting.text()
    client.terminal("cancel", first.rsplit("/", 1)[1]).expect(OK)
    assert [job["Path"] for job in branch.jobs()] == [second]
    assert "request 4711 does not run" in client.pipe("cancel", 4711).expect(DAY_IN_ERROR).stderr
    client.pipe("cancel", "all").expect(USAGE)


def test_pause_and_resume(branch, client):
    for run in (client.pipe, client.terminal):
        run("pause", "inventory", "tonight").expect(OK)
        assert branch.get("PauseReason") == "inventory tonight"
        assert "paused: inventory tonight" in client.pipe("status").stdout
        run("resume").expect(OK)
        assert branch.get("State") != "paused"
    client.pipe("pause").expect(OK)
    assert branch.get("PauseReason") == "by root"


def test_reload_says_what_is_wrong_with_file_line_and_key(consolidador, branch, client):
    for run in (client.pipe, client.terminal):
        run("reload").expect(OK)
    assert branch.get("ConfigGeneration") == 3
    good = consolidador.config.read_text()
    consolidador.config.write_text(good + "retri: {}\n")
    line = len(good.splitlines()) + 1
    said = client.pipe("reload").expect(CONFIGURATION)
    assert f"sucursal.yaml:{line}: retri" in said.stderr and said.stdout == ""
    assert f"sucursal.yaml:{line}: retri" in client.terminal("reload").expect(CONFIGURATION).stdout
    assert branch.get("ConfigGeneration") == 3
    assert "retri" in client.pipe("status").stdout


def test_wait_ends_when_the_ended_day_is_proven_in_every_target(places, service, client, days):
    for said in run_both(client, "wait", "--audited", days[-2]):
        assert "the days before it are audited in every target" in said.expect(OK).stdout
    said = client.pipe("wait", "--audited", service.today, "--timeout", "1s").expect(DAY_IN_ERROR)
    assert f"{service.today} is not audited yet: it " in said.stdout
    tomorrow = service.today + timedelta(days=1)
    for command in (("wait", "--audited", tomorrow), ("day", tomorrow)):
        assert f"{tomorrow} is still to come in the branch" in client.pipe(*command).expect(USAGE).stderr
    said = client.pipe("wait", "--audited", "2020-01-01", "--timeout", "1s").expect(DAY_IN_ERROR)
    assert said.stdout == ("nothing is known of 2020-01-01; if it stays so: consolidadorctl backfill 2020-01-01 2020-01-01\n"
                           "2020-01-01 is not audited yet\n")
    with client.running("wait", "--audited", days[0], "--timeout", "2min") as waiting:
        waiting.wait_for(f"waiting until {days[0]}")
        service.stop()  # it waits on over a restart
        service.start()
        wait_until(lambda: client.pipe("backfill", days[0], days[0]).exit_code == OK, "it is back")
        assert waiting.wait() == OK, waiting.text()


def test_a_request_whose_daemon_leaves_is_69_and_the_daemon_goes_on_with_it(service, branch, client, days):
    branch.call("Pause", "s", "so that the job stays")
    with client.running("backfill", days[0], days[1], "--wait") as waiting:
        waiting.wait_for("0/4 day tasks")
        service.stop()
        assert waiting.wait() == UNREACHABLE
        assert "the daemon has left the bus; it goes on with the request" in waiting.text()
    service.start()
    branch.bus.wait_name(branch.name)
    branch.call("Resume")
    wait_until(lambda: not branch.jobs(), "the job is done")


def test_who_may_not_command_is_told_so_and_a_member_of_the_group_may(branch, client, days):
    commands = (("sync",), *((kind, days[0], days[0]) for kind in JOBS), ("take-over", "--yes"), ("pause",),
                ("resume",), ("reload",))
    for command in commands:
        said = client.pipe(*command, user=NOBODY).expect(DAY_IN_ERROR)
        assert said.stderr.startswith(f"consolidadorctl: {command[0]}: only root and members of the group consolidador")
        assert said.stderr.endswith("or: sudo consolidadorctl ...\n") and said.stdout == ""
    assert branch.get("ConfigGeneration") == 1 and branch.jobs() == []
    client.pipe("pause", "by a member", user=MEMBER, groups=[GROUP]).expect(OK)
    assert branch.get("PauseReason") == "by a member"
