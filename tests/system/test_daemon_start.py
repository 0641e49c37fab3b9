# SPDX-License-Identifier: MIT
"""The daemon starts whatever the databases do, says what it sees, and goes to work when they come."""
import errno

from support import pos
from support.daemon import CONFIGURATION, OK
from support.waiting import wait_until


def test_it_is_ready_without_any_database_and_begins_when_they_come(places, service):
    days = service.days(3)
    pos.fill(places.pos, days, empty=())
    for server in places:
        server.stop()
    service.start(window={"reprocess_days": 2})
    process = service.process.pid
    for name in ("local", "vps"):  # the POS is not asked while nobody could be given its sales
        service.wait_place(name, "down since")
    assert service.process.poll() is None
    for server in places:
        server.start()
    service.wait_synced(days)
    for name in ("operational", "local", "vps"):
        service.wait_place(name, "up")
    assert service.process.pid == process
    assert len(service.log_lines(r"(local|vps) is back after")) == 2
    assert service.stop() == OK


def test_each_part_of_the_start_may_come_late(places, service):
    """The POS comes first, then local, then the VPS: each does what can be done without the others."""
    days = service.days(2)
    pos.fill(places.pos, days, empty=())
    for target in places.targets:
        target.stop()
    service.start()
    places.local.start()
    service.wait_synced(days, [places.local])
    assert "down since" in service.place_status("vps")
    places.vps.start()
    service.wait_synced(days)


def test_the_status_is_one_line_that_names_the_branch_and_every_place(places, service):
    service.start()
    status = service.notify.wait_for_status("branch 99: ok", "operational up", "local up", "vps up")
    assert status.startswith("branch 99: ok") and "\n" not in status


def test_a_heartbeat_reaches_both_targets(places, service):
    service.start()
    service.wait_synced(service.days(2))
    beat = ("SELECT Salud, DiasPendientes FROM central.EstadoSucursales"
            " WHERE IdSucursal = 99 AND UltimoContacto > UTC_TIMESTAMP() - INTERVAL 1 MINUTE")
    for target in places.targets:
        wait_until(lambda target=target: target.query(beat) == (("ok", 0),), f"{target.name} has a good heartbeat")


def test_without_a_notify_socket_it_is_silent_and_works(places, consolidador, service):
    days = service.days(2)
    pos.fill(places.pos, days, empty=())
    consolidador.write_config()
    service.process = consolidador.spawn()
    service.wait_synced(days)
    service.process.terminate()
    stdout, _ = service.process.communicate(timeout=30)
    assert (service.process.returncode, stdout) == (OK, "")
    service.process = None


def test_a_wrong_configuration_ends_it_before_ready(service, consolidador):
    service.start(ready=False, window={"reprocess_days": -1})
    assert service.wait_end() == CONFIGURATION
    assert service.notify.count("READY") == 0
    assert [message["ERRNO"] for message in service.notify.all("ERRNO")] == [str(errno.EINVAL)]
    assert "window.reprocess_days" in service.notify.status
    assert "window.reprocess_days" in service.stderr.read_text()
