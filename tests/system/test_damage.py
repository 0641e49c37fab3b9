# SPDX-License-Identifier: MIT
"""Somebody changes a target by hand: the next run notices it, mends it, and says in how many attempts."""
import pytest

from support import oracle
from support.daemon import BRANCH, OK, UNCHANGED
from support.pos import WEEK, sell

DAY = WEEK[2]
ROWS = "central.VentasAgrupadas"
OF_DAY = f"IdSucursal = {BRANCH} AND Fecha = '{DAY}'"


def change_an_amount(target):
    target.query(f"UPDATE {ROWS} SET VentaTotal = VentaTotal + 0.01 WHERE {OF_DAY} LIMIT 1")


def swap_two_amounts(target):
    """Count and sums stay as they were."""
    (one, low), (other, high) = target.query(
        f"SELECT Upc, VentaTotal FROM {ROWS} WHERE {OF_DAY} AND Upc LIKE '75020%' ORDER BY Upc LIMIT 2")
    assert one != other and low != high
    for upc, amount in ((one, high), (other, low)):
        target.query(f"UPDATE {ROWS} SET VentaTotal = %s WHERE {OF_DAY} AND Upc = %s", (amount, upc))


def delete_a_row(target):
    target.query(f"DELETE FROM {ROWS} WHERE {OF_DAY} LIMIT 1")


def delete_all_rows(target):
    target.query(f"DELETE FROM {ROWS} WHERE {OF_DAY}")


def add_a_foreign_row(target):
    target.query(f"INSERT INTO {ROWS} VALUES ('{DAY}', {BRANCH}, 'FORASTERO', 1, 2, 3, 4, 5, 6, 7, '2026-01-01')")


def add_a_row_of_zeros(target):
    """The sums stay as they were."""
    target.query(f"INSERT INTO {ROWS} VALUES ('{DAY}', {BRANCH}, 'CEROS', 0, 0, 0, 0, 0, 0, 0, '2026-01-01')")


def change_a_code(target):
    target.query(f"UPDATE {ROWS} SET Upc = CONCAT(Upc, 'x') WHERE {OF_DAY} AND LENGTH(Upc) < 20 LIMIT 1")


def delete_the_ledger_row(target):
    target.query(f"DELETE FROM central.SincronizacionDias WHERE {OF_DAY}")


def change_the_ledger_row(target):
    target.query(f"UPDATE central.SincronizacionDias SET TotalVenta = TotalVenta + 1 WHERE {OF_DAY}")


DAMAGES = (change_an_amount, swap_two_amounts, delete_a_row, delete_all_rows, add_a_foreign_row,
           add_a_row_of_zeros, change_a_code, delete_the_ledger_row, change_the_ledger_row)
EVERY_DAMAGE = pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)


@EVERY_DAMAGE
@pytest.mark.parametrize("damaged", [("local",), ("vps",), ("local", "vps")], ids="+".join)
def test_damage_is_noticed_and_mended(synced, consolidador, damage, damaged):
    for target in synced.targets:
        if target.name in damaged:
            damage(target)
    run = consolidador.once_for(WEEK[0], WEEK[-1]).expect(OK)
    oracle.assert_agree(synced, BRANCH, WEEK)
    line = run.day(DAY)
    assert (line["estado"], line["intentos"]) == ("OK", "2")
    for name in ("local", "vps"):
        assert line[name] == ("reparado" if name in damaged else "sin cambios")
    run.days.remove(line)
    assert run.outcomes() == UNCHANGED
    assert consolidador.once_for(WEEK[0], WEEK[-1]).expect(OK).outcomes() == UNCHANGED


@EVERY_DAMAGE
def test_damage_is_mended_also_when_the_day_has_changed_meanwhile(synced, consolidador, damage):
    damage(synced.vps)
    sell(synced.pos, DAY)
    run = consolidador.once_for(WEEK[0], WEEK[-1]).expect(OK)
    oracle.assert_agree(synced, BRANCH, WEEK)
    assert (run.day(DAY)["local"], run.day(DAY)["vps"], run.day(DAY)["intentos"]) == (
        "cambiado", "reparado", "2")


def test_the_log_says_what_was_damaged(synced, consolidador):
    change_an_amount(synced.vps)
    consolidador.once_for(DAY).expect(OK)
    warnings = [line for line in consolidador.log.read_text().splitlines() if "TotalVenta" in line]
    assert len(warnings) == 1 and str(DAY) in warnings[0] and "vps" in warnings[0]


def test_a_target_that_changes_what_is_written_is_an_error_and_nothing_stays(week, consolidador):
    """A trigger falsifies each amount: no attempt can agree, so nothing is committed, and the error says so."""
    week.vps.query(f"CREATE TRIGGER central.falsario BEFORE INSERT ON {ROWS}"
                   " FOR EACH ROW SET NEW.VentaTotal = NEW.VentaTotal + 1")
    try:
        run = consolidador.once_for(DAY).expect(1)
    finally:
        week.vps.query("DROP TRIGGER central.falsario")
    assert (run.day(DAY)["estado"], run.day(DAY)["local"], run.day(DAY)["vps"]) == ("ERROR", "nuevo", "error")
    assert "vps" in run.day(DAY)["error"] and "trigger" in run.day(DAY)["error"]
    assert oracle.target_rows(week.vps, BRANCH) == []
    assert week.vps.query("SELECT * FROM central.SincronizacionDias") == ()
    oracle.assert_agree(week, BRANCH, [DAY], [week.local])
