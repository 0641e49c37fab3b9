#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Every script that builds works after every other: in a copy of the tree, each runs up to its build, which is only
planned, first in one order and then in the other."""
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STOPPED = 99

# What each needs from its build; by hand is installation without the package.
SCRIPTS = {
    "packaging/demo.sh": ["build/demo/daemon/consolidadord"],
    "tests/run.sh": ["build/dev/tests/unit_tests", "build/dev/daemon/consolidadord"],
    "by hand": ["build/release/daemon/ctl/consolidadorctl"],
    "tests/bench/run.sh": [f"build/release/{name}" for name in (
        "daemon/consolidadord", "tests/bench/write_path", "tests/bench/floor_client", "tests/bench/status_queries")],
    "tests/coverage.sh": ["build/coverage/tests/unit_tests"],
    "tests/sanitizers.sh": ["build/asan/tests/unit_tests"],
    "tests/fuzz/run.sh": ["build/fuzz/tests/fuzz/fuzz_rows"],
    "tests/static_analysis.sh": ["build/dev/daemon/ctl/libconsolidador_ctl.a"],
}
BY_HAND = "cmake --preset release -DCONSOLIDADOR_TESTS=OFF && cmake --build build/release\n"

# Plans a build and ends the script there; everything else is the real one's.
CMAKE = f"""#!/bin/sh
[ "$1" = --build ] || exec "$CMAKE" "$@"
"$CMAKE" "$@" -- -n && exit {STOPPED}
"""


def copy_tree(folder):
    tree = folder / "tree"
    shutil.copytree(ROOT, tree, symlinks=True, ignore=shutil.ignore_patterns(".git", "__pycache__", "build"))
    (tree / "packaging/dependencies").write_text("#!/bin/sh\n")
    (tree / "by hand").write_text("#!/bin/sh\nset -e\n" + BY_HAND)
    (tree / "by hand").chmod(0o755)
    return tree


def environment(folder):
    stand_in = folder / "bin/cmake"
    stand_in.parent.mkdir()
    stand_in.write_text(CMAKE)
    stand_in.chmod(0o755)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SUDO_", "CONSOLIDADOR_"))}
    return kept | {"CMAKE": shutil.which("cmake"), "PATH": f"{stand_in.parent}:{os.environ['PATH']}"}


def problem_of(script, tree, variables):
    """Why the script would not find what it needs; empty when it would."""
    ended = subprocess.run([f"./{script}"], cwd=tree, env=variables, text=True, stdin=subprocess.DEVNULL,
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
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
    print(f"{len(done)} runs, each script before and after every other")


if __name__ == "__main__":
    main()
