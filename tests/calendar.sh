#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs the tests under a clock that is moved (libfaketime) and runs on from there; build first:
#   sudo tests/calendar.sh [--quick] [DATE...]
#   --quick   only tests whose subject is the day; without it unit, integration and system
#   DATE      in UTC, as `date` takes it ('2027-03-01 00:30'), or `random`; without any, the moments that
#             calendars stumble over and ten random ones
# CONSOLIDADOR_SEED repeats the random moments of an earlier run, PYTEST_ADDOPTS are pytest's options.
# Ends with 1 when a test has failed, and with 77, and says why, where there is no
# libfaketime, with 69 where nothing is built.
set -eu
system_tests=.
for word in "$@"; do
  shift
  case $word in
    -h | --help) sed -n '3,/^[^#]/s/^# \{0,1\}//p' "$0"; exit 0 ;;
    --quick)
      system_tests="test_daemon_history.py test_exit_codes.py test_fleet.py test_fleet_views.py
        test_idempotent.py test_migration.py test_modes.py" ;;
    -*) echo "unknown option $word; see $0 --help" >&2; exit 64 ;;
    *) set -- "$@" "$word" ;;
  esac
done
cd "$(dirname "$0")/.."

binaries=${CONSOLIDADOR_BUILD:-$PWD/build/dev}
for file in daemon/consolidadord tests/unit_tests tests/judgement_cases; do
  [ -x "$binaries/$file" ] || { echo "there is no $binaries/$file: build it first" >&2; exit 69; }
done
seed=${CONSOLIDADOR_SEED:-$(od -An -N3 -tu4 /dev/urandom | tr -d ' ')}
library=/usr/lib/$(uname -m)-linux-gnu/faketime/libfaketimeMT.so.1
[ -e "$library" ] || { echo "skipped: the calendar: run sudo packaging/dependencies test"; exit 77; }
export CONSOLIDADOR_BINARY="$binaries/daemon/consolidadord" PYTHONDONTWRITEBYTECODE=1
export CONSOLIDADOR_JUDGEMENT_CASES="$binaries/tests/judgement_cases"

random="random random random random random random random random random random"
# 1 January; the end of February with and without a 29th; the hour in which summer time ends in Europe;
# 23:59 on 31 December in Mexico City; the first of a month, where it is still the day before.
# shellcheck disable=SC2086
[ $# -gt 0 ] || set -- '2027-01-01 00:10' '2027-02-28 12:00' '2028-02-29 12:00' '2027-10-31 00:59' \
  '2028-01-01 05:59' '2027-03-01 00:30' $random

# Between 2026 and 2036: the n-th of this seed.
random_moment() {
  date -ud "@$(awk -v seed="$((seed + $1))" \
    'BEGIN { srand(seed); printf "%d", 1767225600 + rand() * 315532800 }')" '+%F %T'
}

# Whatever runs under a moved clock may not set the machine's by it.
unable_to_set_the_clock() {
  if [ "$(id -u)" = 0 ]; then setpriv --bounding-set=-sys_time -- "$@"; else "$@"; fi
}

at() {
  offset=$(($(date -ud "$1" +%s) - $(date +%s)))
  shift
  unable_to_set_the_clock env LD_PRELOAD="$library" FAKETIME="$(printf %+d "$offset")s" \
    FAKETIME_DONT_FAKE_MONOTONIC=1 "$@"
}

run_tests() {
  passed=true
  at "$1" "$binaries/tests/unit_tests" || passed=false
  at "$1" /usr/bin/python3 tests/support/with_servers.py -- \
    "$binaries/tests/integration/integration_tests" || passed=false
  # shellcheck disable=SC2086
  (cd tests/system && at "$1" /usr/bin/python3 -m pytest -q -p no:cacheprovider $system_tests) ||
    passed=false
  $passed
}

# libfaketime leaves them when a process is killed.
remove_leftovers() {
  for file in /dev/shm/faketime_shm_* /dev/shm/sem.faketime_sem_*; do
    [ -e "/proc/${file##*_}" ] || rm -f "$file"
  done
}
trap remove_leftovers EXIT

failed="" number=0
for moment in "$@"; do
  number=$((number + 1))
  [ "$moment" != random ] || moment="$(random_moment $number)"
  echo "the clock shows $moment (seed $seed)"
  run_tests "$moment" || failed="$failed, $moment"
done
[ -z "$failed" ] || { echo "failed: ${failed#, }"; exit 1; }
