# SPDX-License-Identifier: MIT
"""What operators ask for: jobs that want the same days, that go on over restarts, beside late days and each other."""

import pytest

from support import losses, pos
from support.bus import JOB
from support.client import Client
from support.daemon import BRANCH, DAY_IN_ERROR, OK
from support.relay import Refuse
from support.service import registered_days
from support.waiting import wait_until

MANY_DAYS = 120
RECORDED = "SELECT COUNT(*) FROM central.SincronizacionDias WHERE IdSucursal = %s AND Fecha = %s"


@pytest.fixture
def client(branch):
    return Client(branch.bus.environment)


def prove(places, service, days):
    """Equal in the three places before the daemon starts."""
    pos.fill(places.pos, days, empty=())
    service.consolidador.write_config()
    service.consolidador.once_for(days[0], days[-1]).expect(OK)


def start(service, branch, **sections):
    service.start(**sections)
    branch.bus.wait_name(branch.name)


def job_of(branch, path):
    return next((job for job in branch.jobs() if job["Path"] == path), None)


def wait_done(branch, path, done):
    return wait_until(lambda: (job := job_of(branch, path)) and job["Done"] == done and job,
                      f"{done} day tasks are done")


def number_of(path):
    return path.rsplit("/", 1)[1]


def wait_end(service, path):
    """The line of the log that tells how it has ended."""
    return service.wait_log(rf"request {number_of(path)} \(.* is (done|failed|cancelled)", seconds=90)[0]


# -- the same days -----------------------------------------------------------------------------------


@pytest.mark.parametrize("cancelled", [0, 1])
def test_what_is_cancelled_takes_nothing_from_a_job_that_wants_the_same_days(places, service, branch, cancelled):
    days = service.days(8)
    prove(places, service, days)
    start(service, branch)
    branch.call("Pause", "s", "so that jobs stay")
    jobs = [branch.request("Audit", days[0], days[3]), branch.request("Audit", days[2], days[5])]
    branch.call("Cancel", path=jobs[cancelled], interface=JOB)
    branch.call("Resume")
    assert "is done: 8 of 8 day tasks, 0 failed" in wait_end(service, jobs[1 - cancelled])
    assert "is cancelled: 0 of 8 day tasks" in wait_end(service, jobs[cancelled])


def test_two_jobs_for_the_same_days_both_end_and_each_day_is_written_once(places, service, branch):
    days = service.days(8)
    prove(places, service, days)
    start(service, branch)
    before = places.vps.value("SELECT SUM(Revision) FROM central.SincronizacionDias WHERE IdSucursal = %s"
                              " AND Fecha <= %s", (BRANCH, days[3]))
    branch.call("Pause", "s", "so that jobs stay")
    jobs = [branch.request("Reprocess", days[0], days[3]) for _ in range(2)]
    branch.call("Resume")
    for job in jobs:
        assert "is done: 8 of 8 day tasks, 0 failed" in wait_end(service, job)
    after = places.vps.value("SELECT SUM(Revision) FROM central.SincronizacionDias WHERE IdSucursal = %s"
                             " AND Fecha <= %s", (BRANCH, days[3]))
    once = after - before
    assert "is done" in wait_end(service, again := branch.request("Reprocess", days[0], days[3])), again
    last = places.vps.value("SELECT SUM(Revision) FROM central.SincronizacionDias WHERE IdSucursal = %s"
                            " AND Fecha <= %s", (BRANCH, days[3]))
    assert once == last - after > 0


def test_a_cancelled_reprocess_is_not_done_where_an_audit_wants_the_day(places, service, branch):
    days = service.days(8)
    prove(places, service, days)
    start(service, branch)
    branch.call("Pause", "s", "so that jobs stay")
    audit = branch.request("Audit", days[0], days[3])
    reprocess = branch.request("Reprocess", days[0], days[3])
    branch.call("Cancel", path=reprocess, interface=JOB)
    emptied = "SELECT MAX(Revision) FROM central.SincronizacionDias WHERE IdSucursal = %s AND Fecha <= %s"
    before = places.vps.value(emptied, (BRANCH, days[3]))
    branch.call("Resume")
    assert "is done: 8 of 8 day tasks, 0 failed" in wait_end(service, audit)
    assert places.vps.value(emptied, (BRANCH, days[3])) == before  # audited and not written


def test_a_job_that_is_asked_for_while_a_target_is_down_is_not_lost_with_the_day_that_took_it_down(
        places, service, branch, relays):
    days = service.days(3)
    prove(places, service, days)
    start(service, branch, window={"reprocess_days": 0})
    service.wait_synced(days)
    with relays["vps"].fault(Refuse()):
        pos.sell(places.pos, days[-1])
        service.wait_place("vps", "down")
        job = branch.request("Audit", days[0], days[-1])
        wait_done(branch, job, 3)
    assert "is done: 6 of 6 day tasks, 0 failed" in wait_end(service, job)


