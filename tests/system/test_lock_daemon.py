# SPDX-License-Identifier: MIT
"""What was proven never shrinks by itself, on any way that the daemon takes; who is told, and how it ends.

tests/system/test_lock.py is about the same with `once`.
"""
import contextlib

import pytest

from support import losses, oracle, pos, schema
from support.accounts import GROUP, MEMBER, NOBODY
from support.bus import Watcher
from support.client import Client
from support.daemon import BRANCH, DAY_IN_ERROR, OK, USAGE
from support.waiting import wait_until

DAYS = 25
REASON = "caja 3 duplicada, acta 17"
HEALTH = "SELECT Salud FROM central.EstadoSucursales WHERE IdSucursal = %s"
HEARTBEAT = "SELECT * FROM central.EstadoSucursales WHERE IdSucursal = %s"
LONG_AGO = ("UPDATE central.SincronizacionDias SET UltimaVerificacion = '2020-01-01'"
            " WHERE Fecha < %s")


class Shop:
    """A branch whose days, the last of them today, are proven in the three places; it is stopped."""

    def __init__(self, places, service, branch=None, days=DAYS, lines=100):
        self.places = places
        self.pos = places.pos
        self.service = service
        self.branch = branch
        self.days = service.days(days)
        self.today = self.days[-1]
        pos.fill_evenly(places.pos, self.days, lines)
        service.consolidador.write_config()
        service.consolidador.once_for(self.days[0], self.days[-1]).expect(OK)
        self.told = len(service.consolidador.read_bitacora())
        self.proven = oracle.Proven(places, BRANCH)

    def job(self, method, first=None, last=None):
        """Asks for it, until it has ended."""
        arguments = ("ss", str(first or self.days[0]), str(last or self.days[-1]))
        job = self.branch.call(method, *(() if method == "SyncNow" else arguments))[0]
        wait_until(lambda: job not in [each["Path"] for each in self.branch.jobs()], f"{method} ends")

    def wait_held(self, day):
        """Until it is told in the bitacora, and by the heartbeat in the VPS."""
        line = self.service.wait_told(day, "RETENIDO", self.told)
        wait_until(lambda: self.health() == "degradada" and str(day) in self.heartbeat(),
                   f"the VPS knows that {day} is held")
        return line

    def heartbeat(self):
        """All that the VPS knows of the branch's state, as one text."""
        rows = self.places.vps.query(HEARTBEAT, (BRANCH,))
        return "|".join(str(value) for row in rows for value in row)

    def health(self):
        return "".join(health for (health,) in self.places.vps.query(HEALTH, (BRANCH,)))

    def is_well(self):
        return self.health() == "ok"

    def outcomes(self, day):
        """What was told of the day since it was proven: the different (estado, local, vps)."""
        return {(line["estado"], line["local"], line["vps"])
                for line in self.service.consolidador.read_bitacora()[self.told:]
                if line["fecha"] == str(day)}


@pytest.fixture
def shop(places, service):
    return Shop(places, service)


@pytest.fixture
def shop_on_bus(places, service, branch):
    return Shop(places, service, branch)


# -- every way that the daemon takes -----------------------------------------------------------------


def by_the_window(shop):
    shop.service.start(window={"reprocess_days": 20})


def by_the_historical_range(shop):
    shop.service.start(historical={"from": str(shop.days[0]), "to": str(shop.days[-1])},
                       verification={"days_per_hour": 3600})


def by_verification(shop):
    """Of the days that were looked at longest ago; the window begins after them."""
    for target in shop.places.targets:
        target.query(LONG_AGO, (shop.days[-2],))
    shop.service.start(verification={"days_per_hour": 3600})


def by_request(method):
    def look(shop):
        shop.service.start()
        shop.job(method)
    look.__name__ = f"by_{method}"
    return look


def by_sync(shop):
    shop.service.start(window={"reprocess_days": 20})
    shop.job("SyncNow")


WITHOUT_BUS = (by_the_window, by_the_historical_range, by_verification)
WITH_BUS = (by_request("Audit"), by_request("Reprocess"), by_request("Backfill"), by_sync)
# Those that look at a day which both ledgers have.
LOOKING = pytest.mark.parametrize(
    "look", [by_the_window, by_verification, by_request("Audit"), by_request("Reprocess"), by_sync],
    ids=lambda look: look.__name__)
EVERY_WAY = pytest.mark.parametrize("look", WITHOUT_BUS + WITH_BUS, ids=lambda look: look.__name__)
LOST = 12  # the day before which the tests purge; every way looks at it


