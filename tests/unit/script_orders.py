#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Every script that builds works after every other: in a copy of the tree, each runs up to its build, which is only
planned, first in one order and then in the other. The package is built where the caller says, and its own folder is
no part of it; the end-to-end tests leave the caller's alone."""
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STOPPED = 99
SKIPPED = 77

# What each needs from its build; by hand is installation without the package.
SCRIPTS = {
    "packaging/build-deb.sh": [],
    "packaging/demo.sh": ["build/demo/daemon/consolidadord"],
    "tests/run.sh": ["build/dev/tests/unit_tests", "build/dev/daemon/consolidadord"],
    "by hand": ["build/release/daemon/ctl/consolidadorctl"],
    "tests/bench/run.sh": [f"build/release/{name}" for name in (
        "daemon/consolidadord", "tests/bench/write_path", "tests/bench/floor_client", "tests/bench/status_queries")],
    "tests/coverage.sh": ["build/coverage/tests/unit_tests"],
    "tests/sanitizers.sh": ["build/asan/tests/unit_tests"],
    "tests/fuzz/run.sh": ["build/fuzz/tests/fuzz/fuzz_rows"],
    "tests/static_analysis.sh": ["build/dev/daemon/ctl/libconsolidador_ctl.a"],
    "tests/e2e/run.sh": [],
}
BY_HAND = "cmake --preset release -DCONSOLIDADOR_TESTS=OFF && cmake --build build/release\n"

# Plans a build and ends the script there; everything else is the real one's.
CMAKE = f"""#!/bin/sh
[ "$1" = --build ] || exec "$CMAKE" "$@"
"$CMAKE" "$@" -- -n && exit {STOPPED}
"""

# The package's build is not even planned.
PACKAGE = f"#!/bin/sh\nexit {STOPPED}\n"


def copy_tree(folder):
    tree = folder / "tree"
    shutil.copytree(ROOT, tree, symlinks=True, ignore=shutil.ignore_patterns(".git", "__pycache__", "build"))
    (tree / "build/deb").mkdir(parents=True)
    (tree / "build/deb/mine.deb").touch()
    (tree / "packaging/dependencies").write_text("#!/bin/sh\n")
    (tree / "by hand").write_text("#!/bin/sh\nset -e\n" + BY_HAND)
    (tree / "by hand").chmod(0o755)
    return tree


def environment(folder):
    programs = folder / "bin"
    programs.mkdir()
    for name, text in (("cmake", CMAKE), ("dpkg-buildpackage", PACKAGE)):
        (programs / name).write_text(text)
        (programs / name).chmod(0o755)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SUDO_", "CONSOLIDADOR_"))}
    return kept | {"CMAKE": shutil.which("cmake"), "PATH": f"{programs}:{os.environ['PATH']}"}


def run(words, folder, variables):
    return subprocess.run(words, cwd=folder, env=variables, text=True, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)


def problem_of_package(tree, variables):
    """Built into a folder of the caller's, and into one within the tree."""
    for place in (tree.parent, tree / "docs"):
        ended = run([tree / "packaging/build-deb.sh", "out"], place, variables)
        staged = place / "out/staging/tree"
        if ended.returncode != STOPPED or not (staged / "debian/control").exists():
            return f"{place}/out: {ended.stdout[-2000:]}"
        if (staged / "docs/out/staging").exists():
            return f"{place}/out is a part of itself"
        shutil.rmtree(place / "out")
    return "" if (tree / "build/deb/mine.deb").exists() else "the caller's package is gone"


def problem_of(script, tree, variables):
    """Why the script would not find what it needs; empty when it would."""
    ended = run([f"./{script}"], tree, variables)
    if script == "tests/e2e/run.sh" and ended.returncode == SKIPPED:
        return ""
    if ended.returncode != STOPPED:
        return ended.stdout[-2000:]
    for product in SCRIPTS[script]:
        folder, target = "/".join(product.split("/")[:2]), "/".join(product.split("/")[2:])
        known = subprocess.run(["ninja", "-C", folder, "-t", "query", target], cwd=tree, capture_output=True, check=False)
        if known.returncode != 0:
            return f"{product} is not built"
    return ""


def main():
    names = [name for name in SCRIPTS if name != "tests/fuzz/run.sh" or shutil.which("clang++")]
    with tempfile.TemporaryDirectory(prefix="orders-") as name:
        folder = Path(name)
        tree, variables = copy_tree(folder), environment(folder)
        done = []
        for script in names + names[::-1]:
            if problem := problem_of(script, tree, variables):
                sys.exit(f"{script} fails after {', '.join(done) or 'nothing'}:\n{problem}")
            done.append(script)
        if problem := problem_of_package(tree, variables):
            sys.exit(f"packaging/build-deb.sh: {problem}")
    print(f"{len(done)} runs, each script before and after every other")


if __name__ == "__main__":
    main()
