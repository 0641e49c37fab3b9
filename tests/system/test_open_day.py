# SPDX-License-Identifier: MIT
"""The tills go on selling during the cycle: an open day never fails its audit."""
import contextlib
import random
import threading

import pytest

from support import oracle, pos, schema
from support.daemon import BRANCH, DAY_IN_ERROR, OK
from support.service import noon_zone

RUNS = 200
CANCEL_EVERY = 5
RUNS_TO_FAIL = 50
SEED = 20260105

# Our procedure but for one thing: it ends the daemon's snapshot, so that the audit sees later sales.
WITHOUT_SNAPSHOT = "BEGIN COMMIT; CALL sp_original(p_fecha); END"


class Till(threading.Thread):
    """Sells tickets of one to three lines, each a committed transaction, until it is told to close."""

    def __init__(self, server, today):
        super().__init__()
        self._today = today
        self._connection = server.connect()
        self._closed = threading.Event()
        self._random = random.Random(SEED)
        self.tickets = 0
        self.error = None

    def run(self):
        try:
            while not self._closed.is_set():
                self._sell_ticket()
        except Exception as error:  # reported by the test's own thread
            self.error = error

    def _sell_ticket(self):
        with self._connection.cursor() as cursor:
            cursor.execute("BEGIN")
            for _ in range(self._random.randint(1, 3)):
                upc, *dimensions = self._random.choice(pos.PRODUCTS)
                amount = self._random.randrange(1, 10_000) / 100
                cursor.execute(pos.INSERT, (self._today, upc, *dimensions, 1, amount, amount * 0.7))
            cursor.execute("COMMIT")
        self.tickets += 1

    def close(self):
        self._closed.set()
        self.join()
        self._connection.close()
        assert self.error is None, self.error


@contextlib.contextmanager
def selling(server, today):
    """An open shop."""
    till = Till(server, today)
    till.start()
    try:
        yield till
    finally:
        till.close()


def cancel_a_third(server, today, turn):
    """Another third of the products each time, so that the day stays of a size that a run gets through
    quickly; more at once would be held."""
    codes = sorted({upc for upc, *_ in pos.PRODUCTS})[turn % 3::3]
    server.query(f"DELETE FROM {schema.POS_DATABASE}.ventasdiarias WHERE Fecha = %s"
                 " AND BINARY Upc IN %s", (today, codes))


@pytest.fixture
def today(consolidador):
    """A day that goes on for hours, in the branch's zone."""
    zone, today = noon_zone()
    consolidador.configure(branch={"time_zone": zone})
    return today


def test_two_hundred_runs_of_an_open_day_never_fail_an_audit(week, consolidador, today):
    """Those count during which the till has sold, which on a busy machine are not all."""
    runs = sold_during = 0
    with selling(week.pos, today) as till:
        while sold_during < RUNS and runs < 2 * RUNS:
            if runs % CANCEL_EVERY == 0:
                cancel_a_third(week.pos, today, runs // CANCEL_EVERY)
            before = till.tickets
            run = consolidador.once_for(today).expect(OK)
            assert (run.day(today)["estado"], run.day(today)["intentos"]) == ("OK", "1"), run
            sold_during += till.tickets > before
            runs += 1
    assert sold_during == RUNS, f"the till was selling during {sold_during} of {runs} runs"
    consolidador.once_for(today).expect(OK)
    oracle.assert_agree(week, BRANCH, [today])


def test_without_the_snapshot_the_same_till_does_break_the_audit(week, consolidador, today):
    """Proves that the test above can fail: the till is fast enough to sell between extraction and audit."""
    schema.wrap_pos_procedure(week.pos, "SELECT 1", "1900-01-01")
    schema.replace_pos_procedure(week.pos, WITHOUT_SNAPSHOT)
    with selling(week.pos, today):
        codes = []
        while DAY_IN_ERROR not in codes and len(codes) < RUNS_TO_FAIL:
            codes.append(consolidador.once_for(today).exit_code)
    assert DAY_IN_ERROR in codes
