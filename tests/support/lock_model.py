# SPDX-License-Identifier: MIT
"""The lock as a small model: what was proven never shrinks by itself.

judge() is the specification, written from the design and not from the program. World plays it on a branch
of a few days: a POS that people edit, two targets that get damaged, and a daemon that looks at them.

Units and money are whole ten-thousandths, so that everything is exact.
"""
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property

TARGETS = ("local", "vps")
AMOUNTS = ("units", "sales", "cost")


# -- the judgement -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Content:
    """What a day amounts to. Two places hold the same day when these are equal."""
    rows: int = 0
    units: int = 0
    sales: int = 0
    cost: int = 0
    huella: int = 0


NOTHING = Content()


@dataclass(frozen=True)
class Limits:
    """What corrections take, at the most."""
    enabled: bool = True
    rows: int = 10      # percent of the day's rows ...
    min_rows: int = 20  # ... where that is more than so many
    amount: int = 10    # percent of an ended day's units, sales or cost


@dataclass(frozen=True)
class Proven:
    """Content of the day that a target is known to hold, as its ledger says."""
    target: str
    content: Content
    going: int | None = None  # of its rows, so many are not wanted; None: not known
    intact: bool = True          # its rows are those of its ledger


@dataclass(frozen=True)
class Wanted:
    """The day as it would be written: what the POS has now."""
    content: Content
    ended: bool = True
    before_horizon: bool = False     # the POS begins later
    approved: tuple | None = None    # a person has agreed that this is the day, and was shown that it was that


@dataclass(frozen=True)
class Answer:
    verdict: str                # write, hold, archive
    loss: Proven | None = None  # of a hold that takes something away: from which content
    going: int = 0                 # rows of it, at least
    conflict: bool = False         # of a hold: the targets contradict each other


WRITE, ARCHIVE, CONFLICT = Answer("write"), Answer("archive"), Answer("hold", conflict=True)


def judge(wanted, proven, limits):
    """May the wanted content take the place of what was proven?"""
    # What a person has agreed to is this content, in the place of no more than was shown; an open day goes
    # on selling.
    if wanted.approved is not None and agreed(wanted, proven, limits):
        return WRITE
    # The POS has purged the day: it has no say in it, with the lock on or off. The targets have, as far as
    # their rows are what their ledgers say.
    with_rows = [day for day in proven if day.content.rows]
    purged = wanted.before_horizon and wanted.ended and not wanted.content.rows
    if purged and with_rows:
        versions = {day.content for day in with_rows if day.intact}
        return CONFLICT if len(versions) > 1 else ARCHIVE
    return _guard(wanted, proven, limits)


def agreed(wanted, proven, limits):
    content, shown = wanted.approved
    if wanted.ended:
        same = wanted.content == content
    else:
        same = not (limits.enabled and takes_too_much(wanted, Proven("the approval", content), limits))
    more = [day for day in proven
            if day.content.rows > shown.rows or any(a > b for a, b in amounts(day.content, shown))]
    return same and not more


def _guard(wanted, proven, limits):
    """Holds what takes too much away from any of these; the fullest of those is named."""
    losing = [day for day in proven if limits.enabled and takes_too_much(wanted, day, limits)]
    if not losing:
        return WRITE
    fullest = max(losing, key=lambda day: day.content.rows)
    return Answer("hold", fullest, rows_going(wanted, fullest))


def takes_too_much(wanted, day, limits):
    """More than corrections do."""
    if not day.content.rows:
        return False
    if not wanted.content.rows:
        return True
    going = rows_going(wanted, day)
    if wanted.ended and 2 * going > day.content.rows:
        return True
    if going > limits.min_rows and percent(going, day.content.rows) > limits.rows:
        return True
    if not wanted.ended:
        return False  # amounts of an open day go up and down
    return any(
        percent(before - after, abs(before)) > limits.amount
        for before, after in amounts(day.content, wanted.content) if after < before != 0)


def rows_going(wanted, day):
    fewer = max(0, day.content.rows - wanted.content.rows)
    return max(fewer, day.going or 0)


def larger_of(*contents):
    """The larger of each figure."""
    return Content(*(max(getattr(each, name) for each in contents) for name in ("rows", *AMOUNTS)))


def amounts(before, after):
    return ((getattr(before, name), getattr(after, name)) for name in AMOUNTS)


def percent(part, whole):
    return Fraction(100 * part, whole)


# -- a branch ----------------------------------------------------------------------------------------


class Rows(dict):
    """The rows of a day, never changed: key -> (units, sales, cost)."""

    @cached_property
    def content(self):
        if not self:
            return NOTHING
        sums = [sum(column) for column in zip(*self.values())]
        return Content(len(self), *sums, sum(map(hash, self.items())) % 2**64)


