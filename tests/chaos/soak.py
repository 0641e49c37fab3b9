#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Days of ordinary operation, compressed: what grows?

    tests/chaos/soak.py [--cycles N]

The clock that the daemon sees goes on by five minutes with every cycle, or so far that the cycles
make a day: with midnights, closing passes and verifications. A till sells, corrects and cancels.
The logs begin almost full, with as many files beside them as are ever kept, so that they rotate.
"""
import argparse
import contextlib
import datetime
import fcntl
import statistics
import sys
import tempfile
import zoneinfo
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support import pos, schema  # noqa: E402
from support.daemon import Consolidador  # noqa: E402
from support.schema import BOT  # noqa: E402
from support.service import Service  # noqa: E402
from support.waiting import wait_until  # noqa: E402

from clock import Clock, available  # noqa: E402
from till import Till  # noqa: E402

EVERY = datetime.timedelta(minutes=5)
DAY = datetime.timedelta(days=1)
WINDOW = 3
SALES_A_CYCLE = 5
CONNECTION_AGE = "10s"  # connections are replaced all the time
# What figures may differ by without anything having grown.
MEMORY_SLACK = 1 << 20
CONNECTION_SLACK = 2  # each pool has one more when two days happen to be brought at once
LOG_SLACK = 2000      # a dozen lines: a midnight, a cycle more than usual
# How many rotated files are kept.
LOG_FILES = {"bot.log": 10, "bitacora_extraccion.csv": 12}
LOG_LIMIT = 10_000_000
LOG_ROOM = 2000
FIGURES = ("memory", "descriptors", "threads", "connections", "log bytes")


def rotated(log, number):
    return log.with_name(f"{log.stem}.{number}{log.suffix}")


def fill_log(log, kept):
    """Appends until the file is almost full, as any other process may; and small rotated ones."""
    line = b"2001-01-01 of years ago\n"
    with log.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.write(line * ((LOG_LIMIT - LOG_ROOM - log.stat().st_size) // len(line)))
    for number in range(1, kept + 1):
        rotated(log, number).write_text(f"{number}\n")


def has_rotated_once(log, kept):
    """The full file is the newest rotated one, the oldest is gone, and every other one a place older."""
    return (log.stat().st_size < LOG_LIMIT
            and LOG_LIMIT - LOG_ROOM < rotated(log, 1).stat().st_size <= LOG_LIMIT
            and [rotated(log, number).read_text() for number in range(2, kept + 1)]
            == [f"{number}\n" for number in range(1, kept)]
            and not rotated(log, kept + 1).exists())


class Branch(contextlib.ExitStack):
    """A daemon in whose days time flies."""

    def __init__(self, servers, clock, cycles):
        super().__init__()
        self._servers = servers
        self._clock = clock
        self._step = max(EVERY, DAY / cycles)
        self._ahead = datetime.timedelta()
        self._logged = 0
        folder = self.enter_context(
            tempfile.TemporaryDirectory(prefix="sucursal-", dir=servers.folder))
        self.service = Service(servers, Consolidador(servers, Path(folder, "branch")))
        self.service.environment |= self._clock.environment
        self.days = self.service.days(WINDOW + 1)
        self._open_days = list(self.days)
        self._till = Till(servers.pos, self._open_days, seed=cycles)

    def start(self):
        schema.create_pos(self._servers.pos)
        pos.fill(self._servers.pos, self.days, empty=())
        self._cursor = self.enter_context(self._servers.pos.connect()).cursor()
        self.enter_context(contextlib.closing(self.service))
        self.service.start(window={"reprocess_days": WINDOW}, pool={"max_age": CONNECTION_AGE},
                           verification={"days_per_hour": 4})
        self.service.wait_synced(self.days)
        for name, kept in LOG_FILES.items():
            fill_log(self._logs / name, kept)
        self._said = self.enter_context(self.service.stderr.open())
        return self

    def cycle(self):
        """Sales, and the cycle that brings them; what the daemon takes up after it."""
        self._ahead += self._step
        today = self._today()
        if today != self.days[-1]:
            self.days.append(today)
            self._open_days[:] = self.days[-(WINDOW + 1):]
        for _ in range(SALES_A_CYCLE):
            self._till.act(self._cursor)
        list(self._said)
        self._clock.set(f"+{self._ahead.total_seconds():.0f}s")
        wait_until(lambda: any("cycle: " in line for line in self._said), "a cycle has ended")
        return self._figures()

    def _today(self):
        now = datetime.datetime.now(zoneinfo.ZoneInfo(self.service.zone))
        return (now + self._ahead).date()

    def _figures(self):
        before, self._logged = self._logged, self._log_bytes()
        connections = sum(server.value("SELECT COUNT(*) FROM information_schema.PROCESSLIST"
                                       " WHERE USER = %s", (BOT,)) for server in self._servers)
        return (self.service.own_memory(), self.service.descriptors(), self.service.threads(),
                connections, self._logged - before)

    @property
    def _logs(self):
        return self.service.consolidador.logs

    def _log_bytes(self):
        return sum(file.stat().st_size for file in self._logs.iterdir())

    def settle(self):
        """Until every day is equal in the three places; the logs have rotated on the way."""
        self.service.wait_synced(self.days)
        for name, kept in LOG_FILES.items():
            assert has_rotated_once(self._logs / name, kept), sorted(self._logs.iterdir())


class Course:
    """What each figure was early, in the second tenth of the cycles, and late, in the last."""

    def __init__(self, samples):
        tenth = max(len(samples) // 10, 1)
        self.early = self._medians(samples[tenth:2 * tenth])
        self.late = self._medians(samples[-tenth:])

    @staticmethod
    def _medians(samples):
        return dict(zip(FIGURES, map(statistics.median, zip(*samples))))

    def grown(self):
        """The figures that are not flat."""
        slack = {"memory": MEMORY_SLACK, "descriptors": CONNECTION_SLACK, "threads": 0,
                 "connections": CONNECTION_SLACK, "log bytes": LOG_SLACK}
        return [name for name in FIGURES if self.late[name] > self.early[name] + slack[name]]

    def __str__(self):
        head = f"{'':12} {'second tenth':>12} {'last tenth':>12}\n"
        return head + "\n".join(f"{name:12} {self.early[name]:12,.0f} {self.late[name]:12,.0f}"
                         for name in FIGURES)


def run(cycles):
    """So many cycles, to a good end; their course."""
    with contextlib.ExitStack() as stack:
        clock = Clock(stack.enter_context(tempfile.TemporaryDirectory(prefix="clock-")))
        with clock.for_children():  # one clock for all: else the daemon doubts its own
            servers = stack.enter_context(schema.three_servers())
        branch = stack.enter_context(Branch(servers, clock, cycles))
        branch.start()
        samples = [branch.cycle() for _ in range(cycles)]
        branch.settle()
        print(f"{cycles} cycles, {len(branch.days)} days, all equal")
        return Course(samples)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cycles", type=int, default=288,
                        help="of five minutes each; fewer go further, so that they make a day (default 288)")
    cycles = parser.parse_args().cycles
    if not available():
        return "needs libfaketime, and a binary without sanitizer"
    course = run(cycles)
    print(course)
    return f"not flat: {', '.join(course.grown())}" if course.grown() else 0


if __name__ == "__main__":
    sys.exit(main())
