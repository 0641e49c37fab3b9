#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Plays random sequences of edits of the POS, damages of the targets and decisions of people with the real
daemon, and compares each day in both targets with the model of the lock.

    tests/chaos/lock_sequences.py [--seeds N] [--first SEED]

Each step is one transaction of the POS, or something done to a target; then the daemon is asked to audit every
day, and what the targets hold, and which days are held, must be what support.lock_model says.
"""
import argparse
import contextlib
import dataclasses
import random
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support import accounts, lock_edits, mounts, oracle, schema  # noqa: E402
from support.bus import Branch, PrivateBus  # noqa: E402
from support.daemon import BRANCH, Consolidador  # noqa: E402
from support.lock_model import TARGETS  # noqa: E402
from support.pos import INSERT  # noqa: E402
from support.schema import AGGREGATE_DATABASE, POS_DATABASE  # noqa: E402
from support.service import Service  # noqa: E402
from support.waiting import DeadlineExceeded, wait_until  # noqa: E402

STEPS = (4, 7)
SETTLE_SECONDS = 30
REASON = "lo decide el modelo"
CATEGORY, SUBCATEGORY, SUPPLIER = 10, 100, 0


class Stage(contextlib.ExitStack):
    """A branch on a bus whose three places begin empty; `world` says what they must hold."""

    def __init__(self, servers, seed, random_source):
        super().__init__()
        self.servers = servers
        self.seed = seed
        self.random = random_source
        self.done = []
        # With the lock off an audit takes nothing away, but the next cycle does: no model of that.
        limits = dataclasses.replace(lock_edits.any_limits(random_source), enabled=True)
        self.world = lock_edits.new_world(random_source, limits)
        self._sold = [{}] * len(self.world.pos)

    def __enter__(self):
        with contextlib.ExitStack() as undo:
            undo.push(super().__exit__)
            self._set_up()
            undo.pop_all()
        return self

    def _set_up(self):
        schema.create_pos(self.servers.pos)
        for target in self.servers.targets:
            schema.empty_aggregate(target)
        folder = Path(self.enter_context(
            tempfile.TemporaryDirectory(prefix="sucursal-", dir=self.servers.folder)))
        self.service = Service(self.servers, Consolidador(self.servers, folder / "branch"))
        self.days = self.service.days(len(self.world.pos))
        bus_folder = self.enter_context(tempfile.TemporaryDirectory(prefix="bus-"))
        bus = self.enter_context(contextlib.closing(PrivateBus(bus_folder))).start()
        self.service.bus = "system"
        self.service.environment |= bus.environment
        self._branch = Branch(bus, BRANCH)
        self.enter_context(contextlib.closing(self.service))
        self._write_pos()
        self._start()
        self.look()

    def _start(self):
        limits = self.world.limits
        self.service.start(window={"reprocess_days": len(self.days) - 1},
                           lock={"enabled": limits.enabled, "rows": limits.rows,
                                 "min_rows": limits.min_rows, "amount": limits.amount})
        self._branch.bus.wait_name(self._branch.name)

    # -- one step ----------------------------------------------------------------------------------

    def step(self):
        edit = lock_edits.choose(self.world, self.random)
        self.done.append(edit.__name__)
        if edit is lock_edits.approve:
            self._approve()
        elif edit is lock_edits.restore:
            self._restore()
        elif edit in lock_edits.DAMAGES:
            self._damage(edit)
        else:
            edit(self.world, self.random)
            self._write_pos()
        self.look()

    def look(self):
        """Until the daemon has looked, and all is as the model has it; then once more."""
        self.world.look()
        self._ask("Audit", "ss", str(self.days[0]), str(self.days[-1]))
        self._wait_as_in_the_model()
        self.service.wait_cycles(2)
        self._wait_as_in_the_model()

    def _wait_as_in_the_model(self):
        try:
            wait_until(lambda: not self.differences(), "all is as in the model", SETTLE_SECONDS)
        except DeadlineExceeded:
            raise AssertionError("\n".join(self.differences()[:20])) from None

    def _ask(self, method, *arguments):
        """Until the daemon has done it."""
        job = self._branch.call(method, *arguments)[0]
        wait_until(lambda: job not in [each["Path"] for each in self._branch.jobs()], f"{method} ends")

    def _approve(self):
        lock_edits.approve(self.world, self.random)
        for day in self.world.approved:
            self._ask("Approve", "sss", *[str(self.days[day])] * 2, REASON)

    def _restore(self):
        for day in self.world.held_days():
            if self.world.answer(day).conflict:
                source = self.random.choice(TARGETS)
                self._ask("Restore", "sss", str(self.days[day]), source, REASON)
                self.world.restore(day, source)

    # -- from the model into the places ------------------------------------------------------------

    def _write_pos(self):
        """The days that are not as the model has them, in one transaction."""
        with self.servers.pos.connect() as connection, connection.cursor() as cursor:
            cursor.execute("BEGIN")
            for number, (rows, sold) in enumerate(zip(self.world.pos, self._sold)):
                if rows != sold:
                    cursor.execute(f"DELETE FROM {POS_DATABASE}.ventasdiarias WHERE Fecha = %s",
                                   (self.days[number],))
                    cursor.executemany(INSERT, self._lines(number, rows))
            cursor.execute("COMMIT")
        self._sold = list(self.world.pos)

    def _lines(self, number, rows):
        return [(self.days[number], upc(product), department, CATEGORY, SUBCATEGORY, *map(amount, amounts))
                for (product, department), amounts in rows.items()]

    def _damage(self, edit):
        """While the daemon runs; where the ledger changes with the rows, while it does not, as a restore
        ends every connection."""
        before = {name: list(held) for name, held in self.world.targets.items()}
        edit(self.world, self.random)
        damaged = [(name, number) for name in TARGETS for number in self.world.days
                   if self.world.targets[name][number] != before[name][number]]
        restored = any(self.world.targets[name][number].ledger != before[name][number].ledger
                       for name, number in damaged)
        if restored:
            self.service.stop()
        for name, number in damaged:
            self._put(getattr(self.servers, name), number, self.world.targets[name][number])
        if restored:
            self._start()

    def _put(self, target, number, held):
        """Rows, and the ledger where it is that of the rows, or is gone."""
        day = self.days[number]
        mine = f"WHERE IdSucursal = {BRANCH} AND Fecha = '{day}'"
        with target.connect(database=AGGREGATE_DATABASE) as connection, connection.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute(f"DELETE FROM VentasAgrupadas {mine}")
            cursor.executemany(
                "INSERT INTO VentasAgrupadas (Fecha, IdSucursal, Upc, IdDepartamento, IdCategoria,"
                " IdSubcategoria, Unidades, VentaTotal, CostoTotal, IdProveedor, UltimaSync)"
                f" VALUES (%s, {BRANCH}, %s, %s, %s, %s, %s, %s, %s, {SUPPLIER}, UTC_TIMESTAMP())",
                self._lines(number, held.rows))
            if held.ledger is None:
                cursor.execute(f"DELETE FROM SincronizacionDias {mine}")
            cursor.execute("COMMIT")
        if held.intact:
            oracle.reseal(target, BRANCH, day)

    # -- comparing ---------------------------------------------------------------------------------

    def differences(self):
        """Between model and targets, and of what is held; as lines for people."""
        found = []
        for target in self.servers.targets:
            found += self._of_target(target)
        held = {self.days[number] for number in self.world.held_days()}
        told = {day for day in self.days if self._branch.call("GetDay", "s", str(day))[0]["Held"]}
        found += [f"{day} is held" for day in sorted(told - held)]
        found += [f"{day} is not held" for day in sorted(held - told)]
        return found

    def _of_target(self, target):
        held = self.world.targets[target.name]
        actual = {}
        for row in oracle.target_rows(target, BRANCH):
            actual.setdefault(row[:10], []).append(row)
        found = []
        for number, day in enumerate(map(str, self.days)):
            expected = sorted(self._row(day, *item) for item in held[number].rows.items())
            if expected != actual.get(day, []):
                found.append(f"{target.name} {day}: {len(expected)} rows expected, {len(actual.get(day, []))}"
                             " found, or other amounts")
        sound = [str(day) for day, each in zip(self.days, held) if each.intact]
        found += [line for line in oracle.ledger_differences(target, BRANCH, self.days)
                  if any(f"{target.name} {day}:" in line for day in sound)]
        return found

    def _row(self, day, key, amounts):
        """As the oracle reads it."""
        product, department = key
        return "|".join(map(str, (day, BRANCH, SUPPLIER, department, CATEGORY, SUBCATEGORY,
                                  *map(amount, amounts), upc(product))))


def upc(product):
    return f"75040003{product:05}"


def amount(ten_thousandths):
    whole, rest = divmod(abs(ten_thousandths), 10_000)
    return f"{'-' if ten_thousandths < 0 else ''}{whole}.{rest:04}"


# -- sequences ---------------------------------------------------------------------------------------


def possible():
    """A bus whose policy knows who may approve takes root and mounts."""
    return mounts.available()


def play(servers, seed):
    """One sequence; raises AssertionError with the seed and all that was done."""
    source = random.Random(seed)
    with Stage(servers, seed, source) as stage:
        try:
            for _ in range(source.randint(*STEPS)):
                stage.step()
        except AssertionError as found:
            log = stage.service.log()[-4000:]
            raise AssertionError(f"seed {seed}, {stage.world.limits}, after {stage.done}:\n{found}\n{log}"
                                 ) from None
    print(f"seed {seed}: {', '.join(stage.done)}", flush=True)


def run(first, count):
    """So many sequences, on servers of their own."""
    mounts.keep_private()
    with schema.three_servers() as servers, accounts.provided(servers.folder):
        for seed in range(first, first + count):
            play(servers, seed)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=200, help="how many sequences")
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    arguments = parser.parse_args()
    run(arguments.first, arguments.seeds)


if __name__ == "__main__":
    main()
