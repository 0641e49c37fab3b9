# SPDX-License-Identifier: MIT
"""A private D-Bus (the machine's system bus configuration, our policy) and programs that ask it."""
import contextlib
import json
import os
import re
import signal
import subprocess
import threading
from pathlib import Path

from .accounts import as_user
from .schema import ROOT
from .waiting import wait_until

SYSTEM_CONF = Path("/usr/share/dbus-1/system.conf")
POLICY = ROOT / "systemd/org.consolidador.Ventas1.conf"
OPEN_POLICY = """<busconfig><policy context="default">
  <allow own="*"/><allow send_type="method_call"/></policy></busconfig>"""

MANAGER_PATH = "/org/consolidador/Ventas1"
MANAGER = "org.consolidador.Ventas1.Manager"
JOB = "org.consolidador.Ventas1.Job"
ERROR = "org.consolidador.Ventas1.Error."
LOG_PATH = "/org/freedesktop/LogControl1"
LOG = "org.freedesktop.LogControl1"


def name_of(branch):
    return f"org.consolidador.Ventas1.Sucursal{branch}"


class CallFailed(Exception):
    """What a program said when its call failed."""


class PrivateBus:
    """One dbus-daemon in `folder`, at the same address each time it is started."""

    def __init__(self, folder, policy=POLICY):
        self.folder = Path(folder)
        self.folder.chmod(0o755)
        self.socket = self.folder / "bus"
        self.address = f"unix:path={self.socket}"
        self.environment = {"DBUS_SYSTEM_BUS_ADDRESS": self.address}
        self._configuration = self.folder / "bus.conf"
        self._configuration.write_text(self._as_configured(policy))
        self._process = None

    def _as_configured(self, policy):
        """The machine's configuration, but for who runs it, where, and with which services."""
        text = SYSTEM_CONF.read_text()
        for element in ("user", "servicehelper", "pidfile", "listen", "includedir", "include"):
            text = re.sub(f"<{element}[ >].*?</{element}>", "", text, flags=re.S)
        text = re.sub("<(fork|syslog|standard_system_servicedirs)/>", "", text)
        ours = f"<listen>{self.address}</listen><include>{policy}</include></busconfig>"
        return text.replace("</busconfig>", ours)

    def start(self):
        with contextlib.suppress(FileNotFoundError):
            self.socket.unlink()
        self._process = subprocess.Popen(
            ["dbus-daemon", f"--config-file={self._configuration}", "--nofork", "--nopidfile"],
            stdin=subprocess.DEVNULL)
        wait_until(self._answers, "the bus answers")
        return self

    def _answers(self):
        assert self._process.poll() is None, "dbus-daemon has ended"
        return self.run("busctl", "list").returncode == 0

    def kill(self):
        self._process.kill()
        self._process.wait()

    @contextlib.contextmanager
    def frozen(self):
        self._process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)

    def close(self):
        if self._process and self._process.poll() is None:
            self.kill()

    # -- programs ----------------------------------------------------------------------------------

    def run(self, *command, user=None, groups=()):
        who = as_user(user, groups) if user else {}
        return subprocess.run(command, env=os.environ | self.environment, check=False,
                              capture_output=True, encoding="utf-8", timeout=60, **who)

    def output(self, *command, **who):
        ended = self.run(*command, **who)
        if ended.returncode != 0:
            raise CallFailed(ended.stderr.strip())
        return ended.stdout

    @contextlib.contextmanager
    def captured(self):
        """Gives a file that gets every message on the bus as sent, byte for byte."""
        path = self.folder / "capture"
        with path.open("wb") as file:
            capture = subprocess.Popen(["dbus-monitor", "--pcap", "--address", self.address],
                                       stdout=file)
        try:
            wait_until(lambda: self._sees_us(path), "the bus is captured")
            yield path
            wait_until(lambda: self._sees_us(path), "everything so far is captured")
        finally:
            capture.terminate()
            capture.wait()

    def _sees_us(self, capture):
        """Whether what is said now gets there."""
        before = capture.stat().st_size
        self.output("busctl", "list")
        return capture.stat().st_size > before

    def has_name(self, name):
        call = ("busctl", "--json=short", "call", "org.freedesktop.DBus", "/org/freedesktop/DBus",
                "org.freedesktop.DBus", "NameHasOwner", "s", name)
        ended = self.run(*call)
        return ended.returncode == 0 and json.loads(ended.stdout)["data"] == [True]

    def wait_name(self, name, seconds=30):
        wait_until(lambda: self.has_name(name), f"{name} is on the bus", seconds)


def plain(value):
    """What busctl prints as JSON, without the types that it gives to each variant."""
    if isinstance(value, dict):
        if set(value) == {"type", "data"}:
            return plain(value["data"])
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list) else value


class Branch:
    """The daemon of a branch as busctl and gdbus see it; `who`: user=(uid, gid), groups=(gids)."""

    def __init__(self, bus, branch):
        self.bus = bus
        self.name = name_of(branch)

    def call(self, method, *arguments, path=MANAGER_PATH, interface=MANAGER, **who):
        """Through busctl; `arguments` as it wants them: a signature, then the values."""
        return plain(json.loads(self.bus.output(
            "busctl", "--json=short", "call", self.name, path, interface, method, *arguments,
            **who) or '{"data": []}'))

    def get(self, name, path=MANAGER_PATH, interface=MANAGER, **who):
        return plain(json.loads(self.bus.output(
            "busctl", "--json=short", "get-property", self.name, path, interface, name, **who)))

    def properties(self, path=MANAGER_PATH, interface=MANAGER, **who):
        return self.call("GetAll", "s", interface, path=path,
                         interface="org.freedesktop.DBus.Properties", **who)[0]

    def request(self, method, first, last, **who):
        """The path of the new job."""
        return self.call(method, "ss", str(first), str(last), **who)[0]

    def jobs(self):
        return self.call("ListJobs")[0]

    def refusal(self, method, *arguments, path=MANAGER_PATH, interface=MANAGER, **who):
        """Through gdbus, which tells the name of the error: what it says of a refused call."""
        ended = self.bus.run(
            "gdbus", "call", "--system", "--dest", self.name, "--object-path", path, "--method",
            f"{interface}.{method}", *arguments, **who)
        assert ended.returncode != 0, f"{method}{arguments} is not refused: {ended.stdout}"
        return ended.stderr.strip()


class Watcher:
    """A branch's signals, as gdbus shows them to a user: `PATH: INTERFACE.MEMBER (ARGUMENTS)`."""

    def __init__(self, bus, name, user):
        self.lines = []
        self._process = subprocess.Popen(
            ["gdbus", "monitor", "--system", "--dest", name], env=os.environ | bus.environment,
            stdout=subprocess.PIPE, encoding="utf-8", **as_user(user))
        self._thread = threading.Thread(target=self._collect, name="watcher", daemon=True)
        self._thread.start()
        wait_until(lambda: any("is owned by" in line for line in self.lines), "gdbus watches")

    def _collect(self):
        for line in self._process.stdout:
            self.lines.append(line.rstrip())

    def close(self):
        self._process.kill()
        self._process.wait()
        self._thread.join()

    def matching(self, pattern):
        return [line for line in list(self.lines) if re.search(pattern, line)]

    def wait(self, pattern, seconds=60):
        """The first line with the pattern."""
        return wait_until(lambda: self.matching(pattern), f"{pattern} is told", seconds)[0]
