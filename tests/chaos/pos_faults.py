# SPDX-License-Identifier: MIT
"""How the POS loses sales that were proven. It gets them back when the schedule ends, if not before:
until then the three places do not agree, and must not.

Each line has a number (stage.number_the_lines), so that what is lost is put back beside what was sold
since.
"""
import time

import pymysql

from support.waiting import wait_until

from kinds import POS, fault
from stage import BACKUP, LINE, LINES, LOST

CHUNKS = 3
CHUNK_SECONDS = 0.1
COPY = f"REPLACE INTO {{}} ({LINE}) SELECT {LINE} FROM {{}}"


def _in_one(stage, *statements):
    """In one transaction; again while the tills are in the way."""
    def done():
        try:
            with stage.server("pos").connect(read_timeout=20) as connection:
                with connection.cursor() as cursor:
                    cursor.execute("BEGIN")
                    for statement in statements:
                        cursor.execute(statement)
                    cursor.execute("COMMIT")
        except pymysql.err.OperationalError:
            return False
        return True
    wait_until(done, "the POS has lost sales or got them back")


def _lose(stage, which):
    _in_one(stage, f"{COPY.format(LOST, LINES)} WHERE {which}", f"DELETE FROM {LINES} WHERE {which}")


def put_back(stage):
    """All that it has lost, if anything."""
    _in_one(stage, COPY.format(LINES, LOST), f"DELETE FROM {LOST}")


def loses(act):
    """Registers what makes the POS lose sales: half the time it has them back when the fault ends,
    else when the schedule does."""
    def lose_and_put_back(stage, place, random):
        stage.lost_sales = True
        act(stage, random)
        yield
        if random.random() < 0.5:
            put_back(stage)
    lose_and_put_back.__name__ = act.__name__
    fault("server", POS)(lose_and_put_back)


@loses
def pos_purged(stage, random):
    """By date; sometimes of all but today."""
    _lose(stage, f"Fecha < '{random.choice(stage.days[1:])}'")


@loses
def pos_purged_in_part(stage, random):
    """By chunks, while the daemon looks on; it stops in the middle of a day."""
    boundary = random.choice(stage.days[:-1])
    _lose(stage, f"Fecha < '{boundary}'")
    of_day = f"Fecha = '{boundary}'"
    numbers = f"SELECT linea FROM {LINES} WHERE {of_day} ORDER BY linea"
    lines = stage.server("pos").query(numbers)
    for part in range(1, CHUNKS + 1) if lines else ():
        (number,) = lines[len(lines) * part // (CHUNKS + 1)]
        _lose(stage, f"{of_day} AND linea < {number}")
        time.sleep(CHUNK_SECONDS)  # how a purge works, not a synchronisation


@loses
def pos_day_emptied(stage, random):
    _lose(stage, f"Fecha = '{random.choice(stage.days[:-1])}'")


@loses
def pos_restored_from_an_old_backup(stage, random):
    """What was sold and corrected since is gone, and what was cancelled is there again; of the last
    days it has nothing at all."""
    until = f"WHERE Fecha <= '{random.choice(stage.days)}'"
    _in_one(stage, COPY.format(LOST, LINES), f"DELETE FROM {LINES}",
            f"{COPY.format(LINES, BACKUP)} {until}")


@loses
def pos_reinstalled_empty(stage, random):
    """Its products are there, its sales begin anew."""
    _lose(stage, "TRUE")