@EVERY_WAY
def test_a_purge_takes_nothing_away(shop_on_bus, look):
    shop = shop_on_bus
    losses.purge(shop.pos, shop.days[LOST])
    look(shop)
    shop.service.wait_cycles(5)
    shop.proven.assert_kept()
    assert {estado for day in shop.days[:LOST] for estado, *_ in shop.outcomes(day)} <= {"OK"}
    wait_until(shop.is_well, "archived days are well")


@LOOKING
def test_a_day_of_which_a_purge_took_a_part_is_held(shop_on_bus, look):
    shop = shop_on_bus
    boundary = shop.days[LOST]
    losses.purge_in_part(shop.pos, boundary)
    look(shop)
    line = shop.wait_held(boundary)
    assert (line["local"], line["vps"]) == ("retenido", "retenido")
    assert "70 of 100 rows" in line["error"]
    shop.service.wait_cycles(3)
    shop.proven.assert_kept()


@LOOKING
def test_an_emptied_day_is_held_and_hides_no_other(shop_on_bus, look):
    shop = shop_on_bus
    hole, late = shop.days[LOST], shop.days[LOST - 6]
    losses.empty(shop.pos, hole)
    pos.sell(shop.pos, late, upc="tarde")
    look(shop)
    shop.wait_held(hole)
    for target in shop.places.targets:
        wait_until(lambda: any("|tarde" in row for row in oracle.target_rows(target, BRANCH)),
                   f"{target.name} has the late change before the hole")
    shop.proven.assert_kept()


def test_yesterday_emptied_is_held_within_a_cycle_and_told_everywhere(shop_on_bus):
    shop = shop_on_bus
    yesterday = shop.days[-2]
    shop.service.start()
    shop.service.wait_cycles(1)
    with contextlib.closing(Watcher(shop.branch.bus, shop.branch.name, NOBODY)) as watcher:
        losses.empty(shop.pos, yesterday)
        watcher.wait(rf"Manager\.DayHeld \('{yesterday}', '.*rows")
    shop.wait_held(yesterday)
    status = shop.branch.call("GetStatus", user=NOBODY)[0]
    assert status["HeldDays"] == 1 and status["Health"] == "degraded"
    day = shop.branch.call("GetDay", "s", str(yesterday), user=NOBODY)[0]
    assert "rows" in day["Held"] and day["Loss"]["RowsGoing"] == 100 and day["Loss"]["RowsLeft"] == 0
    assert day["Loss"]["Units"].startswith("200") and day["Loss"]["Target"] in ("local", "vps")
    client = Client(shop.branch.bus.environment)
    assert str(yesterday) in client.pipe("status").stdout
    assert "held" in client.pipe("day", yesterday).stdout
    assert [line for line in client.pipe("days").stdout.splitlines()
            if str(yesterday) in line and "held" in line]
    assert "WARNING" in client.pipe("status", "--format=nagios").stdout
    assert "\nconsolidador_days_held" in client.pipe("status", "--format=prometheus").expect(OK).stdout
    shop.proven.assert_kept()


def test_a_hold_is_told_once_in_the_bitacora_however_often_it_is_looked_at(shop):
    yesterday = shop.days[-2]
    losses.empty(shop.pos, yesterday)
    shop.service.start()
    shop.wait_held(yesterday)
    shop.service.wait_cycles(5)
    shop.service.stop()
    shop.service.start()
    shop.service.wait_cycles(3)
    held = [line for line in shop.service.consolidador.read_bitacora() if line["estado"] == "RETENIDO"]
    assert [line["fecha"] for line in held] == [str(yesterday)]


def test_todays_sales_go_on_beside_a_held_day(shop):
    losses.empty(shop.pos, shop.days[-2])
    shop.service.start()
    shop.wait_held(shop.days[-2])
    pos.sell(shop.pos, shop.today, upc="hoy")
    shop.service.wait_day(shop.today)
    shop.proven.assert_kept()


# -- a purge while the daemon looks on ---------------------------------------------------------------


def test_a_purge_by_chunks_takes_nothing_and_what_remains_is_still_followed(shop):
    """The day on which it stands goes in five steps."""
    boundary = shop.days[LOST]
    for target in shop.places.targets:
        target.query(LONG_AGO, (shop.days[-2],))
    shop.service.start(window={"reprocess_days": DAYS - 1})
    losses.purge(shop.pos, boundary)
    for lost in range(20, 101, 20):
        losses.lose_lines(shop.pos, boundary, lost)
        shop.service.wait_cycles(2)
        shop.proven.assert_kept()
    assert_follows_late_change(shop, shop.days[LOST + 5])
    oracle.assert_targets_agree(shop.places, BRANCH, shop.days)
    wait_until(shop.is_well, "the boundary day is no longer held: it is archived")


