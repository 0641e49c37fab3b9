#!/bin/sh
# SPDX-License-Identifier: MIT
# Faults around the real daemon, beyond what the test command has time for; build first.
#   tests/chaos/run.sh points                       a cut before and after every packet of a cycle
#   tests/chaos/run.sh soak [--cycles N]            a day of operation or more, and what grows
#   tests/chaos/run.sh [--seeds N] [--first SEED]   so many random schedules; a seed replays its own
#   tests/chaos/run.sh lock [--seeds N] [--first SEED]
#                                                   so many random sequences of losses, against the model of the lock
# As root it breaks more: a full disk, requests over a bus, both behind mounts that only it sees.
# Ends with 69 where nothing is built.
set -eu
program="schedules.py"
case ${1:-} in
  -h | --help) sed -n '3,/^[^#]/s/^# \{0,1\}//p' "$0"; exit 0 ;;
  points) program="-m pytest -q test_failure_points.py"; shift ;;
  soak) program="soak.py"; shift ;;
  lock) program="lock_sequences.py"; shift ;;
esac
for word in "$@"; do
  case $word in
    --seeds | --first | --cycles | [0-9]*) ;;
    *) echo "unknown option $word; see $0 --help" >&2; exit 64 ;;
  esac
done
cd "$(dirname "$0")"
export PYTHONDONTWRITEBYTECODE=1
binary=${CONSOLIDADOR_BINARY:-$PWD/../../build/dev/daemon/consolidadord}
[ -x "$binary" ] || { echo "there is no $binary: build it first" >&2; exit 69; }

# shellcheck disable=SC2086
exec /usr/bin/python3 $program "$@"
