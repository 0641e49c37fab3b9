# SPDX-License-Identifier: MIT
"""The real consolidadord as a service: starts it as systemd would, waits for events, measures it."""
import contextlib
import datetime
import os
import re
import signal

from . import oracle
from .daemon import BINARY, BRANCH, spawn
from .notify import NotifySocket
from .waiting import DeadlineExceeded, wait_until

# Everything quickly: the tests check what happens, not how long it takes.
QUICK = {
    "schedule": {"every": "1s"},
    "retry": {"initial": "50ms", "max": "300ms"},
    "timeouts": {"connect": "2s"},
    "verification": {"days_per_hour": 0},
}
STOP_SECONDS = 60
PLACES = {"operational": "pos", "local": "local", "vps": "vps"}


def noon_zone(now=None):
    """A time zone where it is about noon now, so that no test meets midnight, and today's date there."""
    now = now or datetime.datetime.now(datetime.timezone.utc)
    hours = 12 - now.hour
    return f"Etc/GMT{-hours:+d}", (now + datetime.timedelta(hours=hours)).date()


def sanitized():
    """Whether the binary carries a sanitizer, with which memory figures mean nothing."""
    code = BINARY.read_bytes()
    return b"__asan_init" in code or b"__tsan_init" in code


class Service:
    """One process of the daemon at a time, of one installation."""

    def __init__(self, servers, consolidador):
        self.servers = servers
        self.consolidador = consolidador
        self.zone, self.today = noon_zone()
        self.process = None
        self.notify = None
        self._starts = 0
        self.bus = "none"  # --bus; the tests leave the machine's bus alone
        self.environment = {}
        consolidador.configure(branch={"id": BRANCH, "time_zone": self.zone}, **QUICK)

    def days(self, count):
        """Today and the days before it, oldest first."""
        return [self.today - datetime.timedelta(days=i) for i in reversed(range(count))]

    def through(self, **relays):
        """From the next start or reload on, these places are reached through these relays."""
        for place, relay in relays.items():
            self.consolidador.settings["databases"][place]["port"] = relay.port

    # -- life ------------------------------------------------------------------------------------

    def start(self, watchdog_usec=None, ready=True, **sections):
        """A new process with this configuration; returns when it has said READY."""
        self.consolidador.configure(**sections)
        self.consolidador.write_config()
        self._starts += 1
        self.notify = NotifySocket(self.consolidador.folder / f"notify.{self._starts}")
        environment = {"NOTIFY_SOCKET": self.notify.path} | self.environment
        if watchdog_usec:
            environment["WATCHDOG_USEC"] = str(watchdog_usec)
        with self.stderr.open("a") as stderr:
            self.process = spawn("--config", str(self.consolidador.config), f"--bus={self.bus}",
                                 environment=environment, stderr=stderr,
                                 prefix=self.consolidador.prefix)
        if ready:
            self._wait_ready()
        return self

    @property
    def stderr(self):
        return self.consolidador.folder / "stderr"

    def _wait_ready(self):
        wait_until(lambda: self.notify.count("READY") or self.process.poll() is not None, "READY=1")
        if self.process.poll() is not None:
            raise AssertionError(f"ended with {self.process.returncode} at start:\n{self.stderr.read_text()[-3000:]}")

    def signal(self, number):
        self.process.send_signal(number)

    def wait_end(self, seconds=STOP_SECONDS):
        """Its exit code, negative for a signal; all that it wrote is in stderr and bot.log."""
        code = wait_until(lambda: (self.process.poll() is not None) and [self.process.returncode],
                          "the process ends", seconds)[0]
        self.process.stdout.close()
        self.process = None
        self.notify.close()
        return code

    def stop(self):
        """SIGTERM; the exit code."""
        self.signal(signal.SIGTERM)
        return self.wait_end()

    def kill(self):
        self.signal(signal.SIGKILL)
        return self.wait_end()

    def close(self):
        """At the end of a test: a daemon that still runs must end well."""
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            self.signal(signal.SIGCONT)
        if self.process.poll() is None:
            self.signal(signal.SIGTERM)
        try:
            code = self.wait_end(20)
        except DeadlineExceeded:
            self.kill()
            raise
        assert code == 0, f"exit code {code} after SIGTERM:\n{self.stderr.read_text()[-3000:]}"

    def reload(self, **sections):
        """Writes this configuration and has it read; the messages of the answer, RELOADING to READY."""
        self.consolidador.configure(**sections)
        self.consolidador.write_config()
        return self.hang_up()

    def hang_up(self):
        """SIGHUP with the file as it stands; the messages of the answer."""
        first = len(self.notify.messages)
        ready = self.notify.count("READY")
        self.signal(signal.SIGHUP)
        self.notify.wait_for("READY", more_than=ready)
        return self.notify.messages[first:]

    # -- events ----------------------------------------------------------------------------------

    def log(self):
        """Everything in bot.log."""
        log = self.consolidador.log
        return log.read_text() if log.exists() else ""

    def log_lines(self, pattern):
        return [line for line in self.log().splitlines() if re.search(pattern, line)]

    def wait_log(self, pattern, count=1, seconds=30):
        """Until bot.log has so many lines with the pattern; returns them."""
        return wait_until(lambda: (lines := self.log_lines(pattern))[count - 1:] and lines,
                          f"the log has {count} x {pattern!r}", seconds)

    def wait_cycles(self, count):
        """Until so many more have ended."""
        self.wait_log("cycle: ", count=len(self.log_lines("cycle: ")) + count)

    def wait_told(self, day, estado, after=0, seconds=60):
        """Until the bitacora tells this of the day after its first so many lines; returns the line."""
        def told():
            lines = self.consolidador.read_bitacora()[after:]
            return [line for line in lines if (line["fecha"], line["estado"]) == (str(day), estado)]
        return wait_until(told, f"the bitacora has {day} {estado}", seconds)[-1]

    def wait_day(self, day, seconds=60):
        """Until this day is the same in the POS and the targets; of the others nothing is said."""
        span = (str(day), str(day))
        wait_until(lambda: not oracle.differences(self.servers, BRANCH, span), f"{day} is the same everywhere",
                   seconds)

    def wait_synced(self, days, targets=None, seconds=60):
        """Until these days are equal in the POS and the targets; the ledgers must then say so too."""
        span = (str(min(days)), str(max(days)))
        try:
            wait_until(lambda: not self._unequal(days, span, targets), "the three places agree", seconds)
        except DeadlineExceeded as late:
            found = "\n".join(self._unequal(days, span, targets)[:12])
            raise AssertionError(f"{late}\n{found}\n{self.log()[-3000:]}") from None
        oracle.assert_agree(self.servers, BRANCH, days, targets)

    def _unequal(self, days, span, targets):
        """Cheap things first: it is asked often."""
        for target in targets or self.servers.targets:
            entries = target.value("SELECT COUNT(*) FROM central.SincronizacionDias WHERE IdSucursal = %s"
                                   " AND Fecha BETWEEN %s AND %s", (BRANCH, *span))
            if entries < len(days):
                return [f"{target.name}: {entries} of {len(days)} days"]
        return oracle.differences(self.servers, BRANCH, span, targets)

    def place_status(self, name):
        """What STATUS says of a place: `vps up (3 days pending)`."""
        for part in self.notify.status.split(", "):
            if part.startswith(name + " "):
                return part
        return ""

    def wait_place(self, name, word, seconds=30):
        wait_until(lambda: word in self.place_status(name), f"STATUS says {name} {word}", seconds)

    # -- figures ---------------------------------------------------------------------------------

    def _proc(self, name):
        with open(f"/proc/{self.process.pid}/{name}") as file:
            return file.read()

    def _stat(self):
        return self._proc("stat").rsplit(")", 1)[1].split()

    def memory(self):
        """Resident bytes."""
        return int(re.search(r"VmRSS:\s+(\d+)", self._proc("status"))[1]) * 1024

    def peak_memory(self):
        """The most resident bytes since its start."""
        return int(re.search(r"VmHWM:\s+(\d+)", self._proc("status"))[1]) * 1024

    def own_memory(self):
        """Resident bytes that are the process's alone (no file behind them)."""
        return int(re.search(r"RssAnon:\s+(\d+)", self._proc("status"))[1]) * 1024

    def state(self):
        """The process's state as ps says it: R, S, T..."""
        return self._stat()[0]

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def threads(self):
        return len(os.listdir(f"/proc/{self.process.pid}/task"))

    def cpu_seconds(self):
        fields = self._stat()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def wakeups(self):
        """How often its threads have waited for something, all together."""
        total = 0
        for task in os.listdir(f"/proc/{self.process.pid}/task"):
            with contextlib.suppress(FileNotFoundError):
                status = self._proc(f"task/{task}/status")
                total += int(re.search(r"^voluntary_ctxt_switches:\s+(\d+)", status, re.M)[1])
        return total


def registered_days(entries):
    """The days whose ledger row the daemon wrote, in the order of a server's general log; of connections that
    were opened while it recorded (the values of older prepared statements are not in it)."""
    pattern = re.compile(r"CALL sp_registrar_dia\('(\d{4}-\d\d-\d\d)'")
    found = (pattern.search(entry.text) for entry in entries if entry.command.startswith(("Execute", "Query")))
    return [match[1] for match in found if match]
