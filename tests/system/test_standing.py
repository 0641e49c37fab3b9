# SPDX-License-Identifier: MIT
"""What the service keeps in its state folder: ages, pauses, and whose folder it is."""
import contextlib
import json
import shutil
import signal
import tempfile

import pytest

from support import oracle, pos
from support.client import Client
from support.daemon import BRANCH, CONFIGURATION, DAY_IN_ERROR, OK, USAGE, Consolidador
from support.mishaps import INTERNAL, fails, in_the_way
from support.relay import Refuse
from support.service import Service
from support.waiting import wait_until
from support.ways import RETRIED

LONG = {"degraded_after": "30min", "failing_after": "24h"}
THREE_DAYS = 3 * 86400


@pytest.fixture
def running(places, branch, service):
    """Two days, everywhere; programs on the private bus can ask it."""
    pos.fill(places.pos, service.days(2), empty=())
    service.start(health=LONG)
    service.wait_synced(service.days(2))
    return service


@pytest.fixture
def client(bus):
    return Client(bus.environment)


def ages(service):
    kept = service.consolidador.folder / "state/last_successes"
    return {key: int(when) for key, when in (line.split() for line in kept.read_text().splitlines())} if kept.exists() else {}


def make_older(service, key, seconds=THREE_DAYS):
    """As if the service had written it so long ago."""
    kept = service.consolidador.folder / "state/last_successes"
    when = ages(service)[key]
    kept.write_text(kept.read_text().replace(f"{key} {when}", f"{key} {when - seconds}"))


def test_a_place_that_never_had_a_day_is_as_old_as_it_is_known(places, service, relays):
    pos.fill(places.pos, service.days(2), empty=())
    with relays["vps"].fault(Refuse()):
        service.start(health=LONG)
        service.wait_synced(service.days(2), [places.local])
        service.kill()
        make_older(service, "vps/first")
        service.start()
        service.wait_log("health is failing: vps: no success for 3 d")
    service.wait_log("health is ok", seconds=60)
    assert "vps/first" not in ages(service)


def test_the_age_of_the_first_success_survives_a_crash_soon_after_it(places, service, relays):
    pos.fill(places.pos, service.days(2), empty=())
    service.start(health=LONG)
    service.wait_synced(service.days(2))
    wait_until(lambda: "vps" in ages(service), "the first success is kept")
    service.kill()
    make_older(service, "vps")
    with relays["vps"].fault(Refuse()):
        service.start()
        service.wait_log("health is failing: vps: no success for 3 d")


def test_since_when_no_old_day_was_verified_survives_a_restart(places, service):
    pos.fill(places.pos, service.days(3), empty=())
    service.start(window={"reprocess_days": 2})
    service.wait_synced(service.days(3))
    service.reload(window={"reprocess_days": 1})
    assert service.stop() == OK
    make_older(service, "vps/verified")
    kept = ages(service)["vps/verified"]
    service.start()
    service.wait_log("health is ok", count=2)
    assert service.stop() == OK
    assert ages(service)["vps/verified"] == kept


@contextlib.contextmanager
def rows_refused(server, number):
    """Whoever writes rows of a day is answered with this error."""
    server.query("CREATE TRIGGER central.un_modo BEFORE INSERT ON central.VentasAgrupadas FOR EACH ROW " + fails(number))
    try:
        yield
    finally:
        server.query("DROP TRIGGER central.un_modo")


@pytest.mark.parametrize("number", RETRIED)
def test_since_when_a_day_fails_survives_a_restart_and_is_forgotten_when_it_gets_through(places, running, client, number):
    key = f"vps/{running.today}"
    with rows_refused(places.vps, number):
        pos.sell(places.pos, running.today)
        running.wait_told(running.today, "PENDIENTE")
        assert running.stop() == OK
        make_older(running, key, 45 * 60)
        running.start()
        running.wait_log("health is degraded: .*today not in vps for 45 min: it failed before the restart")
        wait_until(lambda: "today not in vps for 45 min: vps" in " ".join(client.pipe("status").stdout.split()),
                   "the error of this life")
    running.wait_log("health is ok again")
    assert running.stop() == OK
    assert key not in ages(running)


def test_a_pause_that_cannot_be_kept_is_an_error_and_health_says_so(places, running, client, branch):
    with in_the_way(running.consolidador.folder / "state"):
        said = client.pipe("pause", "a restore").expect(INTERNAL)
        assert "only until its process ends" in said.stderr and "make room" in said.stderr
        wait_until(lambda: any("do not survive a restart" in reason for reason in branch.get("HealthReasons")),
                   "health says so")
        assert json_state(client) == "paused"
    client.pipe("pause", "a restore").expect(OK)
    running.kill()
    pos.sell(places.pos, running.today)
    running.start()
    running.wait_log("paused since before the start: a restore")
    client.pipe("resume").expect(OK)
    running.wait_synced(running.days(2))


def json_state(client):
    return json.loads(client.pipe("status", "--format=json").expect(OK).stdout)["State"]


def test_a_state_folder_that_is_gone_is_made_anew_with_its_pause(running, client):
    client.pipe("pause", "a restore").expect(OK)
    state = running.consolidador.folder / "state"
    shutil.rmtree(state)
    wait_until(lambda: (state / "paused").exists() and (state / "paused").read_text().startswith("a restore\n"),
               "the pause is written anew", 90)
    client.pipe("resume").expect(OK)
    assert not (state / "paused").exists()


