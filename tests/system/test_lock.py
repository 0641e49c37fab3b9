# SPDX-License-Identifier: MIT
"""What was proven never shrinks by itself: whatever the POS loses, `once` takes nothing from a target
on any of its ways, until a person approves it.

tests/system/test_lock_daemon.py is about the same with the daemon. CONSOLIDADOR_LOCK_DAYS makes the history
that comes from the other target longer than there is time for in every run: ten years are 3650.
"""
import datetime
import os

import pytest

from support import losses, oracle, pos, schema
from support.daemon import BRANCH, DAY_HELD, OK, RUN_SECONDS
from support.service import noon_zone

DAYS = 25
HISTORY_DAYS = int(os.environ.get("CONSOLIDADOR_LOCK_DAYS", 400))
REASON = "caja 3 duplicada, acta 17"
UNVERIFIED = "UPDATE central.SincronizacionDias SET UltimaVerificacion = '1970-01-01'"
LOSSES_OF_A_DAY = {
    "70 % of its lines": lambda server, day: losses.lose_lines(server, day, 70),
    "30 % of every amount": losses.lower_every_amount,
    "a department": losses.lose_a_department,
    "all, booked on its neighbour": lambda server, day: losses.redate(
        server, day, day + datetime.timedelta(days=1)),
    "all": losses.empty,
}
CORRECTIONS = (losses.cancel_a_ticket, losses.take_ten_returns, losses.correct_a_price, losses.double)


class Shop:
    """A branch whose days, the last of them today, are proven in the three places."""

    def __init__(self, places, consolidador, days=DAYS, lines=100):
        self.places = places
        self.pos = places.pos
        self.consolidador = consolidador
        self.zone, self.today = noon_zone()
        consolidador.configure(branch={"id": BRANCH, "time_zone": self.zone})
        self.days = [self.today - datetime.timedelta(days=ago) for ago in reversed(range(days))]
        pos.fill_evenly(places.pos, self.days, lines)
        self.all().expect(OK)
        self.proven = oracle.Proven(places, BRANCH)

    def all(self, *arguments):
        """A run over every day."""
        return self.consolidador.once_for(self.days[0], self.days[-1], *arguments,
                                          timeout=RUN_SECONDS + len(self.days) / 4)

    def assert_held(self, run, *days, grown=()):
        """These days and no others, with rows and money in the reason; nothing of any day is gone, but
        for what a day that has `grown` now has more."""
        run.expect(DAY_HELD)
        held = [line for line in run.days if line["estado"] == "RETENIDO"]
        assert {line["fecha"] for line in held} == {str(day) for day in days}, run
        for line in held:
            assert (line["local"], line["vps"]) == ("retenido", "retenido"), line
            assert "rows" in line["error"] and "sales" in line["error"], line
        self.proven.assert_kept(approved=grown)

    def assert_archived(self, run, *days):
        """These days among those of the run, and no others; nothing of them is gone."""
        run.expect(OK)
        archived = {line["fecha"] for line in run.days if "archivado" in (line["local"], line["vps"])}
        assert archived == {str(day) for day in days} & {line["fecha"] for line in run.days}, run
        assert {line["estado"] for line in run.days} == {"OK"}
        self.proven.assert_kept()


def lose_in(target, days):
    for table in ("VentasAgrupadas", "SincronizacionDias"):
        target.query(f"DELETE FROM central.{table} WHERE Fecha BETWEEN %s AND %s", (days[0], days[-1]))


@pytest.fixture
def shop(places, consolidador):
    return Shop(places, consolidador)


# -- every way that a run can take -------------------------------------------------------------------


def over_a_range(shop):
    return shop.all()


def over_the_window(shop):
    shop.consolidador.configure(window={"reprocess_days": 20})
    return shop.consolidador.once()


def over_the_historical_range(shop):
    shop.consolidador.configure(historical={"from": str(shop.days[0]), "to": str(shop.days[-1])})
    return shop.consolidador.once()


def over_yesterday_and_today(shop):
    return shop.consolidador.once()


EVERY_LONG_WAY = pytest.mark.parametrize(
    "look", [over_a_range, over_the_window, over_the_historical_range], ids=lambda look: look.__name__)
EVERY_WAY = pytest.mark.parametrize(
    "look", [over_a_range, over_the_window, over_the_historical_range, over_yesterday_and_today],
    ids=lambda look: look.__name__)


@EVERY_LONG_WAY
def test_days_that_the_pos_has_purged_are_archived(shop, look):
    losses.purge(shop.pos, shop.days[12])
    shop.assert_archived(look(shop), *shop.days[:12])
    shop.assert_archived(look(shop), *shop.days[:12])


