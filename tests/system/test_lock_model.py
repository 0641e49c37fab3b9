# SPDX-License-Identifier: MIT
"""The judgement gives the answers of the model, whatever happens to the POS and to the targets."""
import functools
import os
import random
import subprocess
from dataclasses import replace
from pathlib import Path

from support import lock_edits
from support.lock_model import TARGETS, judge
from support.schema import ROOT

CASES = Path(os.environ.get("CONSOLIDADOR_JUDGEMENT_CASES", ROOT / "build/dev/tests/judgement_cases"))
SEED = int(os.environ.get("CONSOLIDADOR_SEED", random.SystemRandom().randrange(2**32)))
SEQUENCES = 10_000
AT_ONCE = 500
STEPS = (2, 5)


class Sequence:
    """One world through some steps, with every case that it has given and the model's answer to it."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.world = lock_edits.new_world(self.random, lock_edits.any_limits(self.random))
        self.answers = {}  # case -> answer
        self.most = {}     # target and ended day -> its ledger after the last look, the most it held before
        self.story = []
        self.verdicts = []
        self.look()

    def play(self):
        for _ in range(self.random.randint(*STEPS)):
            for _ in range(self.random.choice((1, 1, 2))):
                edit = lock_edits.choose(self.world, self.random)
                edit(self.world, self.random)
                self.story.append(edit.__name__)
            self.look()
        return self

    def look(self):
        before = {name: list(held) for name, held in self.world.targets.items()}
        approved = set(self.world.approved)
        for day in self.world.days:
            self._ask(self.world.wanted(day), self.world.proven(day))
        self.world.look()
        self._assert_kept(before, approved)

    def _ask(self, wanted, proven):
        """As it is, with fewer rows known to go, and as no POS can be: today before its first day."""
        self.verdicts.append(self._note(wanted, proven).verdict)
        if proven:
            index = self.random.randrange(len(proven))
            blind = [*proven[:index], replace(proven[index], going=self.random.choice((None, 0))),
                     *proven[index + 1:]]
            self._note(wanted, blind)
        if wanted.before_horizon:
            self._note(replace(wanted, ended=False), proven)

    def _note(self, wanted, proven):
        answer = judge(wanted, proven, self.world.limits)
        self.answers[case(self.world.limits, wanted, proven)] = text_of(answer)
        return answer

    def _assert_kept(self, before, approved):
        """No row of an ended proven day is lost by more than the limits unless somebody approved it."""
        if not self.world.limits.enabled:
            return
        for name in TARGETS:
            for day in range(self.world.today):
                held, left = before[name][day], self.world.targets[name][day]
                if day in approved:
                    continue
                if held.intact and left.rows is not held.rows:
                    assert not is_loss(held.rows, left.rows, self.world.limits), (name, day, self.story)
                self._assert_keeps_most((name, day), held, left)

    def _assert_keeps_most(self, place, held, left):
        """Nor by many steps, as far as nothing but the daemon has changed what the target knows."""
        ledger, most = self.most.pop(place, (None, None))
        if ledger != held.ledger or ledger is None:
            most = figures(held.rows) if held.intact else None
        if most and left.intact:
            assert not falls(most, figures(left.rows), self.world.limits), (*place, self.story)
            self.most[place] = left.ledger, tuple(map(max, most, figures(left.rows)))


def is_loss(before, after, limits):
    """From the rows themselves."""
    gone = sum(key not in after for key in before)
    return bool(before) and (not after or gone * 2 > len(before) or
                             gone > limits.min_rows and gone * 100 > len(before) * limits.rows or
                             falls(figures(before), figures(after), limits))


def falls(before, after, limits):
    """In number of rows or in an amount."""
    gone = before[0] - after[0]
    fell = [(was, was - now) for was, now in zip(before[1:], after[1:])]
    return (gone > limits.min_rows and gone * 100 > before[0] * limits.rows or
            any(was and fall * 100 > abs(was) * limits.amount for was, fall in fell))


def figures(rows):
    return (len(rows), *(sum(row[column] for row in rows.values()) for column in range(3)))


# -- as judgement_cases has it -----------------------------------------------------------------------


def case(limits, wanted, proven):
    fields = [f"{limits.enabled:d} {limits.rows} {limits.min_rows} {limits.amount} {wanted.ended:d}"
              f" {wanted.before_horizon:d}", content(wanted.content), approval(wanted.approved)]
    for day in proven:
        going = "-" if day.going is None else day.going
        fields.append(f"{day.target} {content(day.content)} {going} {day.intact:d}")
    return " ".join(fields)


def approval(approved):
    return "-" if approved is None else " ".join(map(content, approved))


@functools.lru_cache(1000)
def content(totals):
    amounts = map(amount, (totals.units, totals.sales, totals.cost))
    return " ".join((str(totals.rows), *amounts, str(totals.huella)))


def amount(ten_thousandths):
    whole, rest = divmod(abs(ten_thousandths), 10_000)
    return f"{'-' if ten_thousandths < 0 else ''}{whole}.{rest:04}"


def text_of(answer):
    loss = f"{answer.loss.target}:{answer.going}" if answer.loss else "-"
    return " ".join((answer.verdict, "yes" if answer.verdict == "write" else "no",
                     "conflict" if answer.conflict else loss))


def ask(cases):
    ended = subprocess.run([CASES], input="\n".join(cases) + "\n", capture_output=True, encoding="utf-8",
                           timeout=60)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout.splitlines()


def test_the_judgement_answers_as_the_model_does():
    print(f"CONSOLIDADOR_SEED={SEED}")
    seen = dict.fromkeys(("write", "hold", "archive"), 0)
    for first in range(SEED, SEED + SEQUENCES, AT_ONCE):
        answers = {}
        for seed in range(first, first + AT_ONCE):
            sequence = Sequence(seed).play()
            answers |= {each: (expected, seed, sequence.story)
                        for each, expected in sequence.answers.items()}
            for verdict in sequence.verdicts:
                seen[verdict] += 1
        for (each, (expected, *where)), said in zip(answers.items(), ask(answers), strict=True):
            assert said == expected, f"{each}: the judgement says {said}, the model {expected}; {where}"
    print(seen)
    assert all(count > SEQUENCES for count in seen.values()), seen
