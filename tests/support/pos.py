# SPDX-License-Identifier: MIT
"""Small made-up sales with every peculiarity of real ones: a week of a corner shop."""
import datetime
import random

from .schema import POS_DATABASE

FIRST = datetime.date(2026, 1, 5)
WEEK = tuple(FIRST + datetime.timedelta(days=i) for i in range(7))
EMPTY_DAY = WEEK[3]
LINES_A_DAY = 60

INSERT = f"INSERT INTO {POS_DATABASE}.ventasdiarias VALUES (%s, %s, %s, %s, %s, %s, %s, %s)"

# Upc, department, category, subcategory. The same code under two categories; codes that differ in case
# only, or in a blank at the end; characters that separators, quotes and collations could trip over.
PRODUCTS = (
    ("7501000111112", 1, 10, 100),
    ("7501000111112", 1, 11, 100),
    ("84997d", 2, 20, 200),
    ("84997D", 2, 20, 200),
    ("84997d ", 2, 20, 200),
    ("BANK CHARGES", None, None, None),
    ("ñandú", 3, 30, None),
    ("nandu", 3, None, 300),
    ("a|b", 3, 30, 300),
    ("it's \"x\"", 4, 40, 400),
    ("back\\slash", 4, 40, 400),
    ("☃-🛒", 4, 40, 401),
    ("12345678901234567890", 5, 50, 500),
    *((f"75020001{number:05}", number % 5 + 1, number % 9 + 10, number % 13 + 100)
      for number in range(30)),
)

# Suppliers: some codes twice (the lowest number counts), some without one, some unknown to productos.
SUPPLIERS = (
    ("7501000111112", 70), ("7501000111112", 7),
    ("84997d", 21), ("84997D", 22), ("84997D", 23),
    ("BANK CHARGES", None),
    ("ñandú", 31), ("a|b", None), ("a|b", 33),
    ("nadie lo vende", 99),
    *((f"75020001{number:05}", number % 7 + 1) for number in range(0, 30, 2)),
)


def lines_of(day, count=LINES_A_DAY):
    """The till lines of a day: repeatable, with returns, zero amounts and four decimals."""
    source = random.Random(day.toordinal())
    return [_line(source, day, *source.choice(PRODUCTS)) for _ in range(count)]


def _line(source, day, upc, department, category, subcategory):
    quantity = source.choice((1, 1, 1, 2, 3, 12, "0.345", 0, -1))
    cents = source.randrange(0, 100_000)
    sign = "-" if quantity == -1 else ""
    return (day, upc, department, category, subcategory, quantity, f"{sign}{cents / 100:.2f}",
            f"{sign}{cents * 7 / 1000:.4f}")


def fill(server, days=WEEK, empty=(EMPTY_DAY,), lines=LINES_A_DAY):
    """Products, and so many lines in each of these days but the empty ones."""
    connection = server.connect()
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {POS_DATABASE}.productos (Upc, IdProveedores) VALUES (%s, %s)",
                           SUPPLIERS)
        cursor.executemany(INSERT, [line for day in days if day not in empty for line in lines_of(day, lines)])
    connection.close()


def fill_evenly(server, days, lines=100):
    """As many lines of as many products in each of these days, all of about the same weight, so that it
    is known which part of a day some of them are: 2 pieces for 20.00 to 20.99, that cost 14.00, and three
    in ten of them in department 3."""
    with server.connect() as connection, connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {POS_DATABASE}.productos (Upc, IdProveedores) VALUES (%s, %s)",
                           [(even_upc(number), number % 7 + 1) for number in range(lines)])
        cursor.executemany(INSERT, [line for day in days for line in even_lines(day, lines)])


def even_upc(number):
    return f"75030002{number:05}"


def even_lines(day, lines=100):
    return [(day, even_upc(number), 3 if number % 10 < 3 else 1, number % 9 + 10, number % 13 + 100,
             2, f"20.{number % 100:02}", "14.00") for number in range(lines)]


def sell(server, day, upc="7502000100001", amount="10.00", quantity=1, cost="7.00",
         department=1, category=10, subcategory=100):
    """One more till line."""
    server.query(INSERT, (day, upc, department, category, subcategory, quantity, amount, cost))
