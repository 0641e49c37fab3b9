# SPDX-License-Identifier: MIT
"""A stranger who asks without an end keeps neither the monitoring nor a commander waiting, and costs little memory."""
import contextlib
import subprocess
import sys
import time

import pytest

from support import pos, schema
from support.accounts import GROUP, MEMBER, NOBODY, as_user
from support.client import Client
from support.daemon import OK
from support.service import sanitized
from support.waiting import wait_until

DAYS = 3_000
QUESTIONS = {"days": ("ListDays", "1900-01-01", "9999-12-31", "0"), "status": ("GetStatus",)}
MEGABYTE = 1 << 20
GROWTH = 16 * MEGABYTE


@contextlib.contextmanager
def flooded(branch, *question, strangers=4):
    with contextlib.ExitStack() as stack:
        for _ in range(strangers):
            process = stack.enter_context(subprocess.Popen(
                [sys.executable, "-m", "support.flood", branch.bus.socket, branch.name, *question], cwd=schema.ROOT / "tests",
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, **as_user(NOBODY)))
            stack.callback(process.stdin.close)
        yield


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
def test_a_flood_of_questions_keeps_nobody_waiting(places, service, branch, question):
    days = service.days(2)
    pos.fill(places.pos, days, empty=())
    for target in places.targets:
        schema.fill_ledger(target, days[0], DAYS, 0)
    service.start()
    client = Client(branch.bus.environment)
    wait_until(lambda: client.pipe("status", "--format=nagios").exit_code == OK, "all is well")
    before = service.memory()
    end = time.monotonic() + 12
    with flooded(branch, *question):
        while time.monotonic() < end:
            client.pipe("status", "--format=nagios", user=NOBODY).expect(OK)
            client.pipe("days", str(days[0]), str(days[1]), user=MEMBER, groups=[GROUP]).expect(OK)
    grown = service.memory() - before
    print(f"\ngrown by {grown >> 10} KB")
    assert not service.log_lines("connection lost")
    if not sanitized():
        assert grown < GROWTH
