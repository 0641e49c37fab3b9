# SPDX-License-Identifier: MIT
"""Faults without mercy around the real consolidadord: tests/chaos/run.sh.

CONSOLIDADOR_BINARY names another binary than build/dev/daemon/consolidadord.
"""
import pytest

from support import parts, schema


def pytest_collection_modifyitems(config, items):
    parts.keep_ours(config, items)


@pytest.fixture(scope="session")
def servers():
    with schema.three_servers() as three:
        yield three