@EVERY_LONG_WAY
def test_a_day_of_which_a_purge_took_a_part_is_held_and_older_ones_are_archived(shop, look):
    boundary = shop.days[12]
    losses.purge_in_part(shop.pos, boundary)
    run = look(shop)
    shop.assert_held(run, boundary)
    older = [line for line in run.days if line["fecha"] < str(boundary)]
    assert older and {(line["estado"], line["local"], line["vps"]) for line in older} == {
        ("OK", "archivado", "archivado")}


@pytest.mark.unguarded
@EVERY_WAY
def test_a_day_that_is_empty_all_at_once_is_held(shop, look):
    losses.empty(shop.pos, shop.days[-2])
    shop.assert_held(look(shop), shop.days[-2])


@pytest.mark.unguarded
@EVERY_WAY
def test_a_pos_without_any_sales_is_no_purged_pos_and_every_day_is_held(shop, look):
    losses.empty_everything(shop.pos)
    run = look(shop).expect(DAY_HELD)
    assert {line["estado"] for line in run.days} == {"RETENIDO"}
    shop.proven.assert_kept()


def test_today_is_held_when_its_rows_would_go_and_may_fall_otherwise(shop):
    losses.lower_every_amount(shop.pos, shop.today)
    shop.consolidador.once_for(shop.today).expect(OK)
    oracle.assert_agree(shop.places, BRANCH, shop.days)
    shop.proven.look()
    losses.lose_lines(shop.pos, shop.today, 30)
    shop.assert_held(shop.consolidador.once_for(shop.today), shop.today)


@pytest.mark.unguarded
def test_an_emptied_day_hides_no_other(shop):
    """Neither the hole that is held nor a late change before it."""
    hole, changed = shop.days[10], shop.days[5]
    losses.empty(shop.pos, hole)
    pos.sell(shop.pos, changed, upc="tarde")
    run = shop.all()
    assert (run.day(changed)["local"], run.day(changed)["vps"]) == ("cambiado", "cambiado")
    for target in shop.places.targets:
        assert any("tarde" in row for row in oracle.target_rows(target, BRANCH, (changed, changed)))
    shop.assert_held(run, hole)


# -- what is held, and what is not -------------------------------------------------------------------


@pytest.mark.unguarded
@pytest.mark.parametrize("loss", LOSSES_OF_A_DAY)
def test_held_is_a_day_that_loses(shop, loss):
    day = shop.days[10]
    LOSSES_OF_A_DAY[loss](shop.pos, day)
    shop.assert_held(shop.all(), day, grown=[day + datetime.timedelta(days=1)])


@pytest.mark.unguarded
@pytest.mark.parametrize("correct", CORRECTIONS, ids=lambda correct: correct.__name__)
def test_written_without_a_word_is(shop, correct):
    day = shop.days[10]
    correct(shop.pos, day)
    run = shop.all().expect(OK)
    assert (run.day(day)["estado"], run.day(day)["local"], run.day(day)["vps"]) == (
        "OK", "cambiado", "cambiado")
    assert "WARN" not in "".join(line for line in shop.consolidador.log.read_text().splitlines()
                                 if str(day) in line)
    oracle.assert_agree(shop.places, BRANCH, shop.days)


@pytest.mark.unguarded
def test_the_limits_are_configured(shop):
    day = shop.days[10]
    losses.lose_lines(shop.pos, day, 30)
    shop.consolidador.configure(lock={"rows": 40, "amount": 25})
    shop.assert_held(shop.all(), day)
    shop.consolidador.configure(lock={"rows": 25, "amount": 40})
    shop.assert_held(shop.all(), day)
    shop.consolidador.configure(lock={"rows": 25, "min_rows": 30, "amount": 40})
    shop.all().expect(OK)
    oracle.assert_agree(shop.places, BRANCH, shop.days)


@pytest.mark.unguarded
def test_without_the_lock_the_targets_follow_and_the_check_warns_of_it(shop):
    losses.empty(shop.pos, shop.days[10])
    shop.consolidador.configure(lock={"enabled": False})
    shop.all().expect(OK)
    oracle.assert_agree(shop.places, BRANCH, shop.days)
    said = shop.consolidador.check().expect(OK)
    assert "lock" in said.stdout + said.stderr


