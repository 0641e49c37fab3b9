# SPDX-License-Identifier: MIT
"""A server that stands and does not answer: a deadline ends it, the rest goes on, nobody restarts the daemon."""
import pytest

from support import pos
from support.relay import BlackHole, StopAfter

SECOND = 1_000_000  # WATCHDOG_USEC
PLACES = ("operational", "local", "vps")

# The unit's deadline must do it: the client library's own time-outs are longer.
DEADLINES = {"timeouts": {"connect": "2s", "read": "60s", "write": "60s", "unit": "2s"}}


def other_targets(places, name):
    return [target for target in places.targets if target.name != name]


def assert_others_go_on(places, service, days, name):
    if name == "operational":
        return
    for amount in ("1.00", "2.00"):
        pos.sell(places.pos, days[-1], upc=f"hoyo {amount}", amount=amount)
        service.wait_synced(days, other_targets(places, name))


@pytest.mark.parametrize("name", PLACES)
def test_a_black_hole_holds_up_nothing_else_and_the_watchdog_stays_fed(places, service, relays, name):
    days = service.days(3)
    pos.fill(places.pos, days, empty=())
    service.start(watchdog_usec=SECOND, window={"reprocess_days": 2}, **DEADLINES)
    service.wait_synced(days)
    with relays[name].fault(BlackHole()):
        pos.sell(places.pos, days[-1], upc="hoyo", amount="9.99")
        assert_others_go_on(places, service, days, name)
        service.wait_place(name, "down since")
        fed = service.notify.count("WATCHDOG")
        service.notify.wait_for("WATCHDOG", more_than=fed + 6)
    service.wait_synced(days)
    service.wait_place(name, "up")
    assert_fed(service)


@pytest.mark.parametrize("name", PLACES)
def test_a_server_that_stops_in_the_middle_of_a_result_is_given_up(places, service, relays, name):
    days = service.days(3)
    pos.fill(places.pos, days, empty=())
    service.start(watchdog_usec=SECOND, window={"reprocess_days": 2}, **DEADLINES)
    service.wait_synced(days)
    with relays[name].fault(StopAfter(700)):
        pos.sell(places.pos, days[-1], upc="hoyo", amount="9.99")
        assert_others_go_on(places, service, days, name)
        service.wait_place(name, "down since")
    service.wait_synced(days)
    assert_fed(service)


def test_a_black_hole_at_rest_is_found_too(places, service, relays):
    """The connections have been idle for longer than the pool trusts them: they are asked for a sign of life first."""
    days = service.days(2)
    service.start(watchdog_usec=SECOND, schedule={"every": "7s"}, **DEADLINES)
    service.wait_synced(days)
    rested = service.notify.count("WATCHDOG")
    service.notify.wait_for("WATCHDOG", more_than=rested + 12)
    with relays["vps"].fault(BlackHole()):
        pos.sell(places.pos, days[-1], amount="9.99")
        service.wait_synced(days, [places.local])
        service.wait_place("vps", "down since", seconds=60)
    service.wait_synced(days)
    assert_fed(service)


def assert_fed(service):
    """No gap between two feedings came near what systemd allows, however busy this machine is."""
    times = [message.at for message in service.notify.all("WATCHDOG")]
    assert max(later - earlier for earlier, later in zip(times, times[1:])) < 5
    assert service.log_lines("does not end although") == []
