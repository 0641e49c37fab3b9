#!/bin/sh
# SPDX-License-Identifier: MIT
# Looks for inputs that break a promise of the product, with libFuzzer (Debian: clang) and sanitizers:
#   tests/fuzz/run.sh [--runs N] [HARNESS...]      without names: all; N: 1,000,000 each
# What was found, and what led to new code, is in build/fuzz/found; the kept inputs stay as they are.
set -eu
runs=1000000
case ${1:-} in
  -h | --help) sed -n '3,/^[^#]/s/^# \{0,1\}//p' "$0"; exit 0 ;;
  --runs)
    [ $# -gt 1 ] || { echo "--runs lacks its value; see $0 --help" >&2; exit 64; }
    runs=$2
    shift 2 ;;
  -*) echo "unknown option $1; see $0 --help" >&2; exit 64 ;;
esac
cd "$(dirname "$0")/../.."
[ $# -gt 0 ] || set -- configuration numbers rows bitacora arguments
for name in "$@"; do
  [ -d "tests/fuzz/corpus/$name" ] || { echo "no such harness: $name; see $0 --help" >&2; exit 64; }
done

packaging/dependencies build test fuzz
cmake --preset fuzz
cmake --build --preset fuzz
# Choosing inputs by entropy takes as long as running them.
for name in "$@"; do
  mkdir -p "build/fuzz/found/$name"
  "build/fuzz/tests/fuzz/fuzz_$name" -entropic=0 -runs="$runs" -max_len=1024 -timeout=60 -print_final_stats=1 \
    -artifact_prefix="build/fuzz/found/$name-" "build/fuzz/found/$name" "tests/fuzz/corpus/$name"
done
