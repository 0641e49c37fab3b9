# SPDX-License-Identifier: MIT
"""The POS is corrected afterwards: the targets follow, and touch nothing but what changed."""
import pytest

from support import oracle
from support.daemon import BRANCH, OK
from support.pos import EMPTY_DAY, WEEK, sell

LINES = "superpos.ventasdiarias"
CORRECTED, CANCELLED, RECATEGORIZED, UNTOUCHED = WEEK[0], WEEK[1], WEEK[2], WEEK[6]
OTHER_BRANCH = 98


def correct_the_week(pos):
    """One amount, one line more, one product gone, one ticket cancelled, one category, one day filled."""
    pos.query(f"UPDATE {LINES} SET MontoTotal = MontoTotal + 0.01 WHERE Fecha = %s LIMIT 1", (CORRECTED,))
    sell(pos, CORRECTED, upc="nuevo", amount="12.50")
    pos.query(f"DELETE FROM {LINES} WHERE Fecha = %s AND BINARY Upc = 'BANK CHARGES'", (CORRECTED,))
    pos.query(f"DELETE FROM {LINES} WHERE Fecha = %s LIMIT 1", (CANCELLED,))
    pos.query(f"UPDATE {LINES} SET IdCategorias = 77 WHERE Fecha = %s AND IdCategorias = 10", (RECATEGORIZED,))
    sell(pos, EMPTY_DAY, amount="3.00")


def assert_only_changes_are_new(before, after):
    """Rows as they were keep their time; every other row was written after them."""
    kept = before.keys() & after.keys()
    new = after.keys() - before.keys()
    assert kept and new
    assert {row: after[row] for row in kept} == {row: before[row] for row in kept}
    assert min(after[row] for row in new) > max(before.values())


def test_corrections_reach_both_targets_and_touch_only_what_changed(synced, consolidador):
    before = {target: oracle.synced_at(target, BRANCH) for target in synced.targets}
    correct_the_week(synced.pos)
    run = consolidador.once_for(WEEK[0], WEEK[-1]).expect(OK)
    oracle.assert_agree(synced, BRANCH, WEEK)
    for target in synced.targets:
        assert_only_changes_are_new(before[target], oracle.synced_at(target, BRANCH))
    for day in (CORRECTED, CANCELLED, RECATEGORIZED, EMPTY_DAY):
        assert (run.day(day)["local"], run.day(day)["vps"]) == ("cambiado", "cambiado")


def test_a_day_without_changes_beside_changed_ones_is_left_alone(synced, consolidador):
    sell(synced.pos, CORRECTED)
    run = consolidador.once_for(WEEK[0], WEEK[-1]).expect(OK)
    assert (run.day(UNTOUCHED)["local"], run.day(UNTOUCHED)["vps"]) == ("sin cambios", "sin cambios")


def test_the_smallest_change_of_each_amount_is_noticed(synced, consolidador):
    for column in ("Cantidad", "MontoTotal", "CostoTotal"):
        synced.pos.query(f"UPDATE {LINES} SET {column} = {column} - 0.0001 WHERE Fecha = %s LIMIT 1",
                         (CORRECTED,))
        run = consolidador.once_for(CORRECTED).expect(OK)
        assert run.outcomes() == {("OK", "cambiado", "cambiado", "1")}, column
        oracle.assert_agree(synced, BRANCH, WEEK)


def test_the_ledger_counts_the_versions_of_a_day(synced, consolidador):
    """Changed and changed back: three versions."""
    amount = f"UPDATE {LINES} SET MontoTotal = MontoTotal + %s WHERE Fecha = %s AND Upc = '7501000111112'"
    synced.pos.query(amount, (5, CORRECTED))
    consolidador.once_for(CORRECTED).expect(OK)
    synced.pos.query(amount, (-5, CORRECTED))
    consolidador.once_for(CORRECTED).expect(OK)
    for target in synced.targets:
        assert target.value("SELECT Revision FROM central.SincronizacionDias WHERE Fecha = %s",
                            (CORRECTED,)) == 3
    oracle.assert_agree(synced, BRANCH, WEEK)


def test_another_branch_in_the_same_database_is_never_touched(synced, consolidador):
    for target in synced.targets:
        target.query(f"""INSERT INTO central.VentasAgrupadas
                         SELECT Fecha, {OTHER_BRANCH}, Upc, IdProveedor, IdDepartamento, IdCategoria,
                                IdSubcategoria, Unidades + 1, VentaTotal, CostoTotal, UltimaSync
                         FROM central.VentasAgrupadas WHERE IdSucursal = {BRANCH}""")
    before = [oracle.synced_at(target, OTHER_BRANCH) for target in synced.targets]
    correct_the_week(synced.pos)
    consolidador.once_for(WEEK[0], WEEK[-1]).expect(OK)
    assert [oracle.synced_at(target, OTHER_BRANCH) for target in synced.targets] == before
    oracle.assert_agree(synced, BRANCH, WEEK)


@pytest.mark.parametrize("upsert", [
    {"batch_size": 7},
    {"batch_size": 1},
], ids=str)
def test_every_way_of_writing_gives_the_same(week, consolidador, upsert):
    consolidador.configure(upsert=upsert)
    consolidador.once_for(WEEK[0], WEEK[-1]).expect(OK)
    oracle.assert_agree(week, BRANCH, WEEK)
    correct_the_week(week.pos)
    consolidador.once_for(WEEK[0], WEEK[-1]).expect(OK)
    oracle.assert_agree(week, BRANCH, WEEK)
