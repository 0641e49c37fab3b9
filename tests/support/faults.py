# SPDX-License-Identifier: MIT
"""A disk and a name server that do not answer, for one daemon (support/faults.cpp)."""
import contextlib
import os
from pathlib import Path

import pytest

from . import moved_clock
from .daemon import BINARY
from .service import sanitized
from .waiting import wait_until

LIBRARY = BINARY.parents[1] / "tests/libfaults.so"
NAME = "colgado.invalid"  # of a host that is 127.0.0.1 whenever the name server answers


class Faults:
    def __init__(self, service):
        if sanitized():
            pytest.skip("sanitizers and these faults both want to be loaded first")
        if not LIBRARY.is_file():
            pytest.skip(f"{LIBRARY} is missing; build it first")
        self._folder = service.consolidador.folder
        preload = [moved_clock.ENVIRONMENT.get("LD_PRELOAD"), str(LIBRARY)]
        service.environment |= {"LD_PRELOAD": " ".join(filter(None, preload)),
                                "FAULT_DISK": os.path.realpath(self._folder), "FAULT_NAME": NAME}

    def _file(self, suffix):
        return Path(os.path.realpath(self._folder) + suffix)

    @contextlib.contextmanager
    def _while_there(self, suffix):
        self._file(suffix).touch()
        try:
            yield
        finally:
            self._file(suffix).unlink()

    def held_disk(self):
        """Nothing is synced in this block."""
        return self._while_there(".held")

    def wait_for_sync(self):
        wait_until(lambda: self._file(".waiting").exists(), "somebody waits for the disk", 90)

    def deaf_name_server(self):
        """Nobody learns in this block where NAME is."""
        return self._while_there(".deaf")

    def wait_for_question(self):
        wait_until(lambda: self._file(".asking").exists(), "somebody asks for the name", 90)
