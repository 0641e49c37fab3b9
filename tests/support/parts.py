# SPDX-License-Identifier: MIT
"""Parts of a long file of tests, which ctest runs side by side: CONSOLIDADOR_PART=2/3 is every third test
from the second."""
import os


def keep_ours(config, items):
    """Deselects what is in other parts."""
    part, parts = map(int, os.environ.get("CONSOLIDADOR_PART", "1/1").split("/"))
    ours = items[part - 1::parts]
    config.hook.pytest_deselected(items=[item for item in items if item not in ours])
    items[:] = ours
