#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs the tests once with AddressSanitizer and UndefinedBehaviorSanitizer and once with
# ThreadSanitizer:   sudo tests/sanitizers.sh [asan|tsan] [ctest options]
# Fails on a failed test, and on any report, also of a process whose end no test looks at.
# Takes an hour on two cores, so it is not a part of tests/run.sh.
set -eu
case ${1:-} in
  -h | --help) sed -n '3,/^[^#]/s/^# \{0,1\}//p' "$0"; exit 0 ;;
  asan|tsan) presets=$1; shift ;;
  *) presets="asan tsan" ;;
esac
cd "$(dirname "$0")/.."
. tests/support/ctest_options.sh
refuse_unknown_options "$@"

for preset in $presets; do
  reports=$PWD/build/$preset/reports
  rm -rf "$reports"
  mkdir -p "$reports"
  export ASAN_OPTIONS="log_path=$reports/asan"
  export UBSAN_OPTIONS="log_path=$reports/ubsan:print_stacktrace=1"
  export TSAN_OPTIONS="log_path=$reports/tsan:die_after_fork=0"
  result=0
  tests/run.sh --preset "$preset" "$@" || result=$?
  if [ -n "$(ls "$reports")" ]; then
    cat "$reports"/*
    result=1
  fi
  [ "$result" = 0 ] || exit "$result"
done
