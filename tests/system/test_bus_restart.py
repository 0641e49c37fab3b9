# SPDX-License-Identifier: MIT
"""The bus comes, goes, hangs: the branch's days don't notice, and the name comes back by itself."""
import contextlib
import signal
import tempfile

import pytest

from support import pos
from support.bus import JOB, MANAGER, MANAGER_PATH, Branch, PrivateBus
from support.daemon import BRANCH
from support.raw_bus import DRIVER, RawBus
from support.waiting import wait_until

MANY_DAYS = 360
QUESTIONS = 100  # the answers are more than a socket holds, even root's
WAITING = 4 << 20


@pytest.fixture
def stopped_bus(known_accounts):
    with tempfile.TemporaryDirectory(prefix="bus-") as folder:
        with contextlib.closing(PrivateBus(folder)) as private:
            yield private


def test_without_a_bus_the_daemon_works_and_joins_it_when_there_is_one(
        places, service, stopped_bus):
    days = service.days(2)
    pos.fill(places.pos, days, empty=())
    service.bus, service.environment = "system", dict(stopped_bus.environment)
    service.start()
    service.wait_synced(days)
    assert len(service.wait_log("bus: .* the daemon works on without it")) == 1
    stopped_bus.start()
    stopped_bus.wait_name(Branch(stopped_bus, BRANCH).name)
    assert Branch(stopped_bus, BRANCH).get("LastAuditedDay") == str(days[-2])


def test_when_the_bus_is_killed_and_restarted_the_name_comes_back_and_jobs_were_not_touched(
        places, service, branch):
    days = service.days(3)
    pos.fill(places.pos, days, empty=())
    service.start(window={"reprocess_days": 2})
    service.wait_synced(days)
    branch.call("Pause", "s", "so that the job stays")
    job = branch.request("Reprocess", days[0], days[-1])
    before = branch.properties(path=job, interface=JOB)
    for number in range(2):
        branch.bus.kill()
        service.wait_log("bus: .*connection lost", count=number + 1)
        branch.bus.start()
        branch.bus.wait_name(branch.name)
        assert [each["Path"] for each in branch.jobs()] == [job]
        assert branch.properties(path=job, interface=JOB) == before
    branch.call("Resume")
    wait_until(lambda: not branch.jobs(), "the job is done")
    service.wait_synced(days)
    request = f"request {job.rsplit('/', 1)[1]} "
    assert [line for line in service.log_lines(request) if "is done: 6 of 6 day tasks, 0 failed" in line]


def test_a_job_goes_on_while_the_bus_is_away(places, service, branch):
    days = service.days(3)
    pos.fill(places.pos, days, empty=())
    service.start(window={"reprocess_days": 0})
    service.wait_synced(days[-1:])
    branch.request("Backfill", days[0], days[-1])
    branch.bus.kill()
    service.wait_synced(days)
    branch.bus.start()
    branch.bus.wait_name(branch.name)
    assert branch.jobs() == []


def test_a_bus_that_hangs_holds_nothing_up_not_even_the_end(places, service, branch):
    """Answers that nobody takes fill the socket, then memory; the daemon works on, and ends."""
    days = service.days(MANY_DAYS)
    pos.fill(places.pos, days[-2:], empty=())
    service.start(window={"reprocess_days": MANY_DAYS - 1}, schedule={"every": "2s"})
    service.wait_synced(days)
    before = service.own_memory()
    target = (branch.name, MANAGER_PATH, MANAGER)
    with contextlib.closing(RawBus(branch.bus.socket)) as questioner:
        questioner.call(target, "Resume")  # who commands is known, and has no limit
        service.signal(signal.SIGSTOP)
        for _ in range(QUESTIONS):
            questioner.send(target, "ListDays", str(days[0]), str(days[-1]), 0)
        questioner.call(DRIVER, "GetId")  # by then the bus has passed the questions on
        with branch.bus.frozen():
            service.signal(signal.SIGCONT)
            wait_until(lambda: service.own_memory() > before + WAITING, "answers wait")
            pos.sell(places.pos, days[-1])
            service.wait_synced(days)
            assert service.stop() == 0
