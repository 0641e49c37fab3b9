# SPDX-License-Identifier: MIT
"""A target is brought back from a backup under the running service: what it lost comes again, and until then nobody is
told that all is well."""
import pytest

from support import oracle, pos, schema
from support.client import Client
from support.daemon import BRANCH, OK
from support.waiting import wait_until

TABLES = ("VentasAgrupadas", "SincronizacionDias")
OLD = 4  # of the days, as many are before the window


@pytest.fixture
def client(branch):
    return Client(branch.bus.environment)


@pytest.fixture
def days(places, service, branch):
    """Eight days; the window has two of them."""
    days = service.days(8)
    pos.fill(places.pos, days, empty=())
    service.consolidador.once_for(days[0], days[-1]).expect(OK)
    service.start(window={"reprocess_days": 1})
    service.wait_synced(days)
    service.wait_log("health is ok")
    yield days
    for target in places.targets:
        target.client("".join(f"DROP TABLE IF EXISTS copia_{table}; " for table in TABLES), schema.AGGREGATE_DATABASE)


def back_up(server):
    for table in TABLES:
        server.client(f"CREATE OR REPLACE TABLE copia_{table} LIKE {table}; INSERT INTO copia_{table} SELECT * FROM {table};",
                      schema.AGGREGATE_DATABASE)


def restore(server, since):
    """As it was before these days."""
    server.client("SET FOREIGN_KEY_CHECKS = 0; START TRANSACTION; " + "".join(
        f"DELETE FROM {table} WHERE IdSucursal = {BRANCH}; INSERT INTO {table} SELECT * FROM copia_{table} "
        f"WHERE Fecha < '{since}'; " for table in TABLES) + "COMMIT;", schema.AGGREGATE_DATABASE)


@pytest.mark.parametrize("name", ["vps", "local"])
def test_what_a_restored_target_lost_comes_again_also_before_the_window(places, service, days, name):
    target = getattr(places, name)
    back_up(target)
    restore(target, days[OLD])
    wait_until(lambda: oracle.target_rows(target, BRANCH) == oracle.target_rows(
        places.local if name == "vps" else places.vps, BRANCH), "the days are there again", 60)
    service.wait_synced(days)


def test_an_older_version_of_a_closed_day_is_mended_too(places, service, days, client):
    """There is no gap: only what the ledger says of the day is older."""
    back_up(places.vps)
    pos.sell(places.pos, days[OLD])
    client.pipe("audit", days[OLD], days[OLD], "--wait").expect(OK)
    pos.sell(places.pos, days[-1])
    service.wait_synced(days)
    restore(places.vps, "9999-12-31")
    service.wait_synced(days, seconds=60)


def test_a_pause_for_the_restore_ends_with_a_look_at_all_of_it(places, service, days, client):
    client.pipe("pause", "the VPS is being restored").expect(OK)
    places.vps.client("DELETE FROM VentasAgrupadas WHERE Fecha = '{0}'; DELETE FROM SincronizacionDias WHERE "
                      "Fecha = '{0}';".format(days[OLD]), schema.AGGREGATE_DATABASE)
    client.pipe("resume").expect(OK)
    service.wait_synced(days, seconds=60)


def test_a_backfill_asks_the_ledger_and_not_what_is_remembered_of_it(places, service, days, client):
    places.vps.client("DELETE FROM VentasAgrupadas WHERE Fecha = '{0}'; DELETE FROM SincronizacionDias WHERE "
                      "Fecha = '{0}';".format(days[OLD]), schema.AGGREGATE_DATABASE)
    said = client.pipe("backfill", days[OLD], days[OLD], "--wait").expect(OK).stdout
    assert "1 of 1" in said, said
    service.wait_synced(days)
