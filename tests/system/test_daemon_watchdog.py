# SPDX-License-Identifier: MIT
"""The watchdog is fed while the loop turns, and only then."""
import signal
import time

from support.waiting import wait_until

INTERVAL = 0.5  # seconds, half of WATCHDOG_USEC
WATCHDOG_USEC = 1_000_000


def test_it_is_fed_at_half_the_interval(service):
    service.start(watchdog_usec=WATCHDOG_USEC)
    service.notify.wait_for("WATCHDOG", more_than=8)
    times = [message.at for message in service.notify.all("WATCHDOG")]
    average = (times[-1] - times[0]) / (len(times) - 1)
    assert INTERVAL / 2 < average < INTERVAL * 2  # it runs by a timer, and this machine may be busy


def test_a_process_that_stands_still_is_not_fed(service):
    service.start(watchdog_usec=WATCHDOG_USEC)
    service.notify.wait_for("WATCHDOG", more_than=1)
    service.signal(signal.SIGSTOP)
    wait_until(lambda: service.state() == "T", "the process stands still")
    fed = service.notify.count("WATCHDOG")
    assert fed_until_silent_for(service, 4 * INTERVAL) == fed
    service.signal(signal.SIGCONT)
    service.notify.wait_for("WATCHDOG", more_than=fed)


def fed_until_silent_for(service, seconds):
    """How many feedings there are once none has come for so long."""
    last = [service.notify.count("WATCHDOG"), time.monotonic()]

    def silent():
        now = service.notify.count("WATCHDOG")
        if now != last[0]:
            last[:] = [now, time.monotonic()]
        return time.monotonic() - last[1] >= seconds
    wait_until(silent, "nothing is fed any more")
    return last[0]


def test_without_a_watchdog_nothing_is_fed(service):
    service.start()
    service.wait_synced(service.days(2))
    assert service.notify.count("WATCHDOG") == 0
