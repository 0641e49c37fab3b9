# SPDX-License-Identifier: MIT
"""Drives the real consolidadord: writes its configuration, runs `once` and `check`, reads what it logged."""
import csv
import json
import os
import subprocess
from pathlib import Path

from . import moved_clock
from .schema import PASSWORDS, ROOT, daemon_account

BINARY = Path(os.environ.get("CONSOLIDADOR_BINARY", ROOT / "build/dev/daemon/consolidadord"))
BRANCH = 99
RUN_SECONDS = 180

OK = 0
DAY_IN_ERROR = 1
DAY_HELD = 1  # a day that a person has to look at is not "all well"
USAGE = 64
UNREACHABLE = 69
CONFIGURATION = 78

# What Run.outcomes() is when every day was up to date.
UNCHANGED = {("OK", "sin cambios", "sin cambios", "1")}

# Short waits between attempts: the tests check what happens, not how long it takes.
QUICK_RETRY = {"attempts": 2, "initial": "5ms", "max": "20ms"}


class Run:
    """What one run of the binary said and wrote; `days` are the lines that it added to the bitacora."""

    def __init__(self, exit_code, stdout, stderr, days):
        self.exit_code = exit_code
        self.stdout = stdout
        self.stderr = stderr
        self.days = days

    def expect(self, exit_code):
        """Fails with everything that the run said when it ended otherwise; returns itself."""
        if self.exit_code != exit_code:
            raise AssertionError(f"exit code {exit_code} expected\n{self}")
        return self

    def outcomes(self):
        """The different (estado, local, vps, intentos) of the run's days."""
        return {(line["estado"], line["local"], line["vps"], line["intentos"]) for line in self.days}

    def day(self, date):
        """The only line about this day."""
        (line,) = (line for line in self.days if line["fecha"] == str(date))
        return line

    def __repr__(self):
        lines = "\n".join(str(dict(line)) for line in self.days)
        return f"exit {self.exit_code}\n-- stdout\n{self.stdout}-- stderr\n{self.stderr}-- bitacora\n{lines}"


class Consolidador:
    """A branch's installation in a folder of its own: configuration, password files, logs."""

    def __init__(self, servers, folder, branch=BRANCH):
        self.folder = Path(folder)
        self.config = self.folder / "sucursal.yaml"
        self.logs = self.folder / "logs"
        self.bitacora = self.logs / "bitacora_extraccion.csv"
        self.log = self.logs / "bot.log"
        self.prefix = ()  # of every command line: mounts.elsewhere
        self._lines_read = 0
        for path in (self.logs, self.folder / "state"):
            path.mkdir(parents=True)
        self.settings = {
            "branch": {"id": branch},
            "databases": {
                "operational": self._database(servers.pos),
                "local": self._database(servers.local),
                "vps": self._database(servers.vps),
            },
            "paths": {"logs": str(self.logs), "state": str(self.folder / "state")},
            "retry": dict(QUICK_RETRY),
        }

    def _database(self, server):
        user, database = daemon_account(server)
        return {"host": "127.0.0.1", "port": server.port, "user": user,
                "password_file": str(self.write_password(server.name, PASSWORDS[server.name])),
                "database": database}

    def write_password(self, name, password):
        """A 0600 file with the password."""
        path = self.folder / f"{name}.password"
        path.touch(mode=0o600)
        path.write_text(password + "\n")
        return path

    def configure(self, **sections):
        """Merges settings into the configuration: configure(window={"reprocess_days": 3})."""
        for name, value in sections.items():
            if isinstance(value, dict):
                self.settings.setdefault(name, {}).update(value)
            else:
                self.settings[name] = value

    def write_config(self):
        """One YAML line for each section (JSON is YAML)."""
        lines = (f"{name}: {json.dumps(value, ensure_ascii=False)}\n"
                 for name, value in self.settings.items())
        self.config.write_text("".join(lines))

    # -- running ---------------------------------------------------------------------------------

    def once(self, *arguments, environment=None, timeout=RUN_SECONDS):
        """`consolidadord --config FILE once ...` to its end."""
        self.write_config()
        return self.run("once", *arguments, environment=environment, timeout=timeout)

    def once_for(self, first, last=None, *arguments, **options):
        """`once --from FIRST --to LAST`; a single day without LAST."""
        return self.once("--from", str(first), "--to", str(last or first), *arguments, **options)

    def check(self, *arguments, environment=None):
        """`consolidadord --config FILE check ...` to its end."""
        self.write_config()
        return self.run("check", *arguments, environment=environment)

    def run(self, *arguments, environment=None, timeout=RUN_SECONDS):
        """The binary with the configuration file as it stands."""
        process = self.spawn(*arguments, environment=environment)
        return self.finish(process, timeout)

    def spawn(self, *arguments, environment=None):
        """Starts the binary in the background; `finish` waits for it."""
        return spawn("--config", str(self.config), *arguments, environment=environment,
                     prefix=self.prefix)

    def finish(self, process, timeout=RUN_SECONDS):
        stdout, stderr = communicate(process, timeout)
        return Run(process.returncode, stdout, stderr, self._new_days())

    # -- what it logged --------------------------------------------------------------------------

    def read_bitacora(self):
        """All lines of the bitacora."""
        if not self.bitacora.exists():
            return []
        with self.bitacora.open(newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))

    def _new_days(self):
        lines = self.read_bitacora()
        new = lines[self._lines_read:]
        self._lines_read = len(lines)
        return new

    def everything_written(self):
        """All bytes of all files that it may have written, by path."""
        return {path: path.read_bytes()
                for folder in (self.logs, self.folder / "state")
                for path in folder.rglob("*") if path.is_file()}


def spawn(*arguments, environment=None, stderr=subprocess.PIPE, prefix=()):
    """The binary with these arguments and nothing of the caller's environment but PATH and clock."""
    minimal = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"} | moved_clock.ENVIRONMENT
    for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS", "TSAN_OPTIONS"):
        if name in os.environ:
            minimal[name] = os.environ[name]
    return subprocess.Popen([*prefix, str(BINARY), *arguments], stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=stderr,
                            env=minimal | (environment or {}), encoding="utf-8")


def communicate(process, timeout=RUN_SECONDS):
    """Its whole output; a run that does not end is killed and fails the test."""
    try:
        return process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        stdout, stderr = process.communicate()
        raise AssertionError(f"still running after {timeout} s:\n{stdout}\n{stderr}") from None


def run_binary(*arguments, environment=None):
    """One run without any configuration of ours: (exit code, stdout, stderr)."""
    process = spawn(*arguments, environment=environment)
    stdout, stderr = communicate(process)
    return process.returncode, stdout, stderr
