#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds the Debian package of this tree into a folder (build/deb), and has lintian look at it:
#   packaging/build-deb.sh [FOLDER]      FOLDER from where you are
# On Debian 12 and 13; works on a copy, so that the tree stays as it is.
set -eu
case ${1:-} in
  -h | --help) sed -n '3,/^[^#]/s/^# \{0,1\}//p' "$0"; exit 0 ;;
  -*) echo "unknown option $1; see $0 --help" >&2; exit 64 ;;
esac
tree=$(cd "$(dirname "$0")/.." && pwd -P)
"$tree/packaging/dependencies" run build package
out=${1:-$tree/build/deb}
mkdir -p "$out"
out=$(cd "$out" && pwd -P)
cd "$tree"

# The compiler's cache serves again: it stays where it is although debhelper changes HOME, and the
# folder is always the same.
CCACHE_DIR=${CCACHE_DIR:-$(ccache --get-config cache_dir)}
export CCACHE_DIR
staging=$out/staging
rm -rf "$staging"
mkdir -p "$staging/tree"
tar cf - --exclude=./build --exclude=./.git --no-wildcards --exclude="./${staging#"$tree/"}" . | tar xf - -C "$staging/tree"
cp -r packaging/debian "$staging/tree/debian"
(cd "$staging/tree" && dpkg-buildpackage --build=binary --no-sign --check-builddeps)
mv "$staging"/*.deb "$staging"/*.changes "$staging"/*.buildinfo "$out"
rm -rf "$staging"
lintian --allow-root --fail-on=error,warning "$out"/*.changes
echo "built: $out"
