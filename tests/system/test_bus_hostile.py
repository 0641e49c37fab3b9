# SPDX-License-Identifier: MIT
"""Malformed and hostile calls: refused with a clear error, and the daemon's memory stays small."""
import contextlib

import pytest

from support import pos
from support.accounts import NOBODY
from support.bus import ERROR, JOB, MANAGER, MANAGER_PATH, CallFailed
from support.raw_bus import RawBus
from support.service import sanitized

MEGABYTE = 1 << 20
GROWTH = 24 * MEGABYTE
BAD_DATES = ("", "2026-02-30", "2026-13-01", "0000-00-00", "99999-01-01", "2026-1-1", "hoy",
             "26-01-01", "2026-01-01 ", "2026/01/01", "-026-01-01", "２０２６-01-0")


@pytest.fixture
def paused(service, branch):
    """A daemon that accepts jobs and does nothing about them."""
    service.start()
    service.wait_synced(service.days(2))
    branch.call("Pause", "s", "so that jobs stay")
    return branch


@pytest.fixture
def raw(paused):
    with contextlib.closing(RawBus(paused.bus.socket)) as connection:
        yield connection


@pytest.fixture
def small(service, paused):
    """At the end the daemon must not have grown by much, and still answers."""
    before = service.memory()
    yield
    grown = service.memory() - before
    print(f"\ngrown by {grown >> 10} KB")
    assert paused.get("State") == "paused"
    if not sanitized():
        assert grown < GROWTH


def test_a_wrong_date_is_refused_and_named(paused, small):
    good, wrong = "'2026-01-01'", ERROR + "InvalidArgument: "
    for bad in (f"'{date}'" for date in BAD_DATES):
        assert wrong + "date: " in paused.refusal("GetDay", bad, user=NOBODY)
        for method in ("Backfill", "Reprocess", "Audit"):
            assert wrong + "from: " in paused.refusal(method, bad, good)
            assert wrong + "to: " in paused.refusal(method, good, bad)
        assert wrong + "from: " in paused.refusal("Approve", bad, good, "'why'")
        assert wrong + "date: " in paused.refusal("Restore", bad, "'vps'", "'why'")
        assert wrong in paused.refusal("ListDays", bad, good, "0")
    assert paused.jobs() == []


def test_impossible_ranges_are_refused_with_the_reason(service, paused, small):
    for method in ("Backfill", "Reprocess", "Audit"):
        assert "is after" in paused.refusal(method, "'2026-01-02'", "'2026-01-01'")
        assert "in the future" in paused.refusal(method, "'2026-01-01'", "'2999-01-01'")
        assert f"{ERROR}Refused: 1900-01-01 is more than 100 years ago" in paused.refusal(
            method, "'1900-01-01'", "'1900-12-31'")
    everything = paused.call("ListDays", "ssu", "1900-01-01", "9999-12-31", "4294967295")[0]
    assert [day["Date"] for day in everything] == [str(day) for day in reversed(service.days(2))]
    assert paused.jobs() == []


def test_wrong_types_paths_and_names_are_refused(paused, small):
    for call in (("Backfill", "uu", "1", "2"), ("Backfill", "s", "2026-01-01"), ("GetDay",),
                 ("GetStatus", "s", "all"), ("ListDays", "sss", "a", "b", "c"),
                 ("Pause", "as", "1", "x"), ("Nothing",), ("Cancel",)):
        with pytest.raises(CallFailed, match="Invalid arguments|Unknown method"):
            paused.call(*call)
    with pytest.raises(CallFailed, match="Unknown object"):
        paused.call("Cancel", path=f"{MANAGER_PATH}/job/1", interface=JOB)
    with pytest.raises(CallFailed, match="Unknown property|Unknown interface"):
        paused.get("Password")
    with pytest.raises(CallFailed, match="not writable|read-only"):
        paused.bus.output("busctl", "set-property", paused.name, MANAGER_PATH, MANAGER, "State",
                          "s", "ok")


def test_texts_of_ten_megabytes_are_refused(paused, raw, small):
    target = (paused.name, MANAGER_PATH, MANAGER)
    huge, day = "1" * (10 * MEGABYTE), "2026-01-01"
    for _ in range(5):
        assert raw.call(target, "GetDay", huge) == ERROR + "InvalidArgument"
        assert raw.call(target, "Pause", huge) == ERROR + "InvalidArgument"
        assert raw.call(target, "Backfill", huge, huge) == ERROR + "InvalidArgument"
        assert raw.call(target, "Approve", day, day, huge) == ERROR + "InvalidArgument"
        assert raw.call(target, "Restore", day, huge, "why") == ERROR + "InvalidArgument"
        assert raw.call(target, "Restore", day, "vps", huge) == ERROR + "InvalidArgument"
    assert paused.get("PauseReason") == "so that jobs stay"


def test_of_thousands_of_jobs_a_hundred_are_taken(service, paused, raw, small):
    target = (paused.name, MANAGER_PATH, MANAGER)
    day = str(service.today)
    answers = [raw.call(target, "Audit", day, day) for _ in range(3_000)]
    assert answers == [None] * 100 + [ERROR + "Refused"] * 2_900
    assert "100 requests are running" in paused.refusal("Audit", f"'{day}'", f"'{day}'")
    assert len(paused.jobs()) == 100
    for job in paused.jobs():
        paused.call("Cancel", path=job["Path"], interface=JOB)
    assert paused.jobs() == []


def test_of_many_jobs_of_a_century_few_are_taken(service, paused, raw):
    """Each is 73,000 days in the targets; the memory that they need is bounded too."""
    before = service.memory()
    target = (paused.name, MANAGER_PATH, MANAGER)
    first = str(service.today.replace(year=service.today.year - 100, day=28))
    answers = [raw.call(target, "Audit", first, str(service.today)) for _ in range(20)]
    assert answers == [None] * 2 + [ERROR + "Refused"] * 18
    grown = service.memory() - before
    print(f"\ngrown by {grown >> 10} KB")
    last = f"'{service.today}'"
    assert "days are still to be done" in paused.refusal("Audit", f"'{first}'", last)
    if not sanitized():
        assert grown < 64 * MEGABYTE
    for job in paused.jobs():
        paused.call("Cancel", path=job["Path"], interface=JOB)


def test_a_thousand_questions_at_once_are_all_answered(places, service, branch):
    days = service.days(3)
    pos.fill(places.pos, days, empty=())
    service.start(window={"reprocess_days": 2})
    service.wait_synced(days)
    target = (branch.name, MANAGER_PATH, MANAGER)
    with contextlib.ExitStack() as stack:
        clients = [stack.enter_context(contextlib.closing(RawBus(branch.bus.socket)))
                   for _ in range(10)]
        sent = {(client, client.send(target, "GetStatus"))
                for client in clients for _ in range(100)}
        pos.sell(places.pos, days[-1])
        answers = {(client, client.receive()) for client in clients for _ in range(100)}
        assert answers == {(client, (serial, None)) for client, serial in sent}
        service.wait_synced(days)
