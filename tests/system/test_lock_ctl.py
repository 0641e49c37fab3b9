# SPDX-License-Identifier: MIT
"""consolidadorctl and the lock: held days are shown, and nothing goes before a person has said so."""
import json
from datetime import timedelta

import pytest

from support import formats, oracle, pos
from support.accounts import GROUP, MEMBER, NOBODY
from support.bus import ERROR
from support.client import Client
from support.daemon import BRANCH, DAY_IN_ERROR, OK, USAGE
from support.schema import POS_DATABASE
from support.waiting import wait_until

LINES = f"{POS_DATABASE}.ventasdiarias"
REASON = "rung up twice"
GOING, LEFT = 30, 10  # rows of one unit and 10.00 each
FIGURES = ["30", "40", "30.0000", "300.0000", "210.0000", "100.0000"]  # what would go, and the sales left


@pytest.fixture
def days(service):
    return service.days(4)


@pytest.fixture
def held(days):
    return days[1]


@pytest.fixture
def client(places, service, branch, days, held):
    """Four days of sales, synced."""
    pos.fill(places.pos, days, empty=(held,))
    for name, count in (("lost", GOING), ("kept", LEFT)):
        for number in range(count):
            pos.sell(places.pos, held, upc=f"{name} {number}")
    service.start(window={"reprocess_days": 3})
    service.wait_synced(days)
    return Client(branch.bus.environment)


@pytest.fixture
def day_held(places, branch, client, held):
    """The POS has lost most of a day, and the daemon has seen it."""
    lose(places, held, "lost %")
    wait_until(lambda: told(branch, held)["Held"], "the day is held")


def lose(places, day, codes):
    places.pos.query(f"DELETE FROM {LINES} WHERE Fecha = %s AND Upc LIKE %s", (day, codes))


def told(branch, day):
    return branch.call("GetDay", "s", str(day))[0]


def rows(places, day):
    return [len(oracle.target_rows(target, BRANCH, (str(day), str(day)))) for target in places.targets]


def assert_nothing_went(places, branch, day):
    assert told(branch, day)["Held"] and branch.jobs() == []
    assert rows(places, day) == [GOING + LEFT] * 2


def approve(client, *arguments, **options):
    return client.pipe("approve", *arguments, "--reason", REASON, **options)


# -- seeing ----------------------------------------------------------------------------------------


def test_a_held_day_is_told_with_what_would_go(branch, day_held, held):
    day = told(branch, held)
    loss = day["Loss"]
    assert loss.pop("Target") in ("local", "vps")
    assert loss.pop("Cost") == "280.0000" and loss.pop("CostLeft") == "70.0000"
    assert loss == {"RowsGoing": GOING, "Rows": GOING + LEFT, "RowsLeft": LEFT, "Units": "40.0000",
                    "UnitsLeft": "10.0000", "Sales": "400.0000", "SalesLeft": "100.0000"}
    status = branch.call("GetStatus")[0]
    assert (status["HeldDays"], status["ArchivedDays"]) == (1, 0)
    assert branch.get("HeldDays") == 1 and branch.get("Health") == "degraded"


def test_people_see_a_held_day_and_what_they_can_do(client, day_held, days, held):
    shown = client.pipe("days", user=NOBODY).expect(OK).stdout
    (line,) = (line for line in shown.splitlines() if line.startswith(str(held)))
    assert line.split()[3:5] == ["held", "held"] and f"{GOING} of {GOING + LEFT} rows" in line
    assert f"consolidadorctl approve {held} --reason TEXT" in shown
    shown = client.pipe("day", held).expect(OK).stdout
    assert f"  would go     {GOING} of {GOING + LEFT} rows in " in shown
    assert "units 30.0000 of 40.0000, sales 300.0000 of 400.0000\n" in shown
    assert "\033[33mheld\033[0m" in client.terminal("days").expect(OK).stdout
    assert "  held         1 day; see `days --held`" in client.pipe("status").expect(OK).stdout
    assert json.loads(client.pipe("day", held, "--format=json").stdout)["Loss"]["RowsGoing"] == GOING
    (line,) = client.pipe("days", "--held", user=NOBODY).expect(OK).stdout.splitlines()[1:2]
    assert line.startswith(str(held))
    listed = json.loads(client.pipe("days", "--held", "--format=json").expect(OK).stdout)
    assert [day["Date"] for day in listed] == [str(held)]
    assert "held" not in client.pipe("days", days[2], days[2]).expect(OK).stdout


def test_a_held_day_is_listed_however_old_it_is(places, service, client, days):
    old = days[-1] - timedelta(days=400)
    pos.sell(places.pos, old - timedelta(days=1))  # the POS goes on to begin before it
    pos.sell(places.pos, old, upc="lost")
    client.pipe("backfill", old, old, "--wait").expect(OK)
    lose(places, old, "lost")
    assert client.pipe("days", "--held").expect(OK).stdout == "no day is held\n"
    client.pipe("audit", old, old, "--wait").expect(DAY_IN_ERROR)
    assert str(old) not in client.pipe("days").expect(OK).stdout
    (line,) = client.pipe("days", "--held").expect(OK).stdout.splitlines()[1:2]
    assert line.startswith(str(old)) and "held" in line