# -- restarts ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_a_job_goes_on_where_it_was_and_what_it_counted_is_not_lost(places, service, branch, client, relays, end):
    """The VPS is away, so that the job stays at the half: local's days, one of them held."""
    days = service.days(12)
    prove(places, service, days)
    losses.empty(places.pos, days[2])
    start(service, branch)
    with relays["vps"].fault(Refuse()):
        job = branch.request("Audit", days[0], days[9])
        before = wait_done(branch, job, 10)
        assert (before["Total"], before["Failed"], before["Held"]) == (20, 1, 1)
        branch.call("Pause", "s", "so that nothing is done a second time")
        assert getattr(service, end)() in (0, -9)
        start(service, branch)
        assert job_of(branch, job) == before
        assert "10 of 20" in client.pipe("jobs").expect(OK).stdout
    with client.running("wait", before["Id"]) as waiting:
        waiting.wait_for("10/20 day tasks")
        branch.call("Resume")
        assert waiting.wait() == DAY_IN_ERROR
        assert ": failed, 20 of 20 day tasks, 2 failed, 2 of them held: a person has to decide\n" in waiting.text()
    line = wait_end(service, job)
    assert "is failed: 20 of 20 day tasks, 2 failed, 2 of them held" in line
    assert not branch.jobs()


def test_a_backfill_goes_on_with_the_days_that_were_lacking(places, service, branch, relays):
    days = service.days(12)
    prove(places, service, days)
    for target in places.targets:
        for table in ("VentasAgrupadas", "SincronizacionDias"):
            target.query(f"DELETE FROM central.{table} WHERE IdSucursal = %s AND Fecha < %s", (BRANCH, days[4]))
    start(service, branch)
    service.wait_cycles(1)  # the ledgers have been read
    with relays["vps"].fault(Refuse()):
        service.wait_place("vps", "down")
        job = branch.request("Backfill", days[0], days[-1])
        before = wait_done(branch, job, 4)
        assert before["Total"] == 8
        branch.call("Pause", "s", "so that nothing is done a second time")
        service.kill()
        start(service, branch)
        after = job_of(branch, job)
        assert (after["Done"], after["Total"]) == (4, 8)
        branch.call("Resume")
    assert "is done: 8 of 8 day tasks, 0 failed" in wait_end(service, job)
    service.wait_synced(days)


# -- beside each other -------------------------------------------------------------------------------


def test_a_late_day_does_not_wait_for_the_end_of_a_long_audit(places, service, branch):
    days = service.days(MANY_DAYS)
    late, audited = days[1], (days[2], days[-3])
    prove(places, service, days)
    start(service, branch)
    branch.call("Pause", "s", "until all is asked for; it survives a restart")
    service.stop()
    for target in places.targets:
        for table in ("VentasAgrupadas", "SincronizacionDias"):
            target.query(f"DELETE FROM central.{table} WHERE IdSucursal = %s AND Fecha = %s", (BRANCH, late))
    with places.vps.recording() as entries:
        start(service, branch)
        service.wait_log("vps: 1 day to catch up")
        job = branch.request("Audit", *audited)
        branch.call("Resume")
        wait_end(service, job)
        service.wait_synced(days)
    written = list(dict.fromkeys(registered_days(entries)))
    assert str(late) in written[:len(written) // 2], written


def test_two_long_jobs_go_on_beside_each_other(places, service, branch):
    days = service.days(MANY_DAYS)
    prove(places, service, days)
    start(service, branch)
    branch.call("Pause", "s", "until all is asked for")
    old = branch.request("Audit", days[0], days[9])
    new = branch.request("Audit", days[10], days[-3])
    branch.call("Resume")
    for job in (old, new):
        wait_end(service, job)
    log = service.log()
    assert log.index(f"request {number_of(old)} (audit {days[0]} to {days[9]}) is done") < \
        log.index(f"request {number_of(new)} (audit {days[10]} to {days[-3]}) is done")


# -- ends --------------------------------------------------------------------------------------------


def test_who_waits_for_a_job_that_is_cancelled_or_refused_is_told_so(places, service, branch, client):
    days = service.days(6)
    prove(places, service, days)
    start(service, branch)
    branch.call("Pause", "s", "so that the job stays")
    with client.running("audit", days[0], days[3], "--wait") as waiting:
        waiting.wait_for("0/8 day tasks")
        client.pipe("cancel", branch.jobs()[0]["Id"]).expect(OK)
        assert waiting.wait() == DAY_IN_ERROR
        assert ": cancelled, 0 of 8 day tasks, 0 failed; the other 8 were not done" in waiting.text()
    branch.call("Resume")
    for day in days[1:3]:
        losses.empty(places.pos, day)
    said = client.pipe("audit", days[1], days[2], "--wait").expect(DAY_IN_ERROR).stdout
    assert (": failed, 4 of 4 day tasks, 4 failed, 4 of them held: a person has to decide;"
            " nothing was done of what was asked for\n") in said
    assert " is held: " in said
    ended = client.pipe("wait", 1).expect(DAY_IN_ERROR)
    assert "this request does not run: it has ended, or there was none" in ended.stderr
