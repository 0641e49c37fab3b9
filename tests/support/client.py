# SPDX-License-Identifier: MIT
"""The real consolidadorctl, through a pipe or on a pseudo-terminal."""
import contextlib
import fcntl
import os
import pty
import struct
import subprocess
import termios
import threading

from . import moved_clock
from .accounts import as_user
from .daemon import BINARY
from .waiting import wait_until

CLIENT = BINARY.parent / "ctl/consolidadorctl"
COLUMNS = 100
SECONDS = 120


class Said:
    """What one run said, and how it ended."""

    def __init__(self, exit_code, stdout, stderr=""):
        self.exit_code = exit_code
        self.stdout = stdout
        self.stderr = stderr

    def expect(self, exit_code):
        assert self.exit_code == exit_code, f"exit {self.exit_code}\n{self.stdout}{self.stderr}"
        return self


class Client:
    """Runs it in this environment: the address of a bus."""

    def __init__(self, environment):
        self.environment = ({"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
                            | moved_clock.ENVIRONMENT | environment)

    def pipe(self, *arguments, user=None, groups=()):
        who = as_user(user, groups) if user else {}
        ended = subprocess.run([str(CLIENT), *map(str, arguments)], env=self.environment, check=False,
                               capture_output=True, encoding="utf-8", timeout=SECONDS, **who)
        assert "\033" not in ended.stdout + ended.stderr
        return Said(ended.returncode, ended.stdout, ended.stderr)

    def terminal(self, *arguments, term="xterm", **environment):
        """Everything that it wrote to the terminal, stderr too."""
        with self.running(*arguments, term=term, **environment) as run:
            return Said(run.wait(), run.text())

    @contextlib.contextmanager
    def running(self, *arguments, term="xterm", **environment):
        """On a terminal, in the background; killed at the end when it still runs."""
        run = _OnTerminal([str(CLIENT), *map(str, arguments)],
                          self.environment | {"TERM": term} | environment)
        try:
            yield run
        finally:
            run.close()


class _OnTerminal:
    def __init__(self, command, environment):
        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 30, COLUMNS, 0, 0))
        self._process = subprocess.Popen(command, env=environment, stdin=theirs, stdout=theirs,
                                         stderr=theirs, start_new_session=True)
        os.close(theirs)
        self._data = b""
        self._thread = threading.Thread(target=self._collect, name="terminal", daemon=True)
        self._thread.start()

    def _collect(self):
        with contextlib.suppress(OSError):  # the terminal's other end is closed
            while data := os.read(self._ours, 1 << 16):
                self._data += data

    def text(self):
        return self._data.decode().replace("\r\n", "\n")

    def type(self, text):
        os.write(self._ours, text.encode())

    def wait_for(self, part, seconds=60):
        wait_until(lambda: part in self.text(), f"{part!r} is shown", seconds)

    def wait(self):
        code = self._process.wait(SECONDS)
        self._thread.join()
        return code

    def close(self):
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        self._thread.join()
        os.close(self._ours)
