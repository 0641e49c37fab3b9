# SPDX-License-Identifier: MIT
"""Waiting for an event with a deadline; nothing in the suite sleeps for a fixed time instead."""
import time

POLL_SECONDS = 0.01


class DeadlineExceeded(AssertionError):
    """The awaited event did not come."""


def wait_until(event, what, seconds=90):
    """Polls `event()` until it returns something true, and returns that. `what` names it for people."""
    deadline = time.monotonic() + seconds
    while True:
        outcome = event()
        if outcome:
            return outcome
        if time.monotonic() > deadline:
            raise DeadlineExceeded(f"waited {seconds} s in vain: {what}")
        time.sleep(POLL_SECONDS)