def assert_follows_late_change(shop, day):
    pos.sell(shop.pos, day, upc="tarde")
    for target in shop.places.targets:
        wait_until(lambda: any("|tarde" in row for row in oracle.target_rows(target, BRANCH)),
                   f"{target.name} has the late change")
    shop.proven.assert_kept()


def test_truncated_and_refilled_with_the_last_days_only_nothing_is_lost(shop):
    """What is between the two steps is a POS without any sales: all is held, and that ends by itself."""
    kept = shop.days[-10:]
    shop.service.start(window={"reprocess_days": DAYS - 1})
    shop.service.wait_cycles(1)
    losses.empty_everything(shop.pos)
    for day in (shop.days[-2], shop.days[0]):  # each looked at while there was nothing
        shop.service.wait_told(day, "RETENIDO", shop.told)
    wait_until(lambda: not shop.is_well(), "the VPS knows it")
    shop.proven.assert_kept()
    pos.fill_evenly(shop.pos, kept)
    wait_until(shop.is_well, "no day is held any more")
    shop.proven.assert_kept()
    assert_follows_late_change(shop, kept[3])
    assert ("OK", "archivado", "archivado") in shop.outcomes(shop.days[0])


def test_an_archived_day_that_both_targets_have_lost_is_told(shop_on_bus):
    shop = shop_on_bus
    lost = shop.days[3]
    losses.purge(shop.pos, shop.days[LOST])
    shop.service.start()
    shop.job("Audit")
    wait_until(shop.is_well, "what the POS has purged is archived")
    for target in shop.places.targets:
        for table in ("VentasAgrupadas", "SincronizacionDias"):
            target.query(f"DELETE FROM central.{table} WHERE Fecha = %s", (lost,))
    shop.job("Audit")
    shop.wait_held(lost)
    shop.service.wait_cycles(3)
    assert shop.health() == "degradada"
    ledger = f"SELECT COUNT(*) FROM central.SincronizacionDias WHERE Fecha = '{lost}'"
    assert [target.value(ledger) for target in shop.places.targets] == [0, 0]


def test_days_before_the_poss_first_sale_that_no_place_has_are_not_late(shop):
    """A sale was once dated a century ago, and deleted since."""
    mistake = "1926-01-01"
    pos.sell(shop.pos, mistake)
    shop.service.consolidador.once_for(mistake).expect(OK)
    shop.pos.query(f"DELETE FROM {losses.LINES} WHERE Fecha = %s", (mistake,))
    shop.service.start()
    wait_until(shop.is_well, "nothing is late", 120)
    rows = "SELECT COUNT(*) FROM central.SincronizacionDias WHERE Filas = 0"
    assert shop.places.vps.value(rows) < 400  # those that were brought before the POS was looked over


# -- how a hold ends ---------------------------------------------------------------------------------


def lose_much(shop):
    """The boundary of a purge, a hole, and amounts lowered."""
    lost = [shop.days[6], shop.days[10], shop.days[14]]
    losses.purge_in_part(shop.pos, lost[0])
    losses.empty(shop.pos, lost[1])
    losses.lower_every_amount(shop.pos, lost[2])
    return lost


def test_holds_end_by_themselves_when_the_pos_has_its_sales_again(shop):
    with losses.backed_up(shop.pos) as put_back:
        lost = lose_much(shop)
        shop.service.start(window={"reprocess_days": DAYS - 1})
        for day in lost:
            shop.wait_held(day)
        put_back()
        wait_until(shop.is_well, "nothing is held any more")
    shop.service.wait_synced(shop.days)
    shop.proven.assert_kept()
    for day in lost:
        shop.service.wait_told(day, "OK", shop.told)


def test_a_hold_outside_the_window_ends_by_itself_too(shop_on_bus):
    shop = shop_on_bus
    with losses.backed_up(shop.pos) as put_back:
        losses.empty(shop.pos, shop.days[LOST])
        shop.service.start()
        shop.job("Audit")
        shop.wait_held(shop.days[LOST])
        put_back()
        wait_until(shop.is_well, "nothing is held any more")
    shop.proven.assert_kept()


