#!/bin/sh
# SPDX-License-Identifier: MIT
# Measures the release build against yardsticks, each figure as a ratio within one run.
#   tests/bench/run.sh [--list] [--json FILE] [CASE...]      without a case: all of them
# docs/performance.md says what each case means and what came out.
set -eu
case ${1:-} in
  -h | --help) sed -n '3,/^[^#]/s/^# \{0,1\}//p' "$0"; exit 0 ;;
esac
cd "$(dirname "$0")/../.."
bench() { /usr/bin/python3 -B tests/bench/bench.py --build build/release "$@"; }
case " $* " in
  *" --list "*) bench "$@" && exit 0 || exit 64 ;;
esac
[ ! -x /usr/bin/python3 ] || bench --list "$@" >/dev/null || exit 64
packaging/dependencies run build test bench
cmake --preset release >/dev/null
cmake --build --preset release
bench "$@"
