# SPDX-License-Identifier: MIT
"""The clock that tests/calendar.sh has moved (libfaketime), for the tests and for all that they start."""
import os
import select
import time

# A process whose environment a test makes itself needs them, too.
ENVIRONMENT = {name: os.environ[name]
               for name in ("LD_PRELOAD", "FAKETIME", "FAKETIME_DONT_FAKE_MONOTONIC")
               if name in os.environ}


def _sleep(seconds):
    select.select((), (), (), seconds)


# Python sleeps until a moment of the monotonic clock, which libfaketime takes for one of the clock that it moves.
if "FAKETIME" in ENVIRONMENT:
    time.sleep = _sleep
