# SPDX-License-Identifier: MIT
"""A clock for one process that somebody else sets (libfaketime)."""
import contextlib
import os
from pathlib import Path

from support.service import sanitized

FAKETIME = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1")


def available():
    """A sanitizer wants to be loaded first."""
    return FAKETIME.exists() and not sanitized()


class Clock:
    """Right until it is set; `environment` makes a process go by it. Waits are as long as ever."""

    def __init__(self, folder):
        self._file = Path(folder, "clock")
        self.environment = {
            "LD_PRELOAD": str(FAKETIME), "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
        self.set("+0s")

    @contextlib.contextmanager
    def for_children(self):
        """What is started inside the block goes by it."""
        before = {name: os.environ.get(name) for name in self.environment}
        os.environ.update(self.environment)
        try:
            yield
        finally:
            for name, value in before.items():
                if value is None:
                    del os.environ[name]
                else:
                    os.environ[name] = value

    def set(self, offset):
        """So far from the true time; at once, and never half written."""
        new = self._file.with_suffix(".new")
        new.write_text(offset)
        new.rename(self._file)