def test_a_hold_is_known_again_after_a_restart(shop_on_bus):
    shop = shop_on_bus
    losses.empty(shop.pos, shop.days[LOST])
    shop.service.start()
    shop.job("Audit")
    shop.wait_held(shop.days[LOST])
    shop.service.kill()
    shop.service.start()
    shop.branch.bus.wait_name(shop.branch.name)
    wait_until(lambda: shop.branch.call("GetStatus")[0]["HeldDays"] == 1, "it is held again")
    assert shop.branch.call("GetDay", "s", str(shop.days[LOST]))[0]["Held"]
    shop.proven.assert_kept()


@pytest.fixture
def held(shop_on_bus):
    """Three days are held; gives them, too."""
    shop = shop_on_bus
    lost = lose_much(shop)
    shop.service.start(window={"reprocess_days": DAYS - 1})
    for day in lost:
        shop.wait_held(day)
    return shop, lost, Client(shop.branch.bus.environment)


def test_what_is_approved_shrinks_and_nothing_else(held):
    shop, (boundary, hole, lowered), client = held
    said = client.pipe("approve", hole, lowered, "--reason", REASON, "--yes").expect(OK)
    for day in (hole, lowered):
        line = [line for line in said.stdout.splitlines() if str(day) in line]
        assert line and any(character.isdigit() for character in line[0].replace(str(day), ""))
    lines = [shop.service.wait_told(day, "OK", shop.told) for day in (hole, lowered)]
    for line in lines:
        assert (line["local"], line["vps"]) == ("aprobado", "aprobado")
        assert REASON in line["nota"] and "root" in line["nota"]
    for target in shop.places.targets:
        assert oracle.target_rows(target, BRANCH, (hole, hole)) == []
    assert oracle.differences(shop.places, BRANCH, (lowered, lowered)) == []
    shop.proven.assert_kept(approved=[hole, lowered])
    shop.service.wait_cycles(3)
    assert shop.branch.call("GetStatus")[0]["HeldDays"] == 1
    assert shop.branch.call("GetDay", "s", str(boundary))[0]["Held"]
    shop.proven.assert_kept(approved=[hole, lowered])


def test_an_approval_holds_for_what_was_approved_and_not_for_the_next_loss(held):
    shop, (_, _, lowered), client = held
    client.pipe("approve", lowered, "--reason", REASON, "--yes").expect(OK)
    shop.service.wait_told(lowered, "OK", shop.told)
    shop.proven.look()
    losses.empty(shop.pos, lowered)
    wait_until(lambda: shop.branch.call("GetDay", "s", str(lowered))[0]["Held"], "it is held again")
    shop.proven.assert_kept()


def test_an_approval_needs_a_reason_a_held_day_and_the_right(held):
    shop, (_, hole, _), client = held
    client.pipe("approve", hole, "--yes").expect(USAGE)
    client.pipe("approve", hole, "--reason", "", "--yes").expect(USAGE)
    client.pipe("approve", shop.days[-3], "--reason", REASON, "--yes").expect(DAY_IN_ERROR)
    client.pipe("approve", hole, "--reason", REASON, "--yes", user=NOBODY).expect(DAY_IN_ERROR)
    assert "AccessDenied" in shop.branch.refusal("Approve", str(hole), str(hole), REASON, user=NOBODY)
    shop.service.wait_cycles(2)
    shop.proven.assert_kept()
    client.pipe("approve", hole, "--reason", REASON, "--yes", user=MEMBER, groups=[GROUP]).expect(OK)
    line = shop.service.wait_told(hole, "OK", shop.told)
    assert "operadora" in line["nota"]


def test_an_approval_is_asked_for_with_what_would_go_and_no_is_no(held):
    shop, (_, hole, _), client = held
    client.pipe("approve", hole, "--reason", REASON).expect(USAGE)  # nobody who could answer
    with client.running("approve", hole, "--reason", REASON) as asked:
        asked.wait_for(str(hole))
        wait_until(lambda: "100" in asked.text(), "the rows that would go are said")
    shop.service.wait_cycles(2)
    shop.proven.assert_kept()


def test_an_approval_survives_the_daemon(held):
    """Acknowledged while the VPS was away, carried out there after a kill."""
    shop, (_, hole, _), client = held
    with shop.places.vps.down():
        client.pipe("approve", hole, "--reason", REASON, "--yes").expect(OK)
        shop.service.kill()
    shop.service.start()
    for target in shop.places.targets:
        wait_until(lambda: oracle.target_rows(target, BRANCH, (hole, hole)) == [],
                   f"{target.name} follows")
    shop.proven.assert_kept(approved=[hole])


# -- between the targets -----------------------------------------------------------------------------