@pytest.mark.unguarded
def test_a_run_without_writing_tells_of_the_hold(shop):
    losses.empty(shop.pos, shop.days[10])
    run = shop.all("--dry-run")
    (line,) = (line for line in run.stdout.splitlines() if line.startswith(str(shop.days[10])))
    assert line.count("held") >= 2
    shop.assert_held(shop.all("--audit-only"), shop.days[10])


def test_while_a_target_is_away_the_other_holds_the_day_and_both_do_afterwards(shop):
    day = shop.days[10]
    losses.lose_lines(shop.pos, day, 70)
    with shop.places.vps.down():
        run = shop.consolidador.once_for(day)
        assert run.day(day)["local"] == "retenido"
    shop.assert_held(shop.all(), day)


# -- how a hold ends ---------------------------------------------------------------------------------


def lose_much(shop):
    """Some of everything: days purged, the boundary cut, a hole, amounts lowered."""
    losses.purge_in_part(shop.pos, shop.days[4])
    losses.empty(shop.pos, shop.days[8])
    losses.lower_every_amount(shop.pos, shop.days[12])
    return shop.days[4], shop.days[8], shop.days[12]


def test_a_hold_ends_by_itself_when_the_pos_has_its_sales_again(shop):
    with losses.backed_up(shop.pos) as put_back:
        lost = lose_much(shop)
        shop.assert_held(shop.all(), *lost)
        put_back()
        run = shop.all().expect(OK)
    assert {line["estado"] for line in run.days} == {"OK"}
    shop.proven.assert_kept()
    oracle.assert_agree(shop.places, BRANCH, shop.days)


def test_small_losses_of_a_closed_day_do_not_add_up_to_a_large_one(shop):
    """Each of them is what a correction may take; together they are more."""
    day = shop.days[5]
    lose = "DELETE FROM superpos.ventasdiarias WHERE Fecha = %s LIMIT 6"
    shop.pos.query(lose, (day,))
    assert shop.all().expect(OK).day(day)["vps"] == "cambiado"
    for _ in range(2):
        shop.pos.query(lose, (day,))
        run = shop.all().expect(DAY_HELD)
        assert "before its last changes" in run.day(day)["error"]
    left = oracle.target_rows(shop.places.vps, BRANCH, (day, day))
    assert len(left) == 94
    shop.consolidador.once_for(day, day, f"--approve-loss={REASON}").expect(OK)
    assert len(oracle.target_rows(shop.places.vps, BRANCH, (day, day))) == 82
    shop.pos.query(lose, (day,))
    assert shop.all().expect(OK).day(day)["vps"] == "cambiado", "measured from what was approved"


def test_small_losses_of_today_do_not_add_up_to_a_large_one(shop):
    lose = "DELETE FROM superpos.ventasdiarias WHERE Fecha = %s LIMIT 20"
    shop.pos.query(lose, (shop.today,))
    assert shop.all().expect(OK).day(shop.today)["vps"] == "cambiado"
    for _ in range(2):
        shop.pos.query(lose, (shop.today,))
        assert "before its last changes" in shop.all().expect(DAY_HELD).day(shop.today)["error"]
    assert len(oracle.target_rows(shop.places.vps, BRANCH, (shop.today, shop.today))) == 80


def test_what_is_approved_shrinks_and_nothing_else(shop):
    boundary, hole, lowered = lose_much(shop)
    shop.assert_held(shop.all(), boundary, hole, lowered)
    run = shop.consolidador.once_for(hole, hole, f"--approve-loss={REASON}").expect(OK)
    shop.proven.assert_kept(approved=[hole])
    for target in shop.places.targets:
        assert oracle.target_rows(target, BRANCH, (hole, hole)) == []
    line = run.day(hole)
    assert (line["estado"], line["local"], line["vps"]) == ("OK", "aprobado", "aprobado")
    assert REASON in line["nota"] and "root" in line["nota"]
    shop.assert_held(shop.all(), boundary, lowered, grown=[hole])
    assert str(hole) not in {line["fecha"] for line in shop.all().days if line["estado"] != "OK"}


@pytest.mark.unguarded
def test_an_approval_needs_a_reason(shop):
    losses.empty(shop.pos, shop.days[10])
    shop.all("--approve-loss=").expect(64)
    shop.all("--approve-loss").expect(64)
    shop.proven.assert_kept()


# -- between the targets -----------------------------------------------------------------------------


