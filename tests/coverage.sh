#!/bin/sh
# SPDX-License-Identifier: MIT
# Which lines of lib/ and daemon/ the tests run:   sudo tests/coverage.sh [ctest options]
# Prints the whole figure and the twenty files that are covered least; the rest, line by line, is in
# build/coverage/report. Takes as long as the tests do. What a process counted that ends by SIGKILL
# is not there.
set -eu
case ${1:-} in
  -h | --help) sed -n '3,/^[^#]/s/^# \{0,1\}//p' "$0"; exit 0 ;;
esac
cd "$(dirname "$0")/.."
. tests/support/ctest_options.sh
refuse_unknown_options "$@"

packaging/dependencies run build test coverage
cmake --preset coverage
cmake --build --preset coverage
find build/coverage -name '*.gcda' -delete
result=0
ctest --preset coverage --parallel "$(($(nproc) + 1))" -LE 'e2e|chaos|calendar' -E '^fuzz_' "$@" ||
  result=$?

mkdir -p build/coverage/report
gcovr --root . --object-directory build/coverage --filter lib/ --filter daemon/ --sort-percentage \
  --txt build/coverage/report/files.txt --html-details build/coverage/report/index.html \
  --print-summary
tail -n 23 build/coverage/report/files.txt
exit "$result"