@pytest.mark.parametrize("empty", ["local", "vps"])
def test_an_empty_target_becomes_complete_from_the_other_where_the_pos_has_a_month(
        places, service, empty):
    shop = Shop(places, service, days=400, lines=4)
    losses.purge(shop.pos, shop.days[-30])
    schema.empty_aggregate(getattr(places, empty))
    service.start()
    ledger = "SELECT COUNT(*) FROM central.SincronizacionDias WHERE IdSucursal = %s"
    wait_until(lambda: getattr(places, empty).value(ledger, (BRANCH,)) >= len(shop.days),
               "every day is there", 180)
    wait_until(shop.is_well, "nothing is late")
    oracle.assert_targets_agree(places, BRANCH, shop.days)
    shop.proven.assert_kept()


def test_a_vps_restored_from_last_months_backup_gets_what_the_pos_has_purged(shop):
    losses.purge(shop.pos, shop.days[-5])
    for table in ("VentasAgrupadas", "SincronizacionDias"):
        shop.places.vps.query(f"DELETE FROM central.{table} WHERE Fecha >= %s", (shop.days[8],))
    shop.service.start()
    wait_until(lambda: not shop.proven.missing(), "the VPS is complete")
    oracle.assert_targets_agree(shop.places, BRANCH, shop.days)
    assert shop.places.vps.value("SELECT COUNT(*) FROM central.SincronizacionDias WHERE Filas = 0") == 0


@pytest.mark.parametrize("source, other", [("local", "vps"), ("vps", "local")])
def test_of_two_versions_of_an_archived_day_a_person_chooses_one(shop_on_bus, source, other):
    shop = shop_on_bus
    day = shop.days[3]
    losses.purge(shop.pos, shop.days[10])
    shop.places.vps.query("UPDATE central.VentasAgrupadas SET VentaTotal = VentaTotal + 1"
                          " WHERE Fecha = %s LIMIT 1", (day,))
    oracle.reseal(shop.places.vps, BRANCH, day)
    shop.proven.look()
    shop.service.start()
    line = shop.wait_held(day)
    assert "local" in line["error"] and "vps" in line["error"]
    shop.service.wait_cycles(2)
    shop.proven.assert_kept()
    chosen = oracle.target_rows(getattr(shop.places, source), BRANCH, (day, day))
    client = Client(shop.branch.bus.environment)
    client.pipe("restore", day, "--from", "elsewhere", "--reason", REASON, "--yes").expect(USAGE)
    client.pipe("restore", day, "--from", source, "--reason", REASON, "--yes").expect(OK)
    told = shop.service.wait_told(day, "OK", shop.told)
    assert told[other] == "copiado" and REASON in told["nota"] and "root" in told["nota"]
    for target in shop.places.targets:
        assert oracle.target_rows(target, BRANCH, (day, day)) == chosen
    oracle.assert_targets_agree(shop.places, BRANCH, shop.days)
    wait_until(shop.is_well, "the conflict is over")
    shop.proven.assert_kept(approved=[day])


# -- as it was sold ----------------------------------------------------------------------------------


def test_a_reprocess_follows_the_pos_and_says_what_was_reclassified(shop_on_bus):
    shop = shop_on_bus
    day, other = shop.days[10], shop.days[11]
    shop.pos.query("UPDATE superpos.productos SET IdProveedores = 888 WHERE IdProveedores = 3")
    shop.service.start(window={"reprocess_days": DAYS - 1})
    shop.service.wait_cycles(2)
    shop.proven.assert_kept(approved=[shop.today])
    shop.job("Reprocess", day, day)
    assert oracle.differences(shop.places, BRANCH, (day, day)) == []
    told = shop.service.wait_told(day, "OK", shop.told)
    rows = sum("|888|" in row for row in oracle.target_rows(shop.places.vps, BRANCH, (day, day)))
    assert rows == 14
    for part in (str(rows), "3", "888"):
        assert part in told["nota"]
    shop.proven.assert_kept(approved=[day, shop.today])
    shop.service.wait_cycles(2)
    assert oracle.differences(shop.places, BRANCH, (day, day)) == []
    assert oracle.differences(shop.places, BRANCH, (other, other)) != []


def test_a_reprocess_of_a_lost_day_takes_nothing_away(shop_on_bus):
    shop = shop_on_bus
    losses.lose_lines(shop.pos, shop.days[10], 70)
    shop.service.start()
    shop.job("Reprocess", shop.days[10], shop.days[10])
    shop.wait_held(shop.days[10])
    shop.proven.assert_kept()
