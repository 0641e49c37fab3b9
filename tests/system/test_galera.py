# SPDX-License-Identifier: MIT
"""The VPS is a Galera cluster of three nodes: whatever happens to them in the middle of a backfill,
no day is lost or doubled, and every node ends with the same rows."""
import shutil

import pytest

from support import galera, oracle, pos, schema
from support.daemon import BRANCH
from support.servers import make_template, scratch_folder
from support.waiting import wait_until

pytestmark = pytest.mark.skipif(not galera.available(), reason="needs galera-4")

DAYS = 400
BEFORE = 15  # days in the cluster when it happens


@pytest.fixture(scope="module")
def cluster():
    folder = scratch_folder()
    try:
        with galera.Cluster(folder, make_template(folder), schema.create_aggregate) as cluster:
            yield cluster
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def central(cluster, service):
    """The daemon's VPS is the cluster, empty; not yet started."""
    cluster.wait_whole()
    schema.empty_aggregate(cluster.nodes[0])
    vps = service.consolidador.settings["databases"]["vps"]
    del vps["host"], vps["port"]
    vps["hosts"] = [f"127.0.0.1:{node.port}" for node in cluster.nodes]
    service.consolidador.configure(timeouts={"connect": "2s", "read": "3s", "write": "3s"})
    return cluster


@pytest.fixture
def backfill(central, places, service):
    """The daemon in the middle of a backfill to the cluster; gives the days."""
    days = service.days(DAYS)
    pos.fill(places.pos, days, empty=(), lines=20)
    service.start(historical={"from": str(days[0]), "to": str(days[-1])})
    wait_until(lambda: ledger_days(central.nodes[0]) >= BEFORE, "the backfill is under way")
    return days


def ledger_days(node):
    return node.value("SELECT COUNT(*) FROM central.SincronizacionDias")


def assert_in_the_middle(node):
    assert ledger_days(node) < DAYS, "the fault came too late to prove anything"


def assert_complete(service, days, nodes):
    """When the daemon has brought everything, each of the nodes agrees with the POS, row by row."""
    service.wait_synced(days, nodes[:1])
    def last_told():
        return {line["fecha"]: line["estado"] for line in service.consolidador.read_bitacora()}

    told = {line["estado"] for line in service.consolidador.read_bitacora()}
    assert told <= {"OK", "PENDIENTE"}, "a node's trouble is no day's fault"
    wait_until(lambda: set(last_told().values()) == {"OK"}, "the bitacora ends with OK for every day")
    for node in nodes[1:]:
        oracle.assert_agree(service.servers, BRANCH, days, [node])


def test_a_node_that_loses_its_cluster_is_left_for_another(cluster, service, backfill):
    lost, *others = cluster.nodes
    lost.isolate()
    assert_in_the_middle(others[0])
    cluster.wait_size(others)
    assert_complete(service, backfill, others)
    assert service.log_lines(rf"now using vps \(127.0.0.1:{others[0].port}\)")
    lost.isolate(False)
    cluster.wait_whole()
    oracle.assert_agree(service.servers, BRANCH, backfill, [lost])


def test_a_node_that_hangs_is_left_for_another(cluster, service, backfill):
    frozen, *others = cluster.nodes
    with frozen.frozen():
        assert_in_the_middle(others[0])
        cluster.wait_size(others)
        assert_complete(service, backfill, others)
    cluster.wait_whole()
    oracle.assert_agree(service.servers, BRANCH, backfill, [frozen])


def test_a_cluster_that_is_restarted_as_a_whole_is_waited_for(cluster, service, backfill):
    last = cluster.stop()
    service.wait_place("vps", "down since")
    assert "pending" in service.place_status("vps")
    cluster.found(last)
    assert_complete(service, backfill, cluster.nodes)


def test_a_day_whose_write_set_collides_goes_again_through_another_node(central, places, service):
    """Another client touches the same row through another node."""
    today = service.days(1)
    pos.sell(places.pos, today[0], upc="choque", amount="1.00")
    service.start(window={"reprocess_days": 0})
    service.wait_synced(today, central.nodes[:1])

    def collide():
        pos.sell(places.pos, today[0], upc="choque", amount="1.00")
        central.nodes[1].query("UPDATE central.VentasAgrupadas"
                               " SET UltimaSync = UltimaSync + INTERVAL 1 SECOND")
        return service.log_lines(r"\(1213/40001\)")

    wait_until(collide, "write sets collide", 180)
    service.wait_log("now using vps")
    assert_complete(service, today, central.nodes)


def test_the_watch_looks_at_each_node_in_which_it_is_enabled(central):
    first, *others = central.nodes
    schema.install_guard(first)
    schema.enlist(first, 7, "una clave bien larga")
    for node in others:
        node.client("SET SESSION wsrep_on = OFF; ALTER EVENT central.ev_vigilar ENABLE;"
                    " SET GLOBAL event_scheduler = ON;")
    first.query("UPDATE central.VigilanciaLimites SET Inactiva = 1")
    for node in central.nodes:
        with node.connect("sucursal_7", "una clave bien larga", schema.GUARDED_DATABASE) as idle, idle.cursor() as cursor:
            cursor.execute("START TRANSACTION")
            cursor.execute("SELECT COUNT(*) FROM VentasAgrupadas")
            ended = "SELECT 1 FROM central.Vigilancia WHERE Motivo = 'inactiva' AND Conexion = %s"
            wait_until(lambda: node.query(ended, (idle.thread_id(),)), "a line tells of it")


def test_a_node_that_is_killed_is_replaced_by_another(cluster, service, backfill):
    """Last: the node does not come back."""
    killed, *others = cluster.nodes
    killed.kill()
    assert_in_the_middle(others[0])
    cluster.wait_size(others)
    assert_complete(service, backfill, others)
