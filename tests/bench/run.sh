#!/bin/sh
# SPDX-License-Identifier: MIT
# Measures the release build against yardsticks, each figure as a ratio within one run.
#   tests/bench/run.sh [--list] [--json FILE] [CASE...]      without a case: all of them
# docs/performance.md says what each case means and what came out.
set -eu
cd "$(dirname "$0")/../.."
packaging/dependencies run build test bench
cmake --preset release >/dev/null
cmake --build --preset release
exec /usr/bin/python3 -B tests/bench/bench.py --build build/release "$@"
