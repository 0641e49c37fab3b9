#!/bin/sh
# SPDX-License-Identifier: MIT
# Faults around the real daemon, beyond what the test command has time for; build first.
#   tests/chaos/run.sh points                       a cut before and after every packet of a cycle
#   tests/chaos/run.sh soak [--cycles N]            a day of operation or more, and what grows
#   tests/chaos/run.sh [--seeds N] [--first SEED]   so many random schedules; a seed replays its own
#   tests/chaos/run.sh lock [--seeds N] [--first SEED]
#                                                   so many random sequences of losses, against the model of the lock
# As root it breaks more: a full disk, requests over a bus, both behind mounts that only it sees.
set -eu
cd "$(dirname "$0")"
export PYTHONDONTWRITEBYTECODE=1

[ "${1:-}" = points ] && exec /usr/bin/python3 -m pytest -q test_failure_points.py
[ "${1:-}" = soak ] && shift && exec /usr/bin/python3 soak.py "$@"
[ "${1:-}" = lock ] && shift && exec /usr/bin/python3 lock_sequences.py "$@"
exec /usr/bin/python3 schedules.py "$@"
