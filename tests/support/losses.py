# SPDX-License-Identifier: MIT
"""How a POS loses sales, and gets them back."""
import contextlib

from .pos import INSERT, even_lines, even_upc
from .schema import POS_DATABASE

LINES = f"{POS_DATABASE}.ventasdiarias"
BACKUP = f"{POS_DATABASE}.respaldo"


# -- more than corrections take ----------------------------------------------------------------------


def purge(server, before):
    """Its housekeeping: the days before this one are gone."""
    server.query(f"DELETE FROM {LINES} WHERE Fecha < %s", (before,))


def purge_in_part(server, day):
    """Housekeeping that was stopped in the middle of a day."""
    purge(server, day)
    lose_lines(server, day, 70)


def empty(server, day):
    server.query(f"DELETE FROM {LINES} WHERE Fecha = %s", (day,))


def empty_everything(server):
    server.query(f"TRUNCATE TABLE {LINES}")


def lose_lines(server, day, percent):
    """So many of the lines of the day, which pos.fill_evenly has filled."""
    for number in range(percent):
        server.query(f"DELETE FROM {LINES} WHERE Fecha = %s AND Upc = %s", (day, even_upc(number)))


def lower_every_amount(server, day):
    server.query(f"UPDATE {LINES} SET MontoTotal = MontoTotal * 0.7 WHERE Fecha = %s", (day,))


def lose_a_department(server, day):
    """Three lines in ten."""
    server.query(f"DELETE FROM {LINES} WHERE Fecha = %s AND IdDepartamentos = 3", (day,))


def redate(server, day, other):
    """The sales of a day are booked on another one."""
    server.query(f"UPDATE {LINES} SET Fecha = %s WHERE Fecha = %s", (other, day))


# -- what happens every week -------------------------------------------------------------------------


def cancel_a_ticket(server, day):
    lose_lines(server, day, 5)


def take_ten_returns(server, day):
    for number in range(10):
        server.query(INSERT, (day, even_upc(number), 3, 10, 100, -1, "-10.00", "-7.00"))


def correct_a_price(server, day):
    """Of one line in twenty, to the half."""
    for number in range(5):
        server.query(f"UPDATE {LINES} SET MontoTotal = MontoTotal / 2 WHERE Fecha = %s AND Upc = %s",
                     (day, even_upc(number)))


def double(server, day):
    """As much again is booked on the day."""
    with server.connect() as connection, connection.cursor() as cursor:
        cursor.executemany(INSERT, even_lines(day))


# -- back again --------------------------------------------------------------------------------------


@contextlib.contextmanager
def backed_up(server):
    """Gives a function that puts the sales back as they were when the block began."""
    def restore():
        server.query(f"DELETE FROM {LINES}")
        server.query(f"INSERT INTO {LINES} SELECT * FROM {BACKUP}")
    server.query(f"CREATE OR REPLACE TABLE {BACKUP} AS SELECT * FROM {LINES}")
    yield restore
    server.query(f"DROP TABLE {BACKUP}")
