#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Plays random schedules of faults around the real daemon and tells what came of them.

    tests/chaos/schedules.py [--seeds N] [--first SEED]
"""
import argparse
import contextlib
import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support import accounts, mounts, schema  # noqa: E402

import schedule  # noqa: E402

SERVER_DISK = "256m"


@contextlib.contextmanager
def three_servers():
    """For any number of schedules; as root with disks, accounts and names that nobody else sees."""
    root = mounts.available()
    if root:
        mounts.keep_private()
    with schema.three_servers(disk=SERVER_DISK if root else None) as servers:
        with accounts.provided(servers.folder) if root else contextlib.nullcontext():
            yield servers


class Statistics:
    def __init__(self):
        self.played = 0
        self.outcomes = []
        self.failed = {}

    def add(self, seed, play):
        self.played += 1
        try:
            outcome = play()
        except Exception as error:
            self.failed[seed] = [f"{type(error).__name__}: {error}"]
            return
        self.outcomes.append(outcome)
        if outcome.findings:
            self.failed[seed] = outcome.findings

    def __str__(self):
        kinds = Counter(f"{kind.what} {kind.name}" for outcome in self.outcomes
                        for kind in outcome.faults)
        slowest = max(self.outcomes, key=lambda each: each.recovery_seconds, default=None)
        lines = [f"{self.played} schedules, {kinds.total()} faults,"
                 f" {sum(each.sales for each in self.outcomes)} sales and corrections,"
                 f" {sum(each.looks for each in self.outcomes)} looks of readers,"
                 f" {sum(map(len, self.failed.values()))} differences"]
        lines += [f"  {count:5} {kind}" for kind, count in sorted(kinds.items())]
        if slowest:
            cycles = Counter(each.unequal_after for each in self.outcomes)
            lines += [f"longest recovery: {slowest.recovery_seconds:.1f} s (seed {slowest.seed})",
                      *(f"{count:7} times something was missing after {after} whole cycles"
                        for after, count in sorted(cycles.items()))]
            told = Counter(each.told_after for each in self.outcomes)
            heard = [each.told_of for each in self.outcomes if each.told_of is not None]
            lines += [f"{len(heard):7} times somebody listened while things were broken, {sum(map(bool, heard))} times"
                      " something was missing",
                      *(f"{count:7} times all was quiet again after {after} whole cycles"
                        for after, count in sorted(told.items()))]
        lines += [f"seed {seed} FAILED: {line}" for seed, found in self.failed.items()
                  for line in found]
        return "\n".join(lines)


def run(first, count):
    statistics = Statistics()
    seeds = range(first, first + count)
    while statistics.played < count:
        with three_servers() as servers:
            play_until_failure(servers, seeds[statistics.played:], statistics)
    return statistics


def play_until_failure(servers, seeds, statistics):
    """What failed may not have mended what it broke."""
    for seed in seeds:
        statistics.add(seed, lambda: schedule.play(servers, seed, tell))
        if seed in statistics.failed:
            return


def tell(line):
    print(line, flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=100, help="how many schedules")
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    arguments = parser.parse_args()
    statistics = run(arguments.first, arguments.seeds)
    print(statistics)
    return 1 if statistics.failed else 0


if __name__ == "__main__":
    sys.exit(main())
