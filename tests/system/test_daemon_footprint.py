# SPDX-License-Identifier: MIT
"""What the daemon costs a branch's machine when there is nothing to do; the figures are printed (pytest -s)."""
import time

from support import pos
from support.service import sanitized

MEMORY = 32 << 20
WATCHED_SECONDS = 5


def test_at_rest_it_costs_next_to_nothing(places, service):
    days = service.days(3)
    pos.fill(places.pos, days, empty=())
    begun = time.monotonic()
    service.start(window={"reprocess_days": 2}, schedule={"every": "5min"}, verification={"days_per_hour": 4})
    ready = service.notify.all("READY")[0].at - begun
    service.wait_synced(days)
    wakeups, cpu = service.wakeups(), service.cpu_seconds()
    time.sleep(WATCHED_SECONDS)  # what happens in this time is the figure
    wakeups, cpu = service.wakeups() - wakeups, service.cpu_seconds() - cpu
    print(f"\nREADY after {ready * 1000:.0f} ms; resident {service.memory() >> 10} KB, "
          f"of it its own {service.own_memory() >> 10} KB; {service.threads()} threads, "
          f"{service.descriptors()} descriptors; in {WATCHED_SECONDS} s at rest "
          f"{wakeups} wake-ups and {cpu * 1000:.0f} ms of CPU")
    assert service.threads() <= (9 if sanitized() else 8)  # a sanitizer has one of its own
    assert service.descriptors() <= 32
    assert wakeups <= 20 * WATCHED_SECONDS
    if not sanitized():
        assert service.memory() < MEMORY
