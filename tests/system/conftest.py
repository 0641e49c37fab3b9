# SPDX-License-Identifier: MIT
"""The real consolidadord against three private MariaDB servers.

    /usr/bin/python3 -m pytest tests/system

CONSOLIDADOR_BINARY names another binary than build/dev/daemon/consolidadord. The servers live as long as the
pytest session; each test finds the databases empty (`places`) or with a week of sales (`week`).
"""
import contextlib
import tempfile

import pytest

from support import accounts, mounts, parts, pos, schema
from support.bus import Branch, PrivateBus
from support.daemon import BINARY, BRANCH, OK, Consolidador
from support.relay import Relay
from support.service import Service


def pytest_sessionstart(session):
    if not BINARY.is_file():
        pytest.exit(f"{BINARY} is missing; build first: cmake --preset dev && cmake --build --preset dev", 2)


def pytest_collection_modifyitems(config, items):
    if schema.GUARDED:
        left_out = [item for item in items if item.get_closest_marker("unguarded")]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]
    parts.keep_ours(config, items)


@pytest.fixture(scope="session")
def servers():
    with schema.three_servers() as three:
        yield three


@pytest.fixture
def places(servers):
    """The three servers with empty databases, as the scripts in sql/ make them."""
    for server in servers:
        if not server.running:
            server.start()
    schema.create_pos(servers.pos)
    for target in servers.targets:
        schema.empty_aggregate(target)
    return servers


@pytest.fixture
def week(places):
    """The three places, with a week of sales in the POS."""
    pos.fill(places.pos)
    return places


@pytest.fixture
def consolidador(servers):
    """A branch's installation, not yet run."""
    with tempfile.TemporaryDirectory(prefix="sucursal-", dir=servers.folder) as folder:
        yield Consolidador(servers, folder)


@pytest.fixture
def synced(week, consolidador):
    """The three places after a first run over the week: all equal."""
    consolidador.once_for(pos.WEEK[0], pos.WEEK[-1]).expect(OK)
    return week


@pytest.fixture
def service(places, consolidador):
    """The daemon, not yet started; at the end of the test it must stop well."""
    with contextlib.closing(Service(places, consolidador)) as service:
        yield service


@pytest.fixture
def relays(places, service):
    """A relay before each place, by the place's name in the configuration, and the daemon goes through them."""
    with contextlib.ExitStack() as stack:
        relays = {name: stack.enter_context(Relay(server.port))
                  for name, server in zip(("operational", "local", "vps"), places)}
        service.through(**relays)
        yield relays


@pytest.fixture(scope="session")
def known_accounts(servers):
    """User and group `consolidador`, and a member of the group: support.accounts."""
    if not mounts.available():
        pytest.skip("needs root and the right to mount")
    mounts.keep_private()
    with accounts.provided(servers.folder):
        yield


@pytest.fixture
def bus(known_accounts):
    """A private system bus with our policy."""
    with tempfile.TemporaryDirectory(prefix="bus-") as folder:
        with contextlib.closing(PrivateBus(folder)) as private:
            yield private.start()


@pytest.fixture
def branch(bus, service):
    """The service, not yet started, as programs on the private bus will see it."""
    service.bus = "system"
    service.environment |= bus.environment
    return Branch(bus, BRANCH)