def test_a_held_day_is_not_proven(client, day_held, held):
    said = client.pipe("wait", "--audited", held, "--timeout", "1s").expect(DAY_IN_ERROR)
    told_so, not_yet = said.stdout.splitlines()
    assert told_so.startswith(f"{held} is held: ") and told_so.endswith(f"; see `day {held}`")
    assert not_yet == f"{held} is not audited yet"


def test_machines_see_a_held_day(client, day_held):
    said = client.pipe("status", "--format=nagios")
    word, _, perfdata = formats.nagios(said.stdout)
    assert (said.exit_code, word, perfdata["held_days"], perfdata["archived_days"]) == (
        1, "WARNING", "1;;;0", "0;;;0")
    samples = formats.prometheus(client.pipe("status", "--format=prometheus").expect(OK).stdout)
    assert samples["consolidador_days_held", f'branch="{BRANCH}"'] == 1
    assert samples["consolidador_days_archived", f'branch="{BRANCH}"'] == 0


def test_watch_tells_of_a_day_when_it_is_held(places, client, held):
    with client.running("watch") as shown:
        shown.wait_for("cycle ")
        lose(places, held, "lost %")
        shown.wait_for(f"\033[33m{held} held: ")


# -- approving -------------------------------------------------------------------------------------


def test_what_would_go_is_shown_before_it_is_asked_for(places, service, branch, client, day_held, days, held):
    arguments = ("approve", days[0], days[-1], "--reason", REASON, "--wait")
    with client.running(*arguments, NO_COLOR="1") as shown:
        shown.wait_for("Approve? Type yes: ")
        day, total = (line.split() for line in shown.text().splitlines()
                      if line.startswith((str(held), "total")))
        assert (day, total) == ([str(held), *FIGURES], ["total", *FIGURES])
        assert "This would go from local and VPS, because the POS has it no longer:" in shown.text()
        assert_nothing_went(places, branch, held)
        shown.type("sí\n")
        assert shown.wait() == OK, shown.text()
        assert f": approve {days[0]} to {days[-1]}: done, " in shown.text()
    service.wait_synced(days)
    assert rows(places, held) == [LEFT] * 2
    assert told(branch, held)["Held"] == "" and told(branch, held)["Loss"] == {}
    wait_until(lambda: branch.get("Health") == "ok", "health is ok again")


@pytest.mark.parametrize("answer", ["no", "y", "s", "YES", ""])
def test_any_other_answer_leaves_everything_as_it_is(places, branch, client, day_held, held, answer):
    with client.running("approve", held, "--reason", REASON) as shown:
        shown.wait_for("Approve? Type yes: ")
        shown.type(answer + "\n")
        assert shown.wait() == DAY_IN_ERROR
        assert "nothing was changed" in shown.text()
    assert_nothing_went(places, branch, held)


def test_without_a_terminal_it_shows_what_would_go_and_needs_yes(places, service, branch, client, day_held, held):
    said = approve(client, held).expect(USAGE)
    assert "total" in said.stdout and "--yes" in said.stderr
    assert_nothing_went(places, branch, held)
    said = approve(client, held, "--yes", "--wait").expect(OK)
    assert f": approve {held} to {held}: done, " in said.stdout
    service.wait_day(held)
    assert rows(places, held) == [LEFT] * 2


def test_what_has_changed_since_it_was_shown_is_not_approved(places, branch, client, day_held, held):
    with client.running("approve", held, "--reason", REASON) as shown:
        shown.wait_for("Approve? Type yes: ")
        lose(places, held, "kept 1")
        wait_until(lambda: told(branch, held)["Loss"]["RowsLeft"] == LEFT - 1, "more would go now")
        shown.type("yes\n")
        assert shown.wait() == DAY_IN_ERROR
        assert "has changed meanwhile" in shown.text()
    assert_nothing_went(places, branch, held)


def test_when_no_day_is_held_there_is_nothing_to_approve(branch, client, days):
    for arguments in ((days[0],), (days[0], days[-1]), (days[0], "--yes")):
        said = approve(client, *arguments).expect(DAY_IN_ERROR)
        assert "is held" in said.stderr and said.stdout == ""
    assert ERROR + "Refused" in branch.refusal("Approve", str(days[0]), str(days[0]), "'x'")
    assert ERROR + "Refused" in branch.refusal("Restore", str(days[0]), "'vps'", "'x'")


