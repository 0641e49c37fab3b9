#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds the package and goes through the life of a branch, under a real systemd in throw-away
# containers over this machine's root:   sudo tests/e2e/run.sh [pytest options]
# The machine stays as it is, what the containers write is in memory; journals of what failed are in
# build/e2e. Ends with 77, and says why, where no such container can be had.
set -eu
cd "$(dirname "$0")/../.."

skip() { echo "skipped: end-to-end tests: $*"; exit 77; }

[ "$(id -u)" = 0 ] || skip "only root can boot a container"
packaging/dependencies run build test package
unshare --mount true 2>/dev/null || skip "this machine allows no mount namespace"

rm -rf build/e2e build/deb
packaging/build-deb.sh
mkdir build/e2e
E2E_PACKAGES=$PWD/build/deb E2E_OUT=$PWD/build/e2e E2E_ROOT=/
export E2E_PACKAGES E2E_OUT E2E_ROOT
cd tests/e2e
exec unshare --mount --propagation private /usr/bin/python3 -m pytest "$@"
