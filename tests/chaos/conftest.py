# SPDX-License-Identifier: MIT
"""Faults without mercy around the real consolidadord: tests/chaos/run.sh.

CONSOLIDADOR_BINARY names another binary than build/dev/daemon/consolidadord.
"""
import pytest

from support import schema
from support.servers import Servers


@pytest.fixture(scope="session")
def servers():
    with Servers() as three:
        for target in three.targets:
            schema.create_aggregate(target)
        yield three
