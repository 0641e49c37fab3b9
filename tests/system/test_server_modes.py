# SPDX-License-Identifier: MIT
"""Servers as they are found: names of tables in small letters, as on Windows, latin1 everywhere, and any sql_mode."""
import contextlib
import json
import tempfile

import pytest

from support import oracle, pos, schema
from support.daemon import BRANCH, OK, UNCHANGED, Consolidador
from support.pos import WEEK

MODES = ("", "ANSI", "ANSI_QUOTES", "ORACLE", "NO_BACKSLASH_ESCAPES", "PIPES_AS_CONCAT", "TRADITIONAL")
OPTIONS = ("--lower-case-table-names=1", "--character-set-server=latin1", "--collation-server=latin1_swedish_ci")
LATIN1 = [product for product in pos.PRODUCTS if "☃" not in product[0]]
DAYS = WEEK[:4]


@pytest.fixture(scope="module")
def old_servers():
    """Servers of their own: how they keep names is decided when they are made."""
    with schema.Servers(options=OPTIONS) as three:
        yield three


@contextlib.contextmanager
def every_session_in(servers, mode):
    """What logs in while the block lasts finds this mode; the scripts do, and the program."""
    for server in servers:
        server.set_mode(mode)
    try:
        yield
    finally:
        for server in servers:
            server.set_mode("")


def install(servers):
    """All three places anew, by the scripts in sql/: the VPS is guarded."""
    schema.create_pos(servers.pos, collation="latin1_swedish_ci")
    schema.create_aggregate(servers.local)
    for database in ("central", "sucursales"):
        servers.vps.query(f"DROP DATABASE IF EXISTS {database}")
    schema.install_guard(servers.vps)
    schema.enlist(servers.vps, BRANCH, schema.PASSWORDS["vps"])


def complaints(consolidador):
    """What `check --connect` finds fault with; how busy this machine is does not count."""
    run = consolidador.check("--connect", "--format=json")
    return [finding for finding in json.loads(run.stdout)["findings"]
            if finding["result"] != "ok" and finding["check"] not in ("latency", "clock")]


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode or "empty")
def test_check_is_right_and_days_are_brought(mode, old_servers, monkeypatch):
    monkeypatch.setattr(pos, "PRODUCTS", LATIN1)
    with tempfile.TemporaryDirectory(dir=old_servers.folder) as folder:
        consolidador = Consolidador(old_servers, folder)
        consolidador.configure(branch={"time_zone": "Etc/GMT+6"})
        consolidador.settings["databases"]["vps"] |= {"user": f"sucursal_{BRANCH}", "database": "sucursales"}
        with every_session_in(old_servers, mode):
            install(old_servers)
            assert complaints(consolidador) == []
            pos.fill(old_servers.pos, DAYS)
            consolidador.once_for(DAYS[0], DAYS[-1]).expect(OK)
            assert consolidador.once_for(DAYS[0], DAYS[-1]).expect(OK).outcomes() == UNCHANGED
        oracle.assert_agree(old_servers, BRANCH, DAYS)
