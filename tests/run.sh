#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds the project and runs every test:   sudo tests/run.sh
#   tests/run.sh [--preset dev|release|asan|tsan] [--label unit|integration|system|chaos|calendar|e2e]
#                [ctest options]
# As root it first installs what is missing (packaging/dependencies); otherwise it says what is.
set -eu
preset=dev
label=""
while [ $# -gt 0 ]; do
  case $1 in
    -h | --help) sed -n '3,/^[^#]/s/^# \{0,1\}//p' "$0"; exit 0 ;;
    --preset | --label)
      [ $# -gt 1 ] || { echo "$1 lacks its value; see $0 --help" >&2; exit 64; }
      if [ "$1" = --label ]; then label=$2; else preset=$2; fi
      shift 2 ;;
    *) break ;;
  esac
done
cd "$(dirname "$0")/.."
. tests/support/ctest_options.sh
refuse_unknown_options "$@"

packaging/dependencies
cmake --preset "$preset" -DCONSOLIDADOR_WERROR="${CONSOLIDADOR_WERROR:-OFF}"
cmake --build --preset "$preset"
# The tests wait for half of their time: one more than there are processors keeps these at work.
result=0
ctest --preset "$preset" --parallel "$(($(nproc) + 1))" ${label:+--label-regex "$label"} "$@" ||
  result=$?
grep -E "skipped: |the clock shows " "build/$preset/Testing/Temporary/LastTest.log" || true
exit "$result"
