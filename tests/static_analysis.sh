#!/bin/sh
# SPDX-License-Identifier: MIT
# clang-tidy (.clang-tidy says which checks) and cppcheck over lib/ and daemon/; any finding fails:
#   tests/static_analysis.sh [PATTERN...]      only files whose path matches, such as lib/db/
# Takes half an hour on two cores, so it is no part of tests/run.sh.
set -eu
case ${1:-} in
  -h | --help) sed -n '3,/^[^#]/s/^# \{0,1\}//p' "$0"; exit 0 ;;
  -*) echo "unknown option $1; see $0 --help" >&2; exit 64 ;;
esac
cd "$(dirname "$0")/.."

packaging/dependencies run build test analysis
cmake --preset dev
cmake --build --preset dev --target consolidador_store consolidador_ctl  # makes what is embedded
[ $# -gt 0 ] || set -- lib/ daemon/

# cppcheck reads no headers of libraries, so it is told Boost.Log's macro. What it gets wrong:
#   missingReturn     coroutines, and functions whose end never returns
#   danglingLifetime  a pointer that is taken out again before its object ends
#   invalidLifetime   in line_file a C struct's initialisation, in connection a view of a living row
#   cppcheckError     cannot read 0ms
cppcheck --quiet --error-exitcode=1 --std=c++20 --language=c++ -I. -j "$(nproc)" \
  --enable=warning,performance,portability '-DBOOST_LOG_ATTRIBUTE_KEYWORD(keyword, name, type)=' \
  --suppress=missingReturn --suppress=danglingLifetime:daemon/lanes/loop.hpp \
  --suppress=invalidLifetime:lib/core/line_file.cpp \
  --suppress=invalidLifetime:lib/db/connection.cpp --suppress=cppcheckError:lib/core/duration.cpp \
  lib daemon

run-clang-tidy -quiet -p build/dev "$@" >build/dev/clang-tidy.log 2>&1 || {
  grep -E '(error|warning):' build/dev/clang-tidy.log | sort -u
  exit 1
}
echo "no finding"
