# SPDX-License-Identifier: MIT
"""A day of operation, compressed, leaves nothing behind in the process and no day unequal."""
import pytest

import clock
from soak import run

CYCLES = 30


@pytest.mark.skipif(not clock.available(), reason="needs libfaketime, and no sanitizer")
def test_nothing_grows_in_a_day_of_operation():
    course = run(CYCLES)
    print(course)
    assert not course.grown()
