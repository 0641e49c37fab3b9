# SPDX-License-Identifier: MIT
"""A day whose rows were changed so that count, sums and Huella stay: the checksum is content, the verification is
not, and names every row."""
import pytest

from support import forgery, losses, oracle, pos
from support.client import Client
from support.daemon import BRANCH, DAY_IN_ERROR, OK, UNCHANGED
from support.pos import WEEK
from support.waiting import wait_until

DAY = WEEK[2]
ROWS = 200
FORGED = 100

AUDIT = "CALL central.sp_audit_ventas_agrupadas(%s, %s)"
NOT_VERIFIED = "UPDATE central.SincronizacionDias SET UltimaVerificacion = '2020-01-01' WHERE Fecha = %s"
EVIDENCE = """
SELECT CONCAT_WS('|', Fecha, IdSucursal, IdProveedor, IdDepartamento, IdCategoria, IdSubcategoria,
                 c.UnidadesAntes, c.VentaAntes, c.CostoAntes, Upc)
FROM central.HistorialCambios AS c JOIN central.HistorialDias USING (IdSucursal, Fecha, Cambio)
WHERE Motivo = 'danado' AND Cambio = 1 ORDER BY Upc
"""


def forge(target):
    """The rows that were forged; the audit finds nothing wrong."""
    before = oracle.target_rows(target, BRANCH)
    forged = forgery.forge(target, BRANCH, DAY, FORGED)
    assert len(set(before) - set(oracle.target_rows(target, BRANCH))) == len(forged) == FORGED
    (audit,) = target.query(AUDIT, (DAY, BRANCH))
    assert audit[4] == audit[9] == oracle.huella(before), "the Huella fits"
    assert oracle.torn_days(target, BRANCH) == []
    return forged


@pytest.fixture
def sold(places, consolidador):
    """The three places, with one proven day of so many rows."""
    pos.fill_evenly(places.pos, [DAY], lines=ROWS)
    consolidador.once_for(DAY).expect(OK)
    return places


@pytest.fixture(params=("local", "vps"))
def target(sold, request):
    return getattr(sold, request.param)


def test_an_audit_finds_what_the_checksum_does_not(sold, target, consolidador):
    forge(target)
    rows = oracle.target_rows(target, BRANCH)
    assert consolidador.once_for(DAY).expect(OK).outcomes() == UNCHANGED
    run = consolidador.once_for(DAY, None, "--audit-only").expect(DAY_IN_ERROR)
    assert f"{target.name}: {FORGED} rows are others, though count, sums and Huella agree" in run.day(DAY)["error"]
    assert oracle.target_rows(target, BRANCH) == rows


def test_the_verification_mends_a_forged_day_and_names_it_row_by_row(sold, target, service):
    forged = forge(target)
    for each in sold.targets:
        each.query(NOT_VERIFIED, (DAY,))
    service.start(verification={"days_per_hour": 3600}, historical={"from": str(DAY), "to": str(DAY)})
    service.wait_log(f"{DAY} {target.name}: a closed day was repaired")
    for each in sold.targets:
        wait_until(lambda: oracle.differences(sold, BRANCH, targets=[each]) == [], f"{each.name} is mended")
    told = service.log_lines(f"{DAY} {target.name}: Upc ")
    for row in forged:
        *_, units, sales, cost, upc = row.split("|", 9)
        assert [line for line in told
                if f"Upc {upc} (" in line and f"instead of units {units}, sales {sales}, cost {cost}" in line], row
    assert [row for (row,) in target.query(EVIDENCE)] == sorted(forged, key=lambda row: row.split("|", 9)[-1])
    oracle.assert_remembered(sold, BRANCH)


def test_of_a_forged_day_that_the_pos_has_purged_a_person_chooses(places, service, branch):
    day, *later = service.days(4)
    pos.fill_evenly(places.pos, (day, *later), lines=ROWS)
    service.start(window={"reprocess_days": 3})
    service.wait_synced((day, *later))
    forgery.forge(places.vps, BRANCH, day, FORGED)
    losses.purge(places.pos, later[0])
    client = Client(branch.bus.environment)
    client.pipe("audit", day, day, "--wait").expect(DAY_IN_ERROR)
    named = f"{day} vps: Upc "
    wait_until(lambda: len(service.log_lines(named)) == FORGED, "each row is named")
    service.wait_cycles(2)
    assert len(service.log_lines(named)) == FORGED, "and once"
    assert f"{FORGED} rows in" in client.pipe("day", day).expect(OK).stdout, "held in every cycle"
    client.pipe("restore", day, "--from=local", "--reason", "forged", "--yes", "--wait").expect(OK)
    oracle.assert_targets_agree(places, BRANCH, (day, *later))
    wait_until(lambda: not branch.call("GetDay", "s", str(day))[0]["Held"], "the day is held no longer")
