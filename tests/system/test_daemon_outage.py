# SPDX-License-Identifier: MIT
"""The VPS is cut off while sales go on: local stays current, and what is missing follows by itself."""
import datetime

import pytest

from support import oracle, pos
from support.daemon import BRANCH
from support.relay import CutCommit, Delay, Refuse, Reset, Throttle
from support.service import registered_days
from support.waiting import wait_until

PATIENCE = 10  # seconds; retry.max is 0.3 s


def sell_until_local_has_it(service, days, amount):
    for day in days[-2:]:
        pos.sell(service.servers.pos, day, upc=f"corte {amount}", amount=amount)
    service.wait_synced(days, [service.servers.local])


def test_after_a_cut_the_vps_catches_up_newest_day_first(places, service, relays):
    days = service.days(12)
    pos.fill(places.pos, days[-2:], empty=())
    service.start(window={"reprocess_days": 1}, pool={"size": 1})
    service.wait_synced(days[-2:])
    with places.vps.recording() as entries:
        with relays["vps"].fault(Refuse()):
            service.wait_place("vps", "down since")
            pos.fill(places.pos, days[:-2], empty=(), lines=10)
            service.reload(historical={"from": str(days[0]), "to": str(days[-1])})
            service.wait_synced(days, [places.local])
            sell_until_local_has_it(service, days, "1.00")
        service.wait_synced(days)
    registered = list(dict.fromkeys(registered_days(entries)))
    assert registered == sorted(registered, reverse=True)
    assert set(registered) == {str(day) for day in days}
    service.wait_log(r"vps is back after .* attempts?")


def test_after_an_outage_it_says_how_long_it_was_and_what_was_caught_up(places, service, relays):
    days = service.days(5)
    pos.fill(places.pos, days, empty=())
    with relays["vps"].fault(Refuse()):
        service.start(window={"reprocess_days": 4}, pool={"size": 1})
        service.wait_synced(days, [places.local])
    service.wait_synced(days)
    service.wait_log(r"vps is back after .* attempts?")
    service.wait_log("vps: caught up with 4 ended days; none is pending")


@pytest.mark.unguarded
def test_while_the_vps_is_down_one_probe_at_a_time_asks_often_enough(places, service, relays):
    days = service.days(4)
    pos.fill(places.pos, days, empty=())
    service.start(window={"reprocess_days": 3}, pool={"size": 4})
    service.wait_synced(days)
    with relays["vps"].fault(Reset()):
        service.wait_place("vps", "down since")
        wait_until(lambda: relays["vps"].links == 0, "the old connections are gone")
        relays["vps"].attempts.clear()
        relays["vps"].most_links = 0
        for amount in ("1.00", "2.00", "3.00"):
            sell_until_local_has_it(service, days, amount)
        wait_until(lambda: len(relays["vps"].attempts) > 20, "many attempts")
        attempts = list(relays["vps"].attempts)
    assert relays["vps"].most_links == 1
    assert max(later - earlier for earlier, later in zip(attempts, attempts[1:])) < PATIENCE
    said = service.log_lines("ERROR vps")
    assert len(said) < len(attempts) / 4, said  # once for each kind of failure, not at every attempt
    service.wait_synced(days)


@pytest.mark.unguarded
def test_the_heartbeat_of_the_other_target_tells_of_the_outage(places, service, relays):
    service.start(health={"degraded_after": "5s", "failing_after": "1h"})
    service.wait_synced(service.days(2))
    status = "SELECT Salud, Motivos FROM central.EstadoSucursales WHERE IdSucursal = 99"
    with relays["vps"].fault(Refuse()):
        wait_until(lambda: "vps: no success for" in places.local.query(status)[0][1], "local tells of the VPS")
        assert places.local.query(status)[0][0] == "degradada"
    wait_until(lambda: places.local.query(status) == (("ok", ""),), "local says ok")


@pytest.mark.unguarded
def test_the_pos_may_be_away_too(places, service, relays):
    days = service.days(3)
    pos.fill(places.pos, days, empty=())
    service.start(window={"reprocess_days": 2})
    service.wait_synced(days)
    heartbeat = "SELECT UltimoContacto FROM central.EstadoSucursales WHERE IdSucursal = 99"
    with relays["operational"].fault(Refuse()):
        service.wait_place("operational", "down since")
        pos.sell(places.pos, days[-1], amount="5.00")
        wait_until(lambda: len(relays["local"].attempts) > 0, "local was connected")
        last = places.vps.value(heartbeat)
        wait_until(lambda: places.vps.value(heartbeat) > last + datetime.timedelta(seconds=1),
                   "the heartbeat goes on while the POS is away")
    service.wait_synced(days)
    assert len(service.log_lines(r"ERROR operational")) <= 2


def test_a_commit_lost_before_the_server_saw_it_is_done_again(places, service, relays):
    assert_one_version_after_lost_commits(places, service, relays, answered=False)


def test_a_commit_whose_answer_was_lost_is_found_in_the_ledger_and_not_repeated(places, service, relays):
    assert_one_version_after_lost_commits(places, service, relays, answered=True)


def assert_one_version_after_lost_commits(places, service, relays, answered):
    days = service.days(4)
    pos.fill(places.pos, days, empty=())
    with relays["vps"].fault(CutCommit(answered, times=6)) as fault:
        service.start(window={"reprocess_days": 3})
        service.wait_synced(days)
    assert fault.count >= 4
    versions = places.vps.query("SELECT Fecha, Revision FROM central.SincronizacionDias WHERE IdSucursal = %s",
                                (BRANCH,))
    assert dict(versions) == {day: 1 for day in days}
    wait_until(lambda: {line["fecha"] for line in service.consolidador.read_bitacora() if line["estado"] == "OK"}
               == {str(day) for day in days}, "the bitacora has every day")


def test_connections_cut_again_and_again_lose_nothing(places, service, relays):
    days = service.days(6)
    service.start(window={"reprocess_days": 5})
    for round_ in range(12):
        for day in days:
            pos.sell(places.pos, day, upc=f"corte {round_}", amount="7.50")
        for relay in relays.values():
            wait_until(lambda: relay.links, "there is a connection to cut", 60)
            relay.cut(reset=round_ % 2 == 0)
    service.wait_synced(days)


@pytest.mark.unguarded
def test_a_slow_line_is_slow_and_nothing_else(places, service, relays):
    days = service.days(3)
    pos.fill(places.pos, days, empty=())
    with relays["vps"].fault(Delay(0.04)):
        service.start(window={"reprocess_days": 2})
        service.wait_synced(days)
    pos.sell(places.pos, days[-1], amount="5.00")
    with relays["vps"].fault(Throttle(20_000)):
        service.wait_synced(days)
    assert service.log_lines(r"Z ERROR |is down") == []
    assert oracle.differences(places, BRANCH) == []
