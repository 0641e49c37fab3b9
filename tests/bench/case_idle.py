# SPDX-License-Identifier: MIT
"""The daemon with nothing to do for two minutes, as systemd runs it, with a watchdog."""
import time

from figure import Figure

DAYS = 3
ROWS = 2_000
WATCHED_SECONDS = 120
MIB = 1024 * 1024


def measure(stage):
    service = stage.service
    stage.sell(DAYS, ROWS, first=service.days(DAYS)[0])
    stage.branch.configure(window={"reprocess_days": DAYS - 1}, schedule={"every": "5min"},
                           verification={"days_per_hour": 4})
    begun = time.monotonic()
    service.start(watchdog_usec=30_000_000)
    try:
        ready = service.notify.all("READY")[0].at - begun
        service.wait_synced(service.days(DAYS))
        wakeups, cpu = service.wakeups(), service.cpu_seconds()
        time.sleep(WATCHED_SECONDS)
        wakeups, cpu = service.wakeups() - wakeups, service.cpu_seconds() - cpu
        memory = service.memory()
    finally:
        service.close()
    yield Figure("start to READY", ready * 1000, "ms", at_most=100)
    yield Figure("wake-ups a minute", wakeups * 60 / WATCHED_SECONDS, "")
    yield Figure("CPU, of one core", cpu * 100 / WATCHED_SECONDS, "%", at_most=0.1)
    yield Figure("resident memory", memory / MIB, "MiB", at_most=16)
