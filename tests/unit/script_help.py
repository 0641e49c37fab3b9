#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Each script says with --help how it is called, at once and without a build, and refuses what it does not know (64)."""
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# What each names, beside itself.
SCRIPTS = {
    "packaging/build-deb.sh": ["[FOLDER]"],
    "packaging/demo.sh": ["--keep", "--days"],
    "packaging/dependencies": ["coverage"],
    "tests/bench/run.sh": ["--list", "--json"],
    "tests/calendar.sh": ["--quick", "DATE", "CONSOLIDADOR_SEED"],
    "tests/chaos/run.sh": ["points", "--seeds", "--cycles"],
    "tests/chaos/soak.py": ["--cycles"],
    "tests/coverage.sh": ["[ctest options]"],
    "tests/e2e/run.sh": ["--release"],
    "tests/fuzz/run.sh": ["--runs", "HARNESS"],
    "tests/run.sh": ["--preset", "--label"],
    "tests/sanitizers.sh": ["asan"],
    "tests/static_analysis.sh": ["PATTERN"],
}
WRONG = {"tests/chaos/soak.py": 2}  # else 64

# What each refuses besides, and what it then names.
REFUSED = [
    (["tests/run.sh", "--label"], 64, "--label"),
    (["tests/run.sh", "--label", "unit", "--nada"], 64, "--nada"),
    (["tests/sanitizers.sh", "asan", "--nada"], 64, "--nada"),
    (["tests/bench/run.sh", "nada"], 64, "nada"),
    (["tests/fuzz/run.sh", "--runs"], 64, "--runs"),
    (["tests/fuzz/run.sh", "nada"], 64, "nada"),
    (["tests/e2e/run.sh", "--release"], 64, "--release"),
    (["tests/calendar.sh", "2027-01-01", "--nada"], 64, "--nada"),
    (["tests/calendar.sh", "2027-01-01", "--quick"], 69, "/nada/"),  # nothing is built there
    (["tests/chaos/run.sh", "points"], 69, "/nada"),
    (["tests/chaos/run.sh", "--seeds", "1"], 69, "/nada"),
]


def called(script, *options):
    """From another folder, and without a binary."""
    return subprocess.run(
        [ROOT / script, *options], cwd="/", text=True, stdin=subprocess.DEVNULL, capture_output=True, check=False,
        env=os.environ | {"CONSOLIDADOR_BINARY": "/nada", "CONSOLIDADOR_BUILD": "/nada"})


def problem_of(script):
    """Empty when there is none."""
    helped = called(script, "--help")
    missing = [word for word in (Path(script).name, *SCRIPTS[script]) if word not in helped.stdout]
    if helped.returncode != 0 or helped.stderr or missing:
        return f"{script}: --help lacks {missing}, exit {helped.returncode}:\n{helped.stdout}{helped.stderr}"
    return problem_of_refusal([script, "--nada"], WRONG.get(script, 64), "--nada")


def problem_of_refusal(words, code, named):
    refused = called(*words)
    if refused.returncode != code or named not in refused.stderr or refused.stdout:
        return f"{' '.join(words)}: exit {refused.returncode}:\n{refused.stdout}{refused.stderr}"
    return ""


def problems():
    listed = {str(path.relative_to(ROOT)) for top in ("packaging", "tests") for path in (ROOT / top).rglob("*.sh")
              if os.access(path, os.X_OK)}
    yield f"not looked at: {', '.join(sorted(listed - SCRIPTS.keys()))}" if listed - SCRIPTS.keys() else ""
    yield from map(problem_of, SCRIPTS)
    yield from (problem_of_refusal(*each) for each in REFUSED)
    cases = called("tests/bench/run.sh", "--list")
    yield "" if cases.returncode == 0 and "backfill" in cases.stdout.split() else f"bench --list: {cases}"


def main():
    for problem in problems():
        if problem:
            sys.exit(problem)
    print(f"{len(SCRIPTS)} scripts say how they are called")


if __name__ == "__main__":
    main()