@dataclass(frozen=True)
class Held:
    """A day in a target."""
    rows: Rows = field(default_factory=Rows)
    ledger: Content | None = None  # None: the target knows nothing of the day
    most: Content | None = None    # that it was proven with before; None: no more than the ledger says

    @property
    def intact(self):
        return self.ledger == self.rows.content

    def proven_with(self, rows, ended):
        """Small losses must not add up to a large one: what was there before is remembered. Amounts of an
        open day go up and down, so of that its rows alone."""
        content = rows.content
        if self.ledger is None or self.ledger == content:
            return replace(self, rows=rows, ledger=content)
        most = larger_of(self.most or self.ledger, content)
        return Held(rows, content, most if ended else Content(most.rows))


def approved_with(rows):
    """A person has decided: what was more is past."""
    return Held(rows, rows.content)


@dataclass
class World:
    """Days are numbered, the oldest is 0 and the last is today."""
    limits: Limits
    pos: list                                     # Rows of each day
    targets: dict = field(default_factory=dict)   # name -> Held of each day
    approved: dict = field(default_factory=dict)  # day -> Content
    backup: list = field(default_factory=list)    # of the POS

    def __post_init__(self):
        self.targets = {name: [Held()] * len(self.pos) for name in TARGETS}
        self.backup = list(self.pos)

    @property
    def days(self):
        return range(len(self.pos))

    @property
    def today(self):
        return len(self.pos) - 1

    @property
    def horizon(self):
        """The first day with sales; None: the POS has none at all, and no horizon then."""
        return next((day for day in self.days if self.pos[day]), None)

    def wanted(self, day):
        before_horizon = self.horizon is not None and day < self.horizon
        return Wanted(self.pos[day].content, day != self.today, before_horizon, self.approved.get(day))

    def proven(self, day):
        return [each for name in TARGETS for each in self._proven_in(name, day)]

    def _proven_in(self, name, day):
        held = self.targets[name][day]
        if held.ledger is not None:
            yield Proven(name, held.ledger, self._going(held, day), held.intact)
        if held.most is not None:
            yield Proven(f"{name}-before", held.most, intact=False)

    def _going(self, held, day):
        """Of the rows that are not those of the ledger nobody can say which of them were proven."""
        return len(held.rows.keys() - self.pos[day].keys()) if held.intact else None

    def answer(self, day):
        return judge(self.wanted(day), self.proven(day), self.limits)

    def is_as_approved(self, day):
        wanted = self.wanted(day)
        return wanted.approved is not None and agreed(wanted, self.proven(day), self.limits)

    def held_days(self):
        return [day for day in self.days if self.is_held(day)]

    def is_held(self, day):
        """A person has to look: also at an archived day of which a target's rows are not those of its
        ledger, and no other place has them."""
        verdict = self.answer(day).verdict
        return verdict == "hold" or verdict == "archive" and not all(
            self.targets[name][day].intact or self._can_copy(name, day) for name in TARGETS)

    # -- what the daemon does --------------------------------------------------------------------------

    def look(self):
        """At every day in both targets; what it does then."""
        for day in self.days:
            if self.answer(day).verdict == "write":
                self._write(day)
            else:
                self._keep(day)

    def _write(self, day):
        approved = self.is_as_approved(day)
        for held in self.targets.values():
            held[day] = self._written(held[day], day, approved)
        self.approved.pop(day, None)

    def _written(self, held, day, approved):
        rows = self.pos[day]
        if approved and held.ledger != rows.content:
            return approved_with(rows)
        return held.proven_with(rows, ended=day != self.today)

    def _keep(self, day):
        """Nothing of the POS is written. A target that has lost the day gets it from the other one."""
        for name in TARGETS:
            if self._can_copy(name, day):
                own, theirs = self.targets[name], self.targets[_other(name)]
                own[day] = own[day].proven_with(theirs[day].rows, ended=day != self.today)

    def _can_copy(self, name, day):
        """No more may be lost by it than corrections take, of what this target once held."""
        own, theirs = self.targets[name][day], self.targets[_other(name)][day]
        lost = not own.intact or not own.rows
        known = [replace(each, going=None) for each in self._proven_in(name, day)]
        return (lost and theirs.intact and bool(theirs.rows) and
                judge(Wanted(theirs.ledger), known, self.limits).verdict == "write")

    # -- what people decide ----------------------------------------------------------------------------

    def approve(self, day):
        """As the POS has it now, in the place of no more than the targets are known to hold."""
        shown = larger_of(NOTHING, *(each.content for each in self.proven(day)))
        self.approved[day] = (self.pos[day].content, shown)

    def restore(self, day, source):
        """One version of an archived day for both targets."""
        self.targets[_other(source)][day] = approved_with(self.targets[source][day].rows)

    # -- what happens to a target ----------------------------------------------------------------------

    def damage(self, target, day, **changes):
        self.targets[target][day] = replace(self.targets[target][day], **changes)


def _other(name):
    return TARGETS[1 - TARGETS.index(name)]