@pytest.mark.parametrize("empty", ["local", "vps"])
def test_a_long_history_comes_from_the_other_target_where_the_pos_has_a_month(
        places, consolidador, empty):
    shop = Shop(places, consolidador, days=HISTORY_DAYS, lines=4)
    losses.purge(shop.pos, shop.days[-30])
    schema.empty_aggregate(getattr(places, empty))
    run = shop.all().expect(OK)
    oracle.assert_targets_agree(places, BRANCH, shop.days)
    shop.proven.assert_kept()
    other = {"local": "vps", "vps": "local"}[empty]
    old = run.day(shop.days[0])
    assert (old[empty], old[other]) == ("copiado", "archivado")
    assert run.day(shop.days[-1])[empty] == "nuevo"


def test_ten_purged_days_that_the_vps_lost_come_back_from_local(shop):
    """And no empty ledger row takes their place before."""
    lost = shop.days[2:12]
    losses.purge(shop.pos, shop.days[15])
    lose_in(shop.places.vps, lost)
    with shop.places.local.down():
        shop.consolidador.once_for(lost[0], lost[-1])
    empty = "SELECT COUNT(*) FROM central.SincronizacionDias WHERE Filas = 0"
    assert shop.places.vps.value(empty) == 0, "an empty ledger row was written while local was away"
    run = shop.all().expect(OK)
    assert {run.day(day)["vps"] for day in lost} == {"copiado"}
    oracle.assert_targets_agree(shop.places, BRANCH, shop.days)
    shop.proven.assert_kept()


def test_a_damaged_archived_day_is_mended_from_the_other_target(shop):
    day = shop.days[3]
    losses.purge(shop.pos, shop.days[10])
    shop.places.vps.query("DELETE FROM central.VentasAgrupadas WHERE Fecha = %s LIMIT 60", (day,))
    assert shop.all().expect(OK).day(day)["vps"] == "reparado"
    oracle.assert_targets_agree(shop.places, BRANCH, shop.days)
    shop.proven.assert_kept()


def test_an_archived_day_of_which_the_targets_hold_different_rows_is_held_and_both_are_named(shop):
    day = shop.days[3]
    losses.purge(shop.pos, shop.days[10])
    shop.places.vps.query("UPDATE central.VentasAgrupadas SET VentaTotal = VentaTotal + 1"
                          " WHERE Fecha = %s LIMIT 1", (day,))
    oracle.reseal(shop.places.vps, BRANCH, day)
    shop.proven.look()
    run = shop.all().expect(DAY_HELD)
    assert run.day(day)["estado"] == "RETENIDO"
    for name in ("local", "vps"):
        assert name in run.day(day)["error"]
    shop.proven.assert_kept()


def test_an_empty_day_is_recorded_where_no_target_has_rows(shop):
    before = shop.days[0] - datetime.timedelta(days=3)
    run = shop.consolidador.once_for(before, shop.days[0]).expect(OK)
    assert {run.day(before)["local"], run.day(before)["vps"]} == {"nuevo"}


def test_a_local_only_run_records_no_day_as_empty_of_which_the_vps_has_rows(shop):
    losses.purge(shop.pos, shop.days[12])
    lose_in(shop.places.local, shop.days[:12])
    run = shop.consolidador.once_for(shop.days[0], shop.days[11], "--local-only").expect(OK)
    assert {line["local"] for line in run.days} == {"en espera"}
    assert "12 without sales wait until the VPS is asked" in run.stdout
    assert shop.places.local.value("SELECT COUNT(*) FROM central.SincronizacionDias WHERE Fecha < %s",
                                   (shop.days[12],)) == 0
    shop.all().expect(OK)
    shop.proven.assert_kept()


def test_a_day_held_while_the_first_sale_is_searched_for_is_looked_at_again(shop):
    """The POS answers so slowly that the search, a year of days, does not end with the first day."""
    losses.purge(shop.pos, shop.days[2])
    schema.replace_pos_procedure(shop.pos, """BEGIN
        DO SLEEP(0.07);
        SELECT COALESCE(SUM(Cantidad), 0) AS TotalUnidades, COALESCE(SUM(MontoTotal), 0) AS TotalVenta,
               COALESCE(SUM(CostoTotal), 0) AS TotalCosto FROM ventasdiarias WHERE Fecha = p_fecha;
        END""", "sp_audit_operativa")
    run = shop.all().expect(OK)
    first = [line for line in run.days if line["fecha"] == str(shop.days[0])]
    assert [(line["estado"], line["local"]) for line in first] == [
        ("RETENIDO", "retenido"), ("OK", "archivado")]
    assert "held" not in run.stdout.splitlines()[-1]
    shop.proven.assert_kept()


# -- what the Python bot left ------------------------------------------------------------------------


