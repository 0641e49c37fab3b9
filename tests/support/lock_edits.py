# SPDX-License-Identifier: MIT
"""What happens to a lock_model.World between two looks of the daemon, drawn at random: sales and corrections,
losses of the POS, damages of the targets, decisions of people. Amounts and counts lie on the edges of the
limits as often as beside them."""
from .lock_model import TARGETS, Limits, Rows, World

DAYS = (5, 8)
ROWS = (0, 60)
DEPARTMENTS = 3
PRODUCTS = 200
CENTS = 100          # ten-thousandths in a cent, so that a percentage of any sum of them is a whole number


def any_limits(random):
    return Limits(enabled=random.random() < 0.95, rows=random.choice((0, 5, 10, 10, 10, 25, 100)),
                  min_rows=random.choice((0, 1, 3, 5, 10, 20)),
                  amount=random.choice((0, 1, 10, 10, 10, 33, 100)))


def new_world(random, limits, days=DAYS, rows=ROWS):
    return World(limits, [some_rows(random, random.randint(*rows)) for _ in range(random.randint(*days))])


def some_rows(random, count):
    return Rows({(number, number % DEPARTMENTS + 1): some_amounts(random)
                 for number in random.sample(range(PRODUCTS), count)})


def some_amounts(random):
    """Of a row; one in ten is a return."""
    cents = random.randrange(1, 10_000)
    sign = 1 if cents % 10 else -1
    return sign * (cents % 9 + 1) * 10_000, sign * cents * CENTS, sign * cents * CENTS // 2


# -- the POS -----------------------------------------------------------------------------------------


def sell(world, random):
    day = _any_day(world, random)
    _set(world, day, {**some_rows(random, random.choice((1, 1, 5, 60))), **world.pos[day]})


