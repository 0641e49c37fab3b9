# SPDX-License-Identifier: MIT
"""What waits, waits for ever and survives everything; what only a person can mend is said once and heals by itself."""
import shutil

import pytest

from support import oracle, pos, schema
from support.daemon import BRANCH
from support.relay import Refuse
from support.waiting import wait_until


def wait_cycles(service, count):
    service.wait_log("cycle: ", count=len(service.log_lines("cycle: ")) + count)


def test_what_is_pending_survives_a_kill_and_the_loss_of_all_state(places, service, relays, consolidador):
    days = service.days(9)
    pos.fill(places.pos, days[:2], empty=())
    service.start(window={"reprocess_days": 8})
    service.wait_synced(days)  # the last seven without sales, as yet
    with relays["vps"].fault(Refuse()):
        service.wait_place("vps", "down since")
        pos.fill(places.pos, days[2:], empty=())
        service.wait_synced(days, [places.local])
        service.kill()
        shutil.rmtree(consolidador.folder / "state")
        shutil.rmtree(consolidador.logs)
        service.start(window={"reprocess_days": 0})
        service.wait_place("vps", "down since")
        service.kill()
    for folder in ("state", "logs"):
        (consolidador.folder / folder).mkdir(exist_ok=True)
    service.start()
    service.wait_synced(days)


def test_a_revoked_right_is_said_once_and_heals_when_it_is_given_back(places, service):
    days = service.days(3)
    pos.fill(places.pos, days, empty=())
    service.start(window={"reprocess_days": 2})
    service.wait_synced(days)
    right = f"EXECUTE ON PROCEDURE {schema.database_of(places.vps)}.sp_registrar_dia"
    places.vps.query(f"REVOKE {right} FROM {schema.grantee(places.vps)}")
    for number in range(4):
        pos.sell(places.pos, days[-1], upc=f"sin permiso {number}")
        service.wait_synced(days, [places.local])
    said = wait_until(lambda: service.log_lines("ERROR vps.*sp_registrar_dia"), "the log names the procedure")
    wait_cycles(service, 3)
    assert len(service.log_lines("ERROR vps")) == len(said) <= 2
    assert "docs/database.md" in said[0] and "denied" in said[0]
    places.vps.query(f"GRANT {right} TO {schema.grantee(places.vps)}")
    service.wait_synced(days)
    service.wait_log("vps is back after")


def test_when_the_right_to_the_heartbeat_is_lost_the_days_are_brought_all_the_same(places, service):
    days = service.days(2)
    pos.fill(places.pos, days, empty=())
    service.start()
    service.wait_synced(days)
    places.vps.query(f"REVOKE INSERT, UPDATE ON {schema.database_of(places.vps)}.EstadoSucursales"
                     f" FROM {schema.grantee(places.vps)}")
    service.wait_log("ERROR vps.*EstadoSucursales.*denied")
    pos.sell(places.pos, days[-1])
    service.wait_synced(days)
    wait_cycles(service, 3)
    assert len(service.log_lines("ERROR vps")) == 1
    assert "vps up" in service.notify.status


def test_a_wrong_password_from_the_start_heals_when_it_is_set(places, service):
    days = service.days(2)
    pos.fill(places.pos, days, empty=())
    schema.create_target_account(places.vps, "otra clave, larga")
    service.start()
    service.wait_synced(days, [places.local])
    service.wait_log("ERROR vps.*Access denied")
    schema.create_target_account(places.vps)
    service.wait_synced(days)


def test_a_bad_row_fails_its_day_alone_is_told_once_and_heals_when_corrected(places, service, consolidador):
    days = service.days(4)
    bad, good = days[0], days[1:]
    pos.fill(places.pos, days, empty=())
    pos.sell(places.pos, bad, upc="x" * 30)
    service.start(window={"reprocess_days": 3})
    service.wait_synced(good)
    service.wait_log(f"ERROR {bad}: ")
    pos.sell(places.pos, days[-1], amount="3.00")
    service.wait_synced(good)
    wait_cycles(service, 3)
    errors = [line for line in consolidador.read_bitacora() if line["estado"] == "ERROR"]
    assert [line["fecha"] for line in errors] == [str(bad)]
    assert "x" * 20 in errors[0]["error"]
    assert "in ERROR" in places.vps.value("SELECT Motivos FROM central.EstadoSucursales")
    assert places.vps.value("SELECT DiasFallidos FROM central.EstadoSucursales") == str(bad)
    service.kill()
    service.start()
    wait_cycles(service, 3)
    errors = [line for line in consolidador.read_bitacora() if line["estado"] == "ERROR"]
    assert len(errors) == 1, "after a restart it is no news either"
    places.pos.query("DELETE FROM superpos.ventasdiarias WHERE Upc = %s", ("x" * 30,))
    service.wait_synced(days)
    healed = wait_until(lambda: [line for line in consolidador.read_bitacora()
                                 if line["fecha"] == str(bad) and line["estado"] == "OK"], "told that it is well")
    assert len(healed) == 1
    wait_until(lambda: places.vps.value("SELECT CONCAT(Salud, DiasFallidos) FROM central.EstadoSucursales") == "ok",
               "health is ok again")


@pytest.mark.unguarded
def test_a_dry_run_writes_nothing_anywhere(places, service, branch):
    days = service.days(3)
    pos.fill(places.pos, days, empty=())
    service.start(dry_run=True, window={"reprocess_days": 2})
    wait_cycles(service, 2)
    for day in days:
        service.wait_log(f"dry run, nothing was written: {day}: .*, vps would be nuevo")
        assert not service.log_lines(rf"(INFO|WARNING|ERROR)\S* +{day}")
    service.wait_log(r"cycle: \d+ day tasks, ")
    assert branch.get("RowsSynced") == 0
    for target in places.targets:
        assert oracle.target_rows(target, BRANCH) == []
        assert target.query("SELECT * FROM central.EstadoSucursales") == ()
    assert service.consolidador.read_bitacora() == []


@pytest.mark.unguarded
def test_local_only_never_touches_the_vps(places, service, relays):
    days = service.days(2)
    pos.fill(places.pos, days, empty=())
    service.start(local_only=True)
    service.wait_synced(days, [places.local])
    assert relays["vps"].attempts == []
    assert "vps" not in service.notify.status


@pytest.mark.unguarded
def test_local_only_records_no_day_as_empty_that_the_vps_may_have(places, service):
    days = service.days(3)
    pos.fill(places.pos, days, empty=days[1:2])
    service.start(local_only=True, window={"reprocess_days": 2})
    service.wait_log("cycle: ")
    wait_cycles(service, 2)
    ledger = places.local.query("SELECT Fecha FROM central.SincronizacionDias ORDER BY Fecha")
    assert [day for (day,) in ledger] == [days[0], days[2]]
    assert ": ok, " in service.notify.status and "pending" not in service.notify.status
