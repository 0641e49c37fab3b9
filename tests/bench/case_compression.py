# SPDX-License-Identifier: MIT
"""New days over a slow line to the VPS, with and without compression of the protocol."""
from figure import Figure
from stage import days_ago

DAYS = 4
ROWS = 20_000
RTT = 0.04
MEGABITS = (1, 5, 20, None)


def push(stage, megabits, compression):
    """(seconds, bytes sent) of new days into the VPS."""
    stage.empty_targets()
    vps = stage.branch.settings["databases"]["vps"]
    vps["compression"] = compression
    rate = megabits and megabits * 1_000_000
    with stage.wire("vps", rtt=RTT, bits_per_second=rate) as wire:
        seconds, _ = stage.once(days_ago(DAYS), DAYS)
        return seconds, wire.count()[1]


def measure(stage):
    stage.sell(DAYS, ROWS, first=days_ago(DAYS))
    stage.branch.configure(timeouts={"read": "10min", "write": "10min", "statement": "9min"})
    for megabits in MEGABITS:
        plain, plain_bytes = push(stage, megabits, False)
        packed, packed_bytes = push(stage, megabits, True)
        line = f"{megabits} Mbit/s" if megabits else "as fast as it goes"
        yield Figure(f"{line}: time compressed / plain", packed / plain, "x")
    yield Figure("bytes compressed / plain", packed_bytes / plain_bytes, "x")
