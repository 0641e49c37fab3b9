# SPDX-License-Identifier: MIT
"""Whatever happens, and in whatever order: no day is lost, none is wrong, none is seen by half."""
from schedules import run

FIRST, COUNT = 1, 15  # run.sh plays any number


def test_nothing_is_lost_whatever_happens():
    statistics = run(FIRST, COUNT)
    print(statistics)
    assert not statistics.failed
