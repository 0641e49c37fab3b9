# SPDX-License-Identifier: MIT
"""Waiting for an event with a deadline; nothing in the suite sleeps for a fixed time instead."""
import time

from . import moved_clock  # noqa: F401  without it nothing here could sleep under a moved clock

# Between two looks passes a tenth of the time so far: who waits for long costs the machine little.
SHORTEST_PAUSE = 0.01
LONGEST_PAUSE = 0.1


class DeadlineExceeded(AssertionError):
    """The awaited event did not come."""


def wait_until(event, what, seconds=90):
    """Polls `event()` until it returns something true, and returns that. `what` names it for people."""
    begin = time.monotonic()
    while True:
        outcome = event()
        if outcome:
            return outcome
        waited = time.monotonic() - begin
        if waited > seconds:
            raise DeadlineExceeded(f"waited {seconds} s in vain: {what}")
        time.sleep(min(max(waited / 10, SHORTEST_PAUSE), LONGEST_PAUSE))
