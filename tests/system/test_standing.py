# SPDX-License-Identifier: MIT
"""What the service keeps in its state folder: ages, pauses, and whose folder it is."""
import shutil

from support import pos
from support.daemon import OK
from support.relay import Refuse
from support.waiting import wait_until

LONG = {"degraded_after": "30min", "failing_after": "24h"}
THREE_DAYS = 3 * 86400


def ages(service):
    kept = service.consolidador.folder / "state/last_successes"
    return {key: int(when) for key, when in (line.split() for line in kept.read_text().splitlines())} if kept.exists() else {}


def make_older(service, key):
    """As if the service had written it three days ago."""
    kept = service.consolidador.folder / "state/last_successes"
    when = ages(service)[key]
    kept.write_text(kept.read_text().replace(f"{key} {when}", f"{key} {when - THREE_DAYS}"))


def test_a_place_that_never_had_a_day_is_as_old_as_it_is_known(places, service, relays):
    pos.fill(places.pos, service.days(1), empty=())
    with relays["vps"].fault(Refuse()):
        service.start(health=LONG)
        service.wait_synced([service.today], [places.local])
        service.kill()
        make_older(service, "vps/first")
        service.start()
        service.wait_log("health is failing: vps: no success for 3 d")
    service.wait_log("health is ok", seconds=60)
    assert "vps/first" not in ages(service)


def test_the_age_of_the_first_success_survives_a_crash_soon_after_it(places, service, relays):
    pos.fill(places.pos, service.days(1), empty=())
    service.start(health=LONG)
    service.wait_synced([service.today])
    wait_until(lambda: "vps" in ages(service), "the first success is kept")
    service.kill()
    make_older(service, "vps")
    with relays["vps"].fault(Refuse()):
        service.start()
        service.wait_log("health is failing: vps: no success for 3 d")