def test_once_writes_nothing_while_the_branch_is_paused(places, running, client):
    client.pipe("pause", "a restore").expect(OK)
    assert running.stop() == OK
    pos.sell(places.pos, running.today)
    said = running.consolidador.once().expect(USAGE)
    assert "paused since 20" in said.stderr and "a restore" in said.stderr and "consolidadorctl resume" in said.stderr
    assert oracle.differences(places, BRANCH, (str(running.today),) * 2)  # nothing was written
    running.consolidador.once("--dry-run").expect(OK)
    running.consolidador.once("--audit-only").expect(DAY_IN_ERROR)
    running.start()
    client.pipe("resume").expect(OK)
    running.consolidador.once().expect(OK)


def test_who_asks_a_paused_service_is_told_what_it_waits_for(places, running, client):
    client.pipe("pause", "a restore").expect(OK)
    notice = "the service is paused: a restore; requests wait for `consolidadorctl resume`"
    assert ", paused: a restore, " in running.notify.status
    wait_until(lambda: (places.vps.value("SELECT Motivos FROM central.EstadoSucursales WHERE IdSucursal = %s",
                                         (BRANCH,)) or "").startswith("pausada; paused: a restore"), "the heartbeat says so")
    assert notice in client.pipe("sync").expect(OK).stdout
    assert notice in client.pipe("requests").expect(OK).stdout
    with client.running("audit", running.today, running.today, "--wait") as run:
        wait_until(lambda: notice in " ".join(run.text().split()), "it says what it waits for")
        client.pipe("resume").expect(OK)
        assert run.wait() == OK


def test_two_branches_do_not_share_a_state_folder(places, service):
    service.start()
    owner = service.consolidador.folder / "state/branch"
    wait_until(owner.exists, "the folder has an owner")
    assert owner.read_text() == f"{BRANCH}\n"
    with tempfile.TemporaryDirectory(prefix="sucursal-", dir=places.folder) as folder:
        other = Consolidador(places, folder)
        other.configure(paths={"state": str(service.consolidador.folder / "state")})
        with contextlib.closing(Service(places, other)) as second:
            second.start(ready=False, branch={"id": BRANCH + 1})
            assert second.wait_end() == CONFIGURATION
            told = second.stderr.read_text()
        assert "paths.state: " in told and f"belongs to branch {BRANCH}, and branch.id is {BRANCH + 1}" in told


def test_the_second_service_of_a_branch_writes_nothing_until_the_first_ends(places, running, branch):
    """The file of one POS was copied to another, and both run on one machine."""
    with tempfile.TemporaryDirectory(prefix="sucursal-", dir=places.folder) as folder:
        with contextlib.closing(Service(places, Consolidador(places, folder))) as second:
            second.bus = "system"
            second.environment |= branch.bus.environment
            running.signal(signal.SIGSTOP)  # so that whatever is written is the second's
            pos.sell(places.pos, running.today)
            second.start()
            second.wait_log("health is failing: another process of this machine serves branch")
            second.wait_told(second.today, "PENDIENTE")
            assert oracle.differences(places, BRANCH, (str(running.today),) * 2)  # nothing was written
            running.signal(signal.SIGCONT)
            assert running.stop() == OK
            second.wait_log("no other process has the branch's name")
            second.wait_synced(running.days(2))


def test_a_dry_run_takes_no_request(places, service, branch):
    days = service.days(2)
    pos.fill(places.pos, days, empty=())
    service.start(dry_run=True)
    client = Client(branch.bus.environment)
    for command in (("sync",), ("audit", *days), ("backfill", *days), ("reprocess", *days)):
        said = client.pipe(*command).expect(1)
        assert "dry_run is on: nothing is written" in said.stderr, command


def test_no_dry_run_begins_under_a_request_that_would_end_without_having_written(running, client, branch):
    client.pipe("pause").expect(OK)
    job = branch.request("Audit", *running.days(2))
    running.reload(dry_run=True)
    refused = running.wait_log("configuration not reloaded, the old one stays: dry_run: 1 request under way")[0]
    assert "consolidadorctl cancel; then reload again" in refused
    status = client.pipe("status").expect(OK).stdout
    assert " ".join(status.split()).count("1 request under way") == 1, status
    client.pipe("cancel", job.rsplit("/", 1)[-1]).expect(OK)
    running.reload(dry_run=True)
    wait_until(lambda: "[dry run]" in running.notify.status, "systemd's line says so")


def test_of_a_place_that_has_not_answered_since_the_start_nobody_says_that_it_lacks_the_day(
        places, service, branch, client, relays):
    days = service.days(4)
    pos.fill(places.pos, days, empty=())
    service.start(window={"reprocess_days": 3})
    service.wait_synced(days)
    service.stop()
    with relays["vps"].fault(Refuse()):
        service.start(window={"reprocess_days": 0})
        wait_until(lambda: "unknown" in client.pipe("days", days[0], days[1]).expect(OK).stdout, "days says so")
        assert "missing" not in client.pipe("days", days[0], days[1]).expect(OK).stdout
    wait_until(lambda: "unknown" not in client.pipe("days", days[0], days[1]).expect(OK).stdout, "it has been asked")


def test_a_sync_ends_with_the_daemon_and_its_client_says_so(running, client):
    client.pipe("pause").expect(OK)
    with client.running("sync", "--wait") as run:
        wait_until(lambda: "paused" in run.text(), "it waits")
        running.kill()
        assert run.wait() != OK
        assert "and the request with it; ask again" in " ".join(run.text().split())


def test_who_waits_for_a_request_that_has_ended_is_told_where_its_outcome_is(running, client):
    client.pipe("sync", "--wait").expect(OK)
    assert "in bot.log" in client.pipe("wait", "1").expect(1).stderr
    running.wait_log(r"request 1 \(sync .*\) is done")
