# SPDX-License-Identifier: MIT
"""Whatever the POS loses, people decide and targets suffer: the real daemon does what the model says."""
import os

import pytest

import lock_sequences

FIRST = 1
COUNT = int(os.environ.get("CONSOLIDADOR_LOCK_SEQUENCES", 3))


@pytest.mark.skipif(not lock_sequences.possible(), reason="needs root and the right to mount")
def test_the_daemon_keeps_what_the_model_keeps():
    lock_sequences.run(FIRST, COUNT)
