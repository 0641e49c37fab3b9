# SPDX-License-Identifier: MIT
"""1,000 status queries a second over D-Bus while a backfill runs, against the same backfill unasked."""
import contextlib
import os
import subprocess
import tempfile
from pathlib import Path

from figure import Figure
from stage import days_ago
from support.bus import PrivateBus
from support.daemon import BRANCH

DAYS = 60
ROWS = 20_000
PER_SECOND = 1_000


@contextlib.contextmanager
def asking(stage, bus, said):
    """Asks inside the block; `said` then holds answers, failures, longest wait in milliseconds."""
    with subprocess.Popen([str(stage.build / "tests/bench/status_queries"), str(BRANCH), str(PER_SECOND)],
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                          env=os.environ | bus.environment) as process:
        yield
        said += map(float, process.communicate()[0].split())


def backfill(stage, meanwhile=contextlib.nullcontext):
    stage.empty_targets()
    return stage.backfill(days_ago(DAYS), DAYS, meanwhile)[0]


def compare(stage, bus):
    """(asked / unasked, answers a second, failures, longest wait) for the same backfill."""
    said = []
    before = backfill(stage)
    asked = backfill(stage, lambda: asking(stage, bus, said))
    unasked = (before + backfill(stage)) / 2
    answers, failures, longest = said
    return asked / unasked, answers / asked, failures, longest


def leave_a_core(servers):
    """From now on the servers share the first core."""
    for server in servers:
        for thread in Path(f"/proc/{server.pid}/task").iterdir():
            os.sched_setaffinity(int(thread.name), {0})


def measure(stage):
    stage.sell(DAYS, ROWS, first=days_ago(DAYS))
    with tempfile.TemporaryDirectory(prefix="bus-") as folder:
        with contextlib.closing(PrivateBus(folder).start()) as bus:
            stage.service.bus = "system"
            stage.service.environment = bus.environment
            full = compare(stage, bus)[0]
            leave_a_core(stage.servers)
            ratio, answered, failures, longest = compare(stage, bus)
    yield Figure("backfill asked / unasked", ratio, "x", at_most=1.05)
    yield Figure("the same, servers on every core", full, "x")
    yield Figure("queries answered", answered, "a second")
    yield Figure("queries that failed", failures, "", at_most=0)
    yield Figure("longest wait for an answer", longest, "ms")