def test_without_a_reason_nothing_is_approved(places, branch, client, day_held, held):
    for reason in ((), ("--reason", ""), ("--reason", "  "), ("--reason", "a\nb"), ("--reason", "x" * 201)):
        assert "--reason" in client.pipe("approve", held, *reason, "--yes").expect(USAGE).stderr
    for reason in ("''", "'  '", r"'a\nb'", f"'{'x' * 201}'"):
        assert ERROR + "InvalidArgument: reason: " in branch.refusal("Approve", str(held), str(held), reason)
    assert_nothing_went(places, branch, held)


def test_who_may_not_command_may_not_approve(places, branch, client, day_held, held):
    said = approve(client, held, "--yes", user=NOBODY).expect(DAY_IN_ERROR)
    assert "approve: only root and members of the group consolidador may do this" in said.stderr
    client.pipe("take-over", "--yes", user=NOBODY).expect(DAY_IN_ERROR)
    client.pipe("restore", held, "--from=vps", "--reason", REASON, "--yes", user=NOBODY).expect(DAY_IN_ERROR)
    assert_nothing_went(places, branch, held)


def test_the_history_names_who_has_approved_and_why(service, branch, client, day_held, held):
    sudo = Client(branch.bus.environment | {"SUDO_USER": "ana"})
    approve(sudo, held, "--yes", "--wait", user=MEMBER, groups=[GROUP]).expect(OK)
    service.wait_day(held)
    notes = [line["nota"] for line in service.consolidador.read_bitacora() if line["fecha"] == str(held)]
    assert [note for note in notes if "operadora" in note and f"{REASON} (sudo: ana)" in note], notes


def test_the_jobs_show_an_approval(branch, client, day_held, held):
    branch.call("Pause", "s", "so that the job stays")
    approve(client, held, "--yes").expect(OK)
    line, paused = client.pipe("requests").expect(OK).stdout.splitlines()[1:]
    assert paused.startswith("the service is paused")
    assert line.split()[1:4] == ["approve", str(held), str(held)]
    branch.call("Resume")
    wait_until(lambda: not branch.jobs(), "the job is done")


# -- restoring -------------------------------------------------------------------------------------


@pytest.fixture
def conflict(places, service, consolidador, branch, client, days):
    """Local and VPS hold different rows of a day which the POS has purged since: its first."""
    day = days[0]
    service.stop()
    pos.sell(places.pos, day, upc="seen by local alone")
    consolidador.once_for(day, day, "--local-only").expect(OK)
    places.pos.query(f"DELETE FROM {LINES} WHERE Fecha = %s", (day,))
    service.start()
    branch.bus.wait_name(branch.name)
    client.pipe("audit", day, day, "--wait").expect(DAY_IN_ERROR)
    wait_until(lambda: told(branch, day)["Held"], "the day is held")
    return day


def test_of_two_contents_one_is_restored(places, service, branch, client, conflict):
    local, vps = rows(places, conflict)
    assert local == vps + 1
    assert told(branch, conflict)["Loss"] == {}
    shown = client.pipe("day", conflict).expect(OK).stdout
    assert f"consolidadorctl restore {conflict} --from local|vps --reason TEXT" in shown
    assert "restore" in approve(client, conflict, "--yes").expect(DAY_IN_ERROR).stderr
    client.pipe("restore", conflict, "--from=local", "--reason", REASON).expect(USAGE)
    assert rows(places, conflict) == [local, vps]
    arguments = ("restore", conflict, "--from=local", "--reason", REASON, "--wait")
    with client.running(*arguments, NO_COLOR="1") as asked:
        asked.wait_for("Restore? Type yes: ")
        contents = {words[0]: words[1] for line in asked.text().splitlines()
                    if (words := line.split()) and words[0] in ("local", "vps")}
        assert contents == {"local": str(local), "vps": str(vps)}
        asked.type("yes\n")
        assert asked.wait() == OK, asked.text()
        assert f": restore {conflict} to {conflict}: done, " in asked.text()
    assert rows(places, conflict) == [local, local]
    wait_until(lambda: not told(branch, conflict)["Held"], "the day is held no longer")
    wait_until(lambda: "archived" in client.pipe("days", conflict, conflict).expect(OK).stdout,
               "the service knows it as archived")
    assert "  archived     1 day, POS begins " in client.pipe("status").expect(OK).stdout


# -- taking over -----------------------------------------------------------------------------------


def test_a_branch_is_taken_over_only_when_it_is_confirmed(service, client):
    assert "--yes" in client.pipe("take-over").expect(USAGE).stderr
    with client.running("take-over") as shown:
        shown.wait_for("Take over? Type yes: ")
        assert "The other machine must be off" in shown.text()
        shown.type("no\n")
        assert shown.wait() == DAY_IN_ERROR
    with client.running("take-over") as shown:
        shown.wait_for("Take over? Type yes: ")
        shown.type("yes\n")
        assert shown.wait() == OK
    assert f"this machine writes branch {BRANCH} as soon as" in client.pipe("take-over", "--yes").expect(OK).stdout
    service.wait_synced(service.days(4))
