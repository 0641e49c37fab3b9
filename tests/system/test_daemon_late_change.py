# SPDX-License-Identifier: MIT
"""The rotating verification: what changed in a closed day, at the source or in a target, is found and told."""
from support import losses, oracle, pos
from support.daemon import BRANCH
from support.waiting import wait_until

DAYS = 92
EVERY_SECOND = {"verification": {"days_per_hour": 3600}}


def closed_history(service, count):
    days = service.days(count)
    pos.fill_evenly(service.servers.pos, days, lines=44)
    service.start(window={"reprocess_days": 1}, historical={"from": str(days[0]), "to": str(days[-1])})
    service.wait_synced(days)
    service.stop()
    return days


def make_least_recently_verified(places, *days):
    for target in places.targets:
        for day in days:
            target.query("UPDATE central.SincronizacionDias SET UltimaVerificacion = '2020-01-01' WHERE Fecha = %s",
                         (day,))


def test_a_ticket_cancelled_three_months_later_is_found_and_reported(places, service):
    days = closed_history(service, DAYS)
    day = days[DAYS - 1 - 90]
    pos.sell(places.pos, day, upc="7502000100001", quantity=-2, amount="-31.50", cost="-20.00")
    make_least_recently_verified(places, day)
    service.start(**EVERY_SECOND)
    lines = service.wait_log(f"{day} (local|vps): a closed day was changed in the POS", count=2)
    service.wait_synced(days)
    before, after = ledger_difference(places, day)
    for line in lines:
        assert "difference -31.5" in line and "WARN" in line
        assert "cost -20.0000; largest 7502000100001 -31.5000" in line, line
        assert str(after[0]) in line and str(before[0]) in line, line
    changed = [line for line in service.consolidador.read_bitacora() if line["fecha"] == str(day)]
    assert {line["estado"] for line in changed} == {"OK"}
    for place in ("local", "vps"):
        assert "cambiado" in [line[place] for line in changed]


def ledger_difference(places, day):
    """Units before and after the cancellation of two pieces."""
    units = places.vps.value("SELECT TotalUnidades FROM central.SincronizacionDias WHERE Fecha = %s", (day,))
    return ((units + 2).normalize(),), (units.normalize(),)


def test_rows_changed_by_somebody_else_in_the_vps_are_repaired(places, service):
    days = closed_history(service, 10)
    day = days[2]
    places.vps.query("UPDATE central.VentasAgrupadas SET VentaTotal = VentaTotal + 1 WHERE Fecha = %s LIMIT 1", (day,))
    make_least_recently_verified(places, day)
    service.start(**EVERY_SECOND)
    [line] = service.wait_log(f"{day} vps: a closed day was repaired")
    assert "rows of vps were found altered: 1 changed, 0 missing, 0 foreign; " in line, line
    assert "sales +1.0000, cost 0.0000; largest " in line and "difference" not in line, line
    service.wait_synced(days)
    assert not service.log_lines("local: a closed day")


def test_altered_rows_of_a_day_that_the_pos_has_purged_are_told_as_damage(places, service, consolidador):
    days = closed_history(service, 10)
    day = days[2]
    losses.purge(places.pos, days[5])
    places.vps.query("UPDATE central.VentasAgrupadas SET VentaTotal = VentaTotal + 1 WHERE Fecha = %s LIMIT 1", (day,))
    make_least_recently_verified(places, day)
    service.start(**EVERY_SECOND)
    [line] = service.wait_log(f"{day} vps: a closed day was repaired")
    assert "rows of vps were found altered: 1 changed, 0 missing, 0 foreign; " in line, line
    assert service.log_lines(f"{day} vps: the rows are not those of the ledger .TotalVenta is ")
    assert service.log_lines(f"{day} vps: .* brought from local: the POS has them no longer")
    wait_until(lambda: [line for line in consolidador.read_bitacora()
                        if (line["fecha"], line["estado"], line["vps"]) == (str(day), "OK", "reparado")],
               "the bitacora tells the repair")
    oracle.assert_targets_agree(places, BRANCH, days)


def test_the_verification_goes_through_the_whole_history(places, service):
    days = closed_history(service, 8)
    make_least_recently_verified(places, *days[:-2])
    service.start(**EVERY_SECOND)
    old = "SELECT COUNT(*) FROM central.SincronizacionDias WHERE UltimaVerificacion < '2021-01-01'"
    for target in places.targets:
        wait_until(lambda: target.value(old) == 0, "every old day has been verified", 60)
    assert oracle.differences(places, BRANCH) == []
    assert not service.log_lines("a closed day was")


def test_days_that_the_pos_has_purged_stay_however_often_they_are_looked_at(places, service, consolidador):
    """Also one that was not audited since it ended: local and VPS prove each other."""
    days = closed_history(service, 8)
    purged, kept = days[:3], days[3:]
    losses.purge(places.pos, kept[0])
    before = [oracle.target_rows(target, BRANCH) for target in places.targets]
    make_least_recently_verified(places, *purged)
    service.start(**EVERY_SECOND)
    old = "SELECT COUNT(*) FROM central.SincronizacionDias WHERE UltimaVerificacion < '2021-01-01'"
    for target in places.targets:
        wait_until(lambda: target.value(old) == 0, "every old day has been verified", 60)
    service.wait_cycles(3)
    assert [oracle.target_rows(target, BRANCH) for target in places.targets] == before
    assert not [line for line in consolidador.read_bitacora() if line["estado"] in ("ERROR", "RETENIDO")]
