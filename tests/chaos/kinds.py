# SPDX-License-Identifier: MIT
"""The kinds of faults that schedules draw from, by what they break.

A fault is a context manager: it breaks something, yields, and mends it. Two faults that hold at the
same time break different things.
"""
import contextlib
import dataclasses
from collections.abc import Callable

DAEMON = ("daemon",)
POS = ("pos",)
TARGETS = ("local", "vps")
SERVERS = ("pos", *TARGETS)


@dataclasses.dataclass(frozen=True)
class Kind:
    name: str
    what: str      # what it breaks: daemon, server, line
    place: str
    act: Callable  # act(stage, place, random) is a context manager
    needs: Callable

    @property
    def resource(self):
        return self.what, self.place


KINDS = []


def fault(what, places, needs=lambda stage: True):
    """Registers a generator function as the kind of its name, for each of the places; where `needs`
    says no the schedules do without it."""
    def register(function):
        act = contextlib.contextmanager(function)
        KINDS.extend(Kind(function.__name__, what, place, act, needs) for place in places)
        return function
    return register
