# SPDX-License-Identifier: MIT
"""Whatever happens, and in whatever order: no day is lost, none is wrong, none is seen by half."""
import pytest

from schedules import run

COUNT = 15


@pytest.mark.parametrize("first", [1, 16])
def test_nothing_is_lost_whatever_happens(first):
    statistics = run(first, COUNT)
    print(statistics)
    assert not statistics.failed
