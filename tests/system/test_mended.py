# SPDX-License-Identifier: MIT
"""Damage that meets a change of the POS: two things, so two entries. First what was altered is mended back to what had been
proven, then the POS's change is written; the money of each is its own."""
from decimal import Decimal

import pytest

from support import oracle, pos
from support.daemon import BRANCH, OK
from support.pos import WEEK
from support.waiting import wait_until
from system.test_damage import add_a_foreign_row, change_an_amount, delete_a_row

DAY = WEEK[2]
ENTRIES = """SELECT Motivo, VentaAntes, Venta, Huella, Nota FROM central.HistorialDias WHERE Fecha = %s
             ORDER BY Cambio"""
PROVEN = "SELECT TotalVenta, Huella FROM central.SincronizacionDias WHERE Fecha = %s"


def damage(target):
    change_an_amount(target)
    delete_a_row(target)
    add_a_foreign_row(target)


def assert_two_things(target, day, proven, gain):
    """Altered, mended to what was proven, changed."""
    altered, mended, changed = target.query(ENTRIES, (day,))
    assert (altered[0], mended[0], changed[0]) == ("danado", "danado", "pos")
    assert (altered[1], mended[2], mended[3]) == (proven[0], *proven)
    assert changed[2] - changed[1] == Decimal(gain)
    assert oracle.history_differences(target, BRANCH) == []


@pytest.mark.parametrize("name", ("local", "vps"))
def test_damage_and_a_late_change_are_two_entries(synced, consolidador, name):
    """In the target that is written first, and in the one whose other has moved on already."""
    target = getattr(synced, name)
    proven = target.query(PROVEN, (DAY,))[0]
    damage(target)
    pos.sell(synced.pos, DAY, upc="NUEVO", amount="12.50")
    line = consolidador.once_for(DAY).expect(OK).day(DAY)
    assert (line[name], line["intentos"]) == ("reparado", "2")
    assert_two_things(target, DAY, proven, "12.5")
    oracle.assert_agree(synced, BRANCH, WEEK)


def test_an_edited_ledger_and_a_late_change_are_two_entries(synced, consolidador):
    proven = synced.vps.query(PROVEN, (DAY,))[0]
    synced.vps.query("UPDATE central.SincronizacionDias SET TotalVenta = TotalVenta + 1, Huella = Huella + 1"
                     " WHERE Fecha = %s", (DAY,))
    pos.sell(synced.pos, DAY, upc="NUEVO", amount="12.50")
    consolidador.once_for(DAY).expect(OK)
    mended, changed = synced.vps.query(ENTRIES, (DAY,))
    assert (mended[0], mended[2:4], changed[0]) == ("danado", proven, "pos")
    assert "el libro decia" in mended[4]
    oracle.assert_remembered(synced, BRANCH)


def test_where_nobody_has_the_proven_rows_one_entry_says_so(synced, consolidador):
    for target in synced.targets:
        damage(target)
    pos.sell(synced.pos, DAY, upc="NUEVO", amount="12.50")
    consolidador.once_for(DAY).expect(OK)
    assert [entry[0] for entry in synced.local.query(ENTRIES, (DAY,))] == ["danado", "danado"]
    assert "nadie mas tiene las filas que se probaron" in synced.local.query(ENTRIES, (DAY,))[1][4]
    oracle.assert_agree(synced, BRANCH, WEEK)
    oracle.assert_remembered(synced, BRANCH)


def test_the_daemon_knows_the_proven_rows_of_its_window_itself(places, service):
    """Also where the other target is damaged, too."""
    today, day = service.days(2)[::-1]
    pos.fill_evenly(places.pos, [day, today])
    service.start()
    service.wait_synced([day, today])
    service.wait_cycles(2)
    proven = places.vps.query(PROVEN, (day,))[0]
    for target in places.targets:
        target.query("UPDATE central.VentasAgrupadas SET VentaTotal = VentaTotal + 7 WHERE Fecha = %s LIMIT 1", (day,))
    pos.sell(places.pos, day, upc="NUEVO", amount="12.50")
    wait_until(lambda: all(len(target.query(ENTRIES, (day,))) == 3 for target in places.targets),
               "both targets have three entries", 90)
    for target in places.targets:
        assert_two_things(target, day, proven, "12.5")
    told = service.wait_log(f"{day}: .*rows of (local|vps) were found altered: 1 changed, 0 missing, 0 foreign", seconds=90)
    assert "sales +7.0000" in told[0] and "repaired: sales -7.0000" in told[0], told
    assert "then changed in the POS: rows: 1 added" in told[0] and "sales +12.5000" in told[0]
