#!/bin/sh
# SPDX-License-Identifier: MIT
# Every failure point: the connection cut before and after every packet of a cycle; build first.
#   tests/chaos/run.sh [pytest options]
set -eu
cd "$(dirname "$0")"
export PYTHONDONTWRITEBYTECODE=1
exec /usr/bin/python3 -m pytest -q -s "$@"
