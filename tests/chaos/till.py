# SPDX-License-Identifier: MIT
"""Tills that sell, correct and cancel in the POS while everything around them breaks; in closed days
as people do: little."""
import contextlib
import random
import threading

import pymysql

from support.pos import INSERT, PRODUCTS
from support.schema import POS_DATABASE

PAUSE_SECONDS = 0.02
TABLE = f"{POS_DATABASE}.ventasdiarias"
LITTLE = "ABS(Cantidad) <= 1 AND MontoTotal < 100"


class Till(threading.Thread):
    """Works until it is told to stop; while the POS is away it waits for it, as a till does."""

    def __init__(self, server, days, seed):
        super().__init__(name="till", daemon=True)
        self.done = 0
        self._server = server
        self._days = days
        self._random = random.Random(seed)
        self._stopped = threading.Event()
        self._paused = threading.Event()

    def run(self):
        while not self._stopped.is_set():
            with contextlib.suppress(pymysql.Error, OSError):
                with self._server.connect(read_timeout=2, write_timeout=2) as connection:
                    self._work(connection)
            self._stopped.wait(PAUSE_SECONDS)

    def stop(self):
        self._stopped.set()
        self.join()

    @contextlib.contextmanager
    def paused(self):
        """Inside it begins nothing new."""
        self._paused.set()
        try:
            yield
        finally:
            self._paused.clear()

    def _work(self, connection):
        with connection.cursor() as cursor:
            while not self._stopped.wait(self._random.uniform(0, PAUSE_SECONDS)):
                if not self._paused.is_set():
                    self.act(cursor)

    def act(self, cursor):
        """One sale, correction or cancellation."""
        action = self._random.choices((self._sell, self._correct, self._cancel), (5, 2, 1))[0]
        action(cursor, self._day())
        self.done += 1

    def _day(self):
        """Today mostly, an earlier day now and then."""
        return self._days[-1] if self._random.random() < 0.7 else self._random.choice(self._days)

    def _sell(self, cursor, day):
        upc, *dimensions = self._random.choice(PRODUCTS)
        cents = self._random.randrange(1, 100_000)
        quantities = (1, 2, "0.345", -1) if day == self._days[-1] else (1, 2, "0.345")
        cursor.execute(INSERT, (day, upc, *dimensions, self._random.choice(quantities),
                                f"{cents / 100:.2f}", f"{cents * 7 / 1000:.4f}"))

    def _correct(self, cursor, day):
        most = 500 if day == self._days[-1] else 5
        cursor.execute(f"UPDATE {TABLE} SET MontoTotal = MontoTotal + %s WHERE Fecha = %s"
                       f" AND Upc = %s LIMIT 1",
                       (self._random.randrange(-most, most), day, self._random.choice(PRODUCTS)[0]))

    def _cancel(self, cursor, day):
        which = "TRUE" if day == self._days[-1] else LITTLE
        cursor.execute(f"DELETE FROM {TABLE} WHERE Fecha = %s AND Upc = %s AND {which} LIMIT 1",
                       (day, self._random.choice(PRODUCTS)[0]))
