# SPDX-License-Identifier: MIT
"""The memory: every version of a proven day, every damage, in units and money; and nobody can change it."""
import pymysql
import pytest

from support import losses, oracle, pos, schema
from support.daemon import BRANCH, OK
from support.pos import WEEK
from support.programs import OldProgram
from system.test_damage import (DAMAGES, add_a_foreign_row, change_an_amount, delete_a_row,
                                delete_the_ledger_row)

DAY = WEEK[2]
REASONS = f"SELECT Motivo FROM central.HistorialDias WHERE IdSucursal = {BRANCH} ORDER BY Fecha, Cambio"
ROWS = """SELECT Upc, VentaAntes, VentaDespues, Motivo FROM central.v_cambios WHERE Fecha = %s AND Cambio = %s
          ORDER BY Upc"""
SIZE = "SELECT (SELECT COUNT(*) FROM central.HistorialDias), (SELECT COUNT(*) FROM central.HistorialCambios)," \
       " (SELECT COUNT(*) FROM central.HistorialPendiente)"


def reasons(target):
    return [reason for (reason,) in target.query(REASONS)]


def run_week(consolidador, *arguments):
    return consolidador.once_for(WEEK[0], WEEK[-1], *arguments).expect(OK)


@pytest.fixture
def views(synced):
    """Head office's views, in both targets."""
    for target in synced.targets:
        schema.run_scripts(target, [schema.ROOT / "sql/vps/50_cambios.sql"], schema.AGGREGATE_DATABASE)
    yield synced
    for target in synced.targets:
        for view in ("v_cambios", "v_cambios_resumen", "v_cambios_pendientes"):
            target.query(f"DROP VIEW central.{view}")


def test_a_first_load_and_unchanged_days_make_no_history(synced, consolidador):
    run_week(consolidador)
    for target in synced.targets:
        assert target.query(SIZE) == ((0, 0, 0),)


def test_five_corrections_of_a_closed_day_make_six_versions(synced, consolidador):
    first = oracle.target_rows(synced.vps, BRANCH, (DAY, DAY))
    for _ in range(5):
        pos.sell(synced.pos, DAY)
        consolidador.once_for(DAY).expect(OK)
    for target in synced.targets:
        assert reasons(target) == ["pos"] * 5
        assert target.value("SELECT HuellaAntes FROM central.HistorialDias WHERE Cambio = 1") == oracle.huella(first)
    oracle.assert_remembered(synced, BRANCH)


def test_the_change_names_product_and_money(views, consolidador):
    pos.sell(views.pos, DAY, upc="NUEVO", amount="12.50")
    run_week(consolidador)
    for target in views.targets:
        assert target.query(ROWS, (DAY, 1)) == (("NUEVO", None, pytest.approx(12.5), "pos"),)
        assert target.query("SELECT FilasCambiadas, DiferenciaVenta FROM central.v_cambios_resumen") == (
            (1, pytest.approx(12.5)),)


def documented_queries():
    """Head office's, by day and by product, asked of the month of the tests' week."""
    text = (schema.ROOT / "docs/database.md").read_text()
    after = text[text.index("What was changed after the month was closed"):]
    queries = [block.split("```")[0].strip().rstrip(";") for block in after.split("```sql\n")[1:3]]
    return [query.replace("2026-10-01", "2026-01-01").replace("2026-11-01", "2026-02-01") for query in queries]


def test_head_office_sees_what_was_changed_after_the_month_was_closed(views, consolidador):
    """Not what was corrected before it was: that is the first change, dated back."""
    pos.sell(views.pos, DAY, upc="ANTES", amount="5.00")
    run_week(consolidador)
    views.vps.query("UPDATE central.HistorialDias SET Instante = '2026-02-01 05:59:59'")
    pos.sell(views.pos, DAY, upc="NUEVO", amount="12.50")
    pos.sell(views.pos, WEEK[4], upc="NUEVO", amount="2.50")
    run_week(consolidador)
    views.vps.query("UPDATE central.HistorialDias SET Instante = '2026-02-01 06:00:00' WHERE Cambio > 1 OR Fecha > %s",
                    (DAY,))
    by_day, by_product = (views.vps.query(query) for query in documented_queries())
    assert [(row[0], row[1], row[3], row[7], float(row[10])) for row in by_day] == [
        (BRANCH, DAY, "pos", 1, 12.5), (BRANCH, WEEK[4], "pos", 1, 2.5)]
    assert [(upc, float(amount), days) for _, upc, amount, days in by_product] == [("NUEVO", 15.0, 2)]


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
@pytest.mark.parametrize("changed", (False, True), ids=("as it was", "changed meanwhile"))
def test_damage_is_evidence_before_it_is_mended(synced, consolidador, damage, changed):
    damage(synced.vps)
    if changed:
        pos.sell(synced.pos, DAY)
    run_week(consolidador)
    oracle.assert_agree(synced, BRANCH, WEEK)
    oracle.assert_remembered(synced, BRANCH)
    told = reasons(synced.vps)
    if changed and damage is not delete_the_ledger_row:
        assert told.pop() == "pos"
    assert set(told) == {"danado"}
    assert reasons(synced.local) == (["pos"] if changed else [])