@pytest.fixture
def migrated(places, consolidador):
    """Days as the bot left them, never verified: with more than half as much again as the POS has."""
    shop = Shop(places, consolidador, days=12)
    for target in places.targets:
        target.query("INSERT INTO central.VentasAgrupadas SELECT Fecha, IdSucursal, CONCAT('b', Upc),"
                     " IdProveedor, IdDepartamento, IdCategoria, IdSubcategoria, Unidades, VentaTotal,"
                     " CostoTotal, UltimaSync FROM central.VentasAgrupadas WHERE IdDepartamento = 1")
        for day in shop.days:
            oracle.reseal(target, BRANCH, day)
        target.query(UNVERIFIED)
    shop.proven.look()
    return shop


def test_of_days_of_the_bot_the_pos_wins_where_it_has_sales(migrated):
    run = migrated.all().expect(OK)
    assert {line["estado"] for line in run.days} == {"OK"}
    oracle.assert_agree(migrated.places, BRANCH, migrated.days)


def test_of_days_of_the_bot_those_that_the_pos_has_not_are_archived_as_they_are(migrated):
    purged, kept = migrated.days[:6], migrated.days[6:]
    losses.purge(migrated.pos, kept[0])
    run = migrated.all().expect(OK)
    assert {run.day(day)["vps"] for day in purged} == {"archivado"}
    migrated.proven.assert_kept(approved=kept)
    oracle.assert_targets_agree(migrated.places, BRANCH, migrated.days)
    assert oracle.differences(migrated.places, BRANCH, (kept[0], kept[-1])) == []


# -- as it was sold ----------------------------------------------------------------------------------


@pytest.mark.parametrize("change", [
    "DELETE FROM superpos.productos WHERE IdProveedores <= 3",
    "UPDATE superpos.productos SET IdProveedores = 888 WHERE IdProveedores <= 3",
], ids=["leave", "change supplier"])
def test_products_that_leave_or_change_supplier_change_no_closed_day(shop, change):
    shop.pos.query(change)
    run = shop.all().expect(OK)
    closed = [run.day(day) for day in shop.days[:-1]]
    assert {(line["local"], line["vps"]) for line in closed} == {("sin cambios", "sin cambios")}
    shop.proven.assert_kept(approved=[shop.today])
    assert oracle.differences(shop.places, BRANCH, (shop.today, shop.today)) == []


def test_departments_that_come_from_master_data_stay_as_they_were_sold(shop):
    """With a procedure of the shop's own, as lock.as_sold says."""
    shop.pos.query("ALTER TABLE superpos.productos ADD Depto INT DEFAULT 1")
    schema.replace_pos_procedure(shop.pos, """
        SELECT p_fecha AS Fecha, v.Upc, MIN(p.IdProveedores) AS IdProveedor, MIN(p.Depto) AS IdDepartamento,
               v.IdCategorias AS IdCategoria, v.IdSubcategorias AS IdSubcategoria, SUM(v.Cantidad) AS Unidades,
               SUM(v.MontoTotal) AS VentaTotal, SUM(v.CostoTotal) AS CostoTotal
          FROM ventasdiarias v JOIN productos p ON p.Upc = v.Upc
         WHERE v.Fecha = p_fecha GROUP BY v.Upc, v.IdCategorias, v.IdSubcategorias""")
    shop.consolidador.configure(lock={"as_sold": ["supplier", "department"]})
    shop.consolidador.once_for(shop.days[0], shop.days[-1], "--approve-loss=otro procedimiento").expect(OK)
    shop.pos.query("UPDATE superpos.productos SET Depto = 9")
    result = shop.consolidador.once_for(shop.days[0], shop.days[-1]).expect(OK)
    assert {line["vps"] for line in result.days[:-1]} == {"sin cambios"}
    moved = "SELECT COUNT(*) FROM central.VentasAgrupadas WHERE IdDepartamento = 9 AND Fecha < %s"
    assert [target.value(moved, (shop.days[-1],)) for target in shop.places.targets] == [0, 0]


def test_a_late_sale_of_such_a_product_is_written_and_the_others_keep_their_supplier(shop):
    day = shop.days[10]
    shop.pos.query("DELETE FROM superpos.productos")
    pos.sell(shop.pos, day, upc="tarde", amount="5.00")
    run = shop.all().expect(OK)
    assert (run.day(day)["local"], run.day(day)["vps"]) == ("cambiado", "cambiado")
    shop.proven.assert_kept(approved=[shop.today])
    for target in shop.places.targets:
        assert any(row.endswith("|tarde") for row in oracle.target_rows(target, BRANCH, (day, day)))
