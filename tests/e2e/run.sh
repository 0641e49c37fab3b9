#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds the package and goes through the life of a branch, under a real systemd in throw-away
# containers over this machine's root:   sudo tests/e2e/run.sh [--release NAME] [pytest options]
#   --release trixie   on that release of Debian instead, in a root that is made once from this
#                      machine's mirror and kept in build/e2e-trixie
# The machine stays as it is, what the containers write is in memory; journals of what failed are in
# build/e2e. Ends with 77, and says why, where no such container can be had.
set -eu
case ${1:-} in
  -h | --help) sed -n '3,/^[^#]/s/^# \{0,1\}//p' "$0"; exit 0 ;;
  --release) [ $# -gt 1 ] || { echo "--release lacks its value; see $0 --help" >&2; exit 64; } ;;
esac
cd "$(dirname "$0")/../.."

skip() { echo "skipped: end-to-end tests: $*"; exit 77; }

release="" out=build/e2e root=/ packages=build/e2e/deb
if [ "${1:-}" = --release ]; then
  release=$2 out=build/e2e-$2 root=$PWD/build/e2e-$2/root packages=build/e2e-$2/deb
  shift 2
fi

# Asked for its version, pytest only looks at its options.
[ ! -x /usr/bin/python3 ] || /usr/bin/python3 -m pytest --version "$@" >/dev/null || [ $? != 4 ] || exit 64

make_root() {
  packaging/dependencies trixie
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Label: Debian' |
    head -n 1)
  mmdebstrap --variant=minbase --customize-hook='copy-in packaging/dependencies /root' \
    --customize-hook='chroot "$1" /root/dependencies' "$release" "$root.new" "$mirror"
  mv "$root.new" "$root"
}

# The tree is at the same place each time: the compiler's cache serves again.
build_in_root() {
  unshare --mount --propagation private sh -euc '
    mount --bind . "$0/mnt"
    mount --rbind /dev "$0/dev"
    mount -t proc proc "$0/proc"
    exec chroot "$0" env CCACHE_DIR="/mnt/$1/ccache" /mnt/packaging/build-deb.sh "/mnt/$2"
  ' "$root" "$out" "$packages"
}

[ "$(id -u)" = 0 ] || skip "only root can boot a container"
unshare --mount true 2>/dev/null || skip "this machine allows no mount namespace"
packaging/dependencies

rm -rf "$packages" "$out"/*.journal
mkdir -p "$out"
if [ -z "$release" ]; then
  packaging/build-deb.sh "$packages"
else
  [ -d "$root" ] || make_root
  build_in_root
fi

export E2E_PACKAGES="$PWD/$packages" E2E_OUT="$PWD/$out" E2E_ROOT="$root"
cd tests/e2e
exec unshare --mount --propagation private /usr/bin/python3 -m pytest "$@"