def test_a_damage_says_who_did_it_and_what_it_was(views, consolidador):
    before = dict(views.vps.query(f"SELECT Upc, VentaTotal FROM central.VentasAgrupadas WHERE Fecha = '{DAY}'"))
    change_an_amount(views.vps)
    delete_a_row(views.vps)
    add_a_foreign_row(views.vps)
    run_week(consolidador)
    found, mended = views.vps.query("SELECT Cuenta, Nota FROM central.HistorialDias ORDER BY Cambio")
    assert (found[1], mended[1]) == ("hallado antes de reparar", "")
    assert found[0].startswith("root@") and not mended[0].startswith("root@")
    there, back = (views.vps.query(ROWS, (DAY, number)) for number in (1, 2))
    assert [(upc, new, old) for upc, old, new, _ in there] == [(upc, old, new) for upc, old, new, _ in back]
    assert all(before.get(upc) == old for upc, old, _, _ in there)


def test_rows_and_ledger_altered_to_fit_are_told_as_damage(synced, consolidador):
    change_an_amount(synced.vps)
    oracle.reseal(synced.vps, BRANCH, DAY)
    run_week(consolidador)
    oracle.assert_agree(synced, BRANCH, WEEK)
    assert reasons(synced.vps) == ["danado", "danado"]
    oracle.assert_remembered(synced, BRANCH)


@pytest.mark.parametrize("changed", (0, 1), ids=("as it was", "changed meanwhile"))
def test_rows_and_ledger_that_an_old_dump_lacks_are_told_as_gone_and_as_back(synced, consolidador, changed):
    rows = len(oracle.target_rows(synced.vps, BRANCH, (DAY, DAY)))
    for table in ("VentasAgrupadas", "SincronizacionDias"):
        synced.vps.query(f"DELETE FROM central.{table} WHERE Fecha = '{DAY}'")
    if changed:
        pos.sell(synced.pos, DAY, upc="NUEVO")
    run_week(consolidador)
    oracle.assert_agree(synced, BRANCH, WEEK)
    assert synced.vps.query("SELECT Motivo, FilasAntes, Filas FROM central.HistorialDias ORDER BY Cambio") == (
        ("danado", rows, 0), ("danado", 0, rows + changed))
    oracle.assert_remembered(synced, BRANCH)


def test_a_day_whose_ledger_row_was_lost_is_not_younger_than_its_changes(synced, consolidador):
    pos.sell(synced.pos, DAY)
    run_week(consolidador)
    synced.vps.query(f"DELETE FROM central.SincronizacionDias WHERE Fecha = '{DAY}'")
    run_week(consolidador)
    assert synced.vps.value("""
        SELECT l.PrimeraSync <= h.Instante FROM central.SincronizacionDias AS l
        JOIN central.HistorialDias AS h ON h.Fecha = l.Fecha WHERE h.Cambio = 1""") == 1
    oracle.assert_remembered(synced, BRANCH)


def test_what_no_trigger_sees_is_told_when_it_is_mended(synced, consolidador):
    """A partition that is truncated, or restored from a backup."""
    synced.vps.query("ALTER TABLE central.VentasAgrupadas TRUNCATE PARTITION p2026")
    run_week(consolidador)
    oracle.assert_agree(synced, BRANCH, WEEK)
    oracle.assert_remembered(synced, BRANCH)
    assert set(reasons(synced.vps)) == {"danado"}
    assert synced.vps.value("SELECT SUM(Filas - FilasAntes) FROM central.HistorialDias") == len(
        oracle.target_rows(synced.vps, BRANCH))


