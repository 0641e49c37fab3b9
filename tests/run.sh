#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds the project and runs every test:   sudo tests/run.sh
#   tests/run.sh [--preset dev|release|asan|tsan] [--label unit|integration|system|chaos|calendar|e2e]
#                [ctest options]
# As root it first installs what is missing (packaging/dependencies); otherwise it says what is.
set -eu
cd "$(dirname "$0")/.."

preset=dev
label=""
while [ $# -gt 0 ]; do
  case $1 in
    --preset) preset=$2; shift 2 ;;
    --label) label=$2; shift 2 ;;
    *) break ;;
  esac
done

packaging/dependencies
cmake --preset "$preset" -DCONSOLIDADOR_WERROR="${CONSOLIDADOR_WERROR:-OFF}"
cmake --build --preset "$preset"
# The tests wait for half of their time: one more than there are processors keeps these at work.
result=0
ctest --preset "$preset" --parallel "$(($(nproc) + 1))" ${label:+--label-regex "$label"} "$@" ||
  result=$?
grep -E "skipped: |the clock shows " "build/$preset/Testing/Temporary/LastTest.log" || true
exit "$result"
