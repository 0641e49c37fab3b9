# SPDX-License-Identifier: MIT
"""A report that runs all the time on a target and believes only what cannot be otherwise."""
import contextlib
import datetime
import threading

import pymysql

from support import oracle
from support.daemon import BRANCH

PAUSE_SECONDS = 0.03
LEDGER = ("SELECT Fecha, Revision, Filas, TotalUnidades, TotalVenta, TotalCosto"
          f" FROM central.SincronizacionDias WHERE IdSucursal = {BRANCH}")


class Reader(threading.Thread):
    """Notes each day that was seen by half, each whose committed version went back, and each ended day
    of which less is proven than was once acknowledged."""

    def __init__(self, server, today):
        super().__init__(name=f"reader of {server.name}", daemon=True)
        self.name_of_target = server.name
        self.found = []
        self.looks = 0
        self._server = server
        self._stopped = threading.Event()
        self._lock = threading.Lock()
        # The daemon's clock and time zone are shaken too: yesterday may be an open day for it.
        self._open_from = today - datetime.timedelta(days=1)
        self._revisions = {}
        self._fullest = {}  # (rows, units, sales, cost) of each ended day, when its sales were most
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
                self._fullest.clear()

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
            ledger = self.query(LEDGER)
            revisions = {day: revision for day, revision, *_ in ledger}
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
            self._look_for_losses({day: held for day, _, *held in ledger if day < self._open_from})

    def _look_for_losses(self, ended):
        for day, held in ended.items():
            fullest = self._fullest.setdefault(day, held)
            if oracle.is_loss(fullest, held):
                self.found.append(f"{self.name_of_target}: of {day}, once proven with {fullest},"
                                  f" {held} is left and nobody has approved that")
                self._fullest[day] = held  # said once
            elif held[2] >= fullest[2]:
                self._fullest[day] = held