def test_an_approved_loss_is_told_with_actor_and_reason(synced, consolidador):
    losses.empty(synced.pos, DAY)
    consolidador.once_for(DAY, DAY, "--approve-loss=prueba de caja").expect(OK)
    for target in synced.targets:
        ((reason, actor, note),) = target.query("SELECT Motivo, Actor, Nota FROM central.HistorialDias")
        assert (reason, note) == ("aprobado", "prueba de caja") and actor
    oracle.assert_remembered(synced, BRANCH)


PASSWORD = "una clave bien larga"


def old_program(server, branch):
    return OldProgram(server.connect(f"sucursal_{branch}", PASSWORD, schema.GUARDED_DATABASE), branch)


@pytest.fixture
def guarded(places):
    schema.install_guard(places.vps)
    for branch in (7, 99):
        schema.enlist(places.vps, branch, PASSWORD)
    return places.vps


@pytest.mark.parametrize("whole", (False, True), ids=("delta", "reprocess"))
def test_what_a_program_of_version_0_1_0_writes_has_history(guarded, whole):
    old = old_program(guarded, 7)
    old.write("2026-01-05", {"a": 1, "b": 2})
    assert guarded.query(SIZE) == ((0, 0, 0),)
    old.write("2026-01-05", {"a": 3, "c": 4}, whole=whole)
    assert guarded.query("SELECT Motivo, Revision > 1 FROM central.HistorialDias") == (("pos", 1),)
    assert guarded.query(ROWS, ("2026-01-05", 1)) == (
        ("a", 1, 3, "pos"), ("b", 2, None, "pos"), ("c", None, 4, "pos"))
    old.write("2026-01-05", {"a": 3, "c": 4}, whole=whole)
    assert guarded.query(SIZE) == ((1, 3, 0),)
    assert oracle.history_differences(guarded, 7) == []


def test_the_open_day_of_an_old_program_grows_without_history(guarded):
    old = old_program(guarded, 7)
    today = str(guarded.value("SELECT UTC_DATE()"))
    for count in range(1, 6):
        old.write(today, {f"u{number}": count for number in range(count)})
    assert guarded.query(SIZE) == ((0, 0, 0),)


FORBIDDEN = [
    statement.format(table=table)
    for table in ("HistorialDias", "HistorialCambios", "HistorialPendiente", "central.HistorialDias",
                  "central.HistorialCambios", "central.HistorialPendiente", "Esquema", "central.Esquema")
    for statement in ("UPDATE {table} SET Fecha = Fecha", "DELETE FROM {table}", "TRUNCATE TABLE {table}",
                      "DROP TABLE {table}", "DROP VIEW {table}", "INSERT INTO {table} SELECT * FROM {table}",
                      "REPLACE INTO {table} SELECT * FROM {table}", "DELETE a FROM {table} a JOIN {table} b",
                      "ALTER TABLE {table} DROP PARTITION p2026", "LOCK TABLES {table} WRITE",
                      "INSERT INTO {table} SELECT * FROM {table} ON DUPLICATE KEY UPDATE Fecha = VALUES(Fecha)")
] + [
    "DROP TRIGGER central.tr_ventas_cambio",
    "CREATE TRIGGER mio BEFORE INSERT ON HistorialDias FOR EACH ROW SET NEW.Filas = 0",
    "CALL sp_anotar_historial('2026-01-05', 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 'pos')",
    "CALL sp_archivar_filas('2026-01-05', 7, 1, TRUE)",
    "CALL central.sp_anotar_fila(7, '2026-01-05', 'a', 1, 2, 3, 4, 1, 1, 1, 2, 2, 2)",
    "SELECT * FROM central.HistorialPendiente",
    "SELECT * FROM central.HistorialDias",
    "SELECT * FROM central.HistorialCambios",
]


def test_a_branch_reads_its_own_history_and_changes_none(guarded):
    for branch in (7, 99):
        old = old_program(guarded, branch)
        old.write("2026-01-05", {"a": 1, "b": 2})
        old.write("2026-01-05", {"a": 3, "b": 2})
    content = [guarded.query(f"SELECT * FROM central.{table}") for table in schema.HISTORY]
    with guarded.connect("sucursal_7", PASSWORD, schema.GUARDED_DATABASE) as link, link.cursor() as cursor:
        for table in ("HistorialDias", "HistorialCambios"):
            cursor.execute(f"SELECT DISTINCT IdSucursal FROM {table} WHERE IdSucursal <> 7 OR TRUE")
            assert cursor.fetchall() == ((7,),)
        for statement in FORBIDDEN:
            with pytest.raises(pymysql.Error):
                cursor.execute(statement)
    assert [guarded.query(f"SELECT * FROM central.{table}") for table in schema.HISTORY] == content
