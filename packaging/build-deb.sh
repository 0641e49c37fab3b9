#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds the Debian package of this tree into a folder (build/deb):   packaging/build-deb.sh [FOLDER]
# On Debian 12 and 13; works on a copy, so that the tree stays as it is.
set -eu
cd "$(dirname "$0")/.."
packaging/dependencies run build package
out=$(mkdir -p "${1:-build/deb}" && cd "${1:-build/deb}" && pwd)

staging=$out/staging  # always the same place: the compiler's cache serves again
rm -rf "$staging"
mkdir -p "$staging/tree"
tar cf - --exclude=./build --exclude=./.git . | tar xf - -C "$staging/tree"
cp -r packaging/debian "$staging/tree/debian"
(cd "$staging/tree" && dpkg-buildpackage --build=binary --no-sign --check-builddeps)
mv "$staging"/*.deb "$staging"/*.changes "$staging"/*.buildinfo "$out"
rm -rf "$staging"
echo "built: $out"