def correct(world, random):
    """The price of some lines."""
    day = _any_day(world, random)
    rows = dict(world.pos[day])
    for key in random.sample(sorted(rows), min(len(rows), random.choice((1, 3, 10)))):
        units, sales, cost = rows[key]
        rows[key] = units, sales - random.choice((sales // 2, CENTS, 1)), cost
    _set(world, day, rows)


def cancel(world, random):
    """Some lines: as many as corrections may take, one more, one less."""
    day = _any_day(world, random)
    rows = world.pos[day]
    edge = max(world.limits.min_rows, len(rows) * world.limits.rows // 100)
    count = random.choice((1, edge - 1, edge, edge, edge + 1, edge + 1))
    _drop(world, day, random.sample(sorted(rows), min(len(rows), max(0, count))))


def exchange(world, random):
    """Other products in the place of some; as many rows as before, and worth the same."""
    day = _any_day(world, random)
    rows = dict(world.pos[day])
    for key in random.sample(sorted(rows), random.randint(0, len(rows))):
        rows[PRODUCTS + key[0], key[1]] = rows.pop(key)
    _set(world, day, rows)


def redate(world, random):
    """Lines onto the neighbour."""
    day = random.randrange(world.today)
    neighbour = day + 1
    moved = random.sample(sorted(world.pos[day]), random.randint(0, len(world.pos[day])))
    _set(world, neighbour, {**{key: world.pos[day][key] for key in moved}, **world.pos[neighbour]})
    _drop(world, day, moved)


def purge(world, random):
    """By date; of all but today at the most."""
    for day in range(random.randint(1, world.today)):
        _set(world, day, {})


def purge_in_part(world, random):
    """Stopped in the middle of a day."""
    boundary = random.randrange(world.today)
    for day in range(boundary):
        _set(world, day, {})
    rows = sorted(world.pos[boundary])
    _drop(world, boundary, rows[:len(rows) * random.randint(1, 9) // 10])


def empty_a_day(world, random):
    _set(world, _any_day(world, random), {})


def delete_a_department(world, random):
    day, department = _any_day(world, random), random.randint(1, DEPARTMENTS)
    _drop(world, day, [key for key in world.pos[day] if key[1] == department])


def scale(world, random):
    """All amounts of a day: by just what they may fall, by more, or up."""
    day = _any_day(world, random)
    left = random.choice((100 - world.limits.amount, 100 - world.limits.amount, 70, 99, 150))
    _set(world, day, {key: tuple(amount * left // 100 for amount in amounts)
                      for key, amounts in world.pos[day].items()})


def lower(world, random):
    """One amount of one line, by just what the day may lose of it, a ten-thousandth less or more."""
    day, column = _any_day(world, random), random.randrange(3)
    rows = dict(world.pos[day])
    if not rows:
        return
    key = random.choice(sorted(rows))
    amounts = list(rows[key])
    whole = abs(sum(each[column] for each in rows.values()))
    amounts[column] -= whole * world.limits.amount // 100 + random.choice((-1, 0, 0, 1))
    _set(world, day, {**rows, key: tuple(amounts)})


def refill(world, random):
    """From a backup: all, or the last days only."""
    first = random.choice((0, 0, random.randrange(len(world.pos))))
    for day in range(first, len(world.pos)):
        _set(world, day, world.backup[day])


def truncate(world, random):
    for day in world.days:
        _set(world, day, {})


def truncate_and_refill(world, random):
    truncate(world, random)
    refill(world, random)


# -- the targets -------------------------------------------------------------------------------------


def alter_a_row(world, random):
    target, day = _any_target(random), _any_day(world, random)
    rows = dict(world.targets[target][day].rows)
    if rows:
        key = random.choice(sorted(rows))
        units, sales, cost = rows[key]
        world.damage(target, day, rows=Rows({**rows, key: (units, sales + CENTS, cost)}))


def lose_rows(world, random):
    target, day = _any_target(random), _any_day(world, random)
    rows = world.targets[target][day].rows
    kept = random.sample(sorted(rows), random.randint(0, len(rows)))
    world.damage(target, day, rows=Rows({key: rows[key] for key in kept}))


def lose_days(world, random):
    """Rows and ledger, from a day on: as a restore of an old backup does, or a new disk."""
    target = _any_target(random)
    for day in range(random.choice((0, random.randrange(len(world.pos)))), len(world.pos)):
        world.damage(target, day, rows=Rows(), ledger=None, most=None)


def get_another_version(world, random):
    """Of a day, rows and ledger: it was restored."""
    target, day = _any_target(random), _any_day(world, random)
    held = world.targets[target][day]
    if not held.rows or not held.intact:
        return
    kept = random.sample(sorted(held.rows), random.randint(1, len(held.rows)))
    rows = Rows({key: held.rows[key] for key in kept})
    world.damage(target, day, rows=rows, ledger=rows.content)


# -- people ------------------------------------------------------------------------------------------


def approve(world, random):
    """Some of the days that are held because something would go."""
    for day in world.held_days():
        if world.answer(day).loss and random.random() < 0.5:
            world.approve(day)


def restore(world, random):
    for day in world.held_days():
        if world.answer(day).conflict:
            world.restore(day, _any_target(random))


POS_EDITS = (sell, sell, correct, correct, cancel, cancel, exchange, redate, purge, purge_in_part, empty_a_day,
             delete_a_department, scale, lower, lower, refill, truncate, truncate_and_refill)
DAMAGES = (alter_a_row, lose_rows, lose_days, get_another_version)
DECISIONS = (approve, approve, restore)


def choose(world, random):
    """What happens next; people decide only where something is held."""
    decides = random.random() < 0.3 and world.held_days()
    return random.choice(DECISIONS if decides else POS_EDITS + DAMAGES)


def _any_day(world, random):
    return random.randrange(len(world.pos))


def _any_target(random):
    return random.choice(TARGETS)


def _set(world, day, rows):
    world.pos[day] = Rows(rows)


def _drop(world, day, keys):
    _set(world, day, {key: row for key, row in world.pos[day].items() if key not in set(keys)})
