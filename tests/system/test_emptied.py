# SPDX-License-Identifier: MIT
"""A proven day that somebody has emptied in both targets (sp_delete_ventas_agrupadas empties the ledger, too) while
the POS has lost it: nobody has approved that, so it is held, and told where its rows are."""
import pytest

from support import losses, oracle
from support.daemon import BRANCH, DAY_HELD, OK
from support.pos import WEEK

DAY = WEEK[2]
APPROVAL = "--approve-loss=acta 17"


def empty(*targets):
    for target in targets:
        target.query("CALL central.sp_delete_ventas_agrupadas(%s, %s)", (DAY, BRANCH))


def run(consolidador, *arguments):
    return consolidador.once_for(WEEK[0], WEEK[-1], *arguments)


def assert_held(run):
    line = run.expect(DAY_HELD).day(DAY)
    assert (line["estado"], line["local"], line["vps"]) == ("RETENIDO", "retenido", "retenido")
    assert f"consolidadorctl history {DAY} --revision N" in line["error"] and "backup" in line["error"]
    assert "emptied" in line["error"] and "--approve-loss" in line["error"]
    return run


@pytest.fixture
def emptied(synced):
    losses.empty(synced.pos, DAY)
    synced.rows = oracle.target_rows(synced.vps, BRANCH, (DAY, DAY))
    empty(*synced.targets)
    return synced


@pytest.mark.parametrize("before", (0, 1), ids=("a hole", "purged"))
def test_a_day_emptied_everywhere_is_held_and_its_rows_are_in_the_history(emptied, consolidador, before):
    if before:
        losses.purge(emptied.pos, WEEK[4])
    for arguments in ((), (), ("--audit-only",)):
        assert_held(run(consolidador, *arguments))
    for target in emptied.targets:
        assert target.query("SELECT Motivo, FilasAntes, Filas FROM central.HistorialDias") == (
            ("danado", len(emptied.rows), 0),)
    oracle.assert_remembered(emptied, BRANCH)


def test_an_approval_ends_it_and_is_told(emptied, consolidador):
    assert_held(run(consolidador))
    line = consolidador.once_for(DAY, DAY, APPROVAL).expect(OK).day(DAY)
    assert (line["estado"], line["local"], line["vps"]) == ("OK", "aprobado", "aprobado")
    for target in emptied.targets:
        assert target.query("SELECT Motivo, Nota FROM central.HistorialDias ORDER BY Cambio")[1:] == (
            ("aprobado", "acta 17"),)
    for _ in range(2):
        assert run(consolidador).expect(OK).day(DAY)["vps"] == "sin cambios"
    oracle.assert_remembered(emptied, BRANCH)


def test_it_ends_by_itself_when_the_pos_has_its_sales_again(synced, consolidador):
    with losses.backed_up(synced.pos) as put_back:
        losses.empty(synced.pos, DAY)
        empty(*synced.targets)
        assert_held(run(consolidador))
        put_back()
    run(consolidador).expect(OK)
    oracle.assert_agree(synced, BRANCH, WEEK)


def test_one_target_with_its_rows_from_a_backup_gives_them_to_the_other(emptied, consolidador):
    """The hold goes on: the POS still lacks the day."""
    assert_held(run(consolidador))
    saved = emptied.local.query("SELECT * FROM central.HistorialCambios")
    assert len(saved) == len(emptied.rows)
    emptied.local.query("""
        INSERT INTO central.VentasAgrupadas
        SELECT Fecha, IdSucursal, Upc, IdProveedor, IdDepartamento, IdCategoria, IdSubcategoria, UnidadesAntes,
               VentaAntes, CostoAntes, UTC_TIMESTAMP(3) FROM central.HistorialCambios""")
    oracle.reseal(emptied.local, BRANCH, DAY)
    run(consolidador).expect(DAY_HELD)
    assert oracle.target_rows(emptied.vps, BRANCH, (DAY, DAY)) == emptied.rows


def test_without_the_lock_an_emptied_day_is_let_go_for_good(emptied, consolidador):
    consolidador.configure(lock={"enabled": False})
    run(consolidador).expect(OK)
    consolidador.configure(lock={"enabled": True})
    run(consolidador).expect(OK)
