# SPDX-License-Identifier: MIT
"""What a year of the memory takes in a target: table and indexes of HistorialDias and HistorialCambios."""
import datetime

from figure import Figure
from support.programs import Program

BRANCHES = 20  # a page of the table holds more than one small branch
ROWS = 40
FIRST = datetime.date(2025, 1, 1)
KIB = 1024
BYTES = """
SELECT SUM(DATA_LENGTH + INDEX_LENGTH) FROM information_schema.TABLES
WHERE TABLE_SCHEMA = 'central' AND TABLE_NAME IN ('HistorialDias', 'HistorialCambios')
"""


def size(server):
    server.query("ANALYZE TABLE central.HistorialDias, central.HistorialCambios")
    return int(server.value(BYTES))


def corrected(day, rows, again):
    """So many rows of the day have another amount."""
    codes = [f"75{number * 7919:011}" for number in range(ROWS)]
    return {code: number + 100 + (again if number < rows else 0) for number, code in enumerate(codes)}


def fill(server, changed_days, rows):
    """Each of these days was changed once after it had closed, so many rows of it."""
    with server.connect(database="central") as link:
        for branch in range(1, BRANCHES + 1):
            program = Program(link, branch)
            for number in changed_days:
                day = FIRST + datetime.timedelta(number)
                program.write(day, corrected(day, rows, 0))
                program.write(day, corrected(day, rows, 1), reason="pos")


def measure(stage):
    for what, days, rows in (("two days a week, 3 rows each", [n for n in range(365) if n % 7 in (1, 4)], 3),
                             ("every day, 5 rows", range(365), 5)):
        stage.empty_targets()
        server = stage.servers.vps
        before = size(server)
        fill(server, days, rows)
        yield Figure(f"a year, {what}", (size(server) - before) / BRANCHES / KIB, "KiB a branch")
