# SPDX-License-Identifier: MIT
"""A report that runs all the time on a target and believes only what cannot be otherwise."""
import contextlib
import threading

import pymysql

from support import oracle
from support.daemon import BRANCH

PAUSE_SECONDS = 0.03
REVISIONS = f"SELECT Fecha, Revision FROM central.SincronizacionDias WHERE IdSucursal = {BRANCH}"


class Reader(threading.Thread):
    """Notes each day that was seen by half, and each whose committed version went back."""

    def __init__(self, server):
        super().__init__(name=f"reader of {server.name}", daemon=True)
        self.name_of_target = server.name
        self.found = []
        self.looks = 0
        self._server = server
        self._stopped = threading.Event()
        self._lock = threading.Lock()
        self._revisions = {}
        self._excused = 0
        self._healing = False

    def query(self, sql):
        """For the oracle, which asks this as it would ask a server."""
        with self._connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall()

    @contextlib.contextmanager
    def excused(self):
        """Inside, somebody takes committed rows away by hand; until they are whole again, days may
        be seen by half."""
        with self._lock:
            self._excused += 1
        try:
            yield
        finally:
            with self._lock:
                self._excused -= 1
                self._healing = True
                self._revisions.clear()

    def run(self):
        while not self._stopped.is_set():
            with contextlib.suppress(pymysql.Error, OSError):
                with self._server.connect(read_timeout=5) as self._connection:
                    while not self._stopped.wait(PAUSE_SECONDS):
                        self._look()
            self._stopped.wait(PAUSE_SECONDS)

    def stop(self):
        self._stopped.set()
        self.join()

    def _look(self):
        with self._lock:
            torn = oracle.torn_days(self, BRANCH)
            revisions = dict(self.query(REVISIONS))
            self.looks += 1
            if self._excused:
                return
            self._healing = self._healing and bool(torn)
            if torn and not self._healing:
                self.found.append(f"{self.name_of_target}: half of {torn} was seen")
            for day, before in self._revisions.items():
                if revisions.get(day, 0) < before:
                    self.found.append(f"{self.name_of_target}: {day} went back from revision"
                                      f" {before} to {revisions.get(day)}")
            self._revisions = revisions
