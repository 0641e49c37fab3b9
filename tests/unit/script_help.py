#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The scripts that take long say with --help how they are called, at once and without a build; a wrong option is 64."""
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# What each names, beside itself.
SCRIPTS = {
    "packaging/build-deb.sh": ["[FOLDER]"],
    "tests/calendar.sh": ["--quick", "DATE", "CONSOLIDADOR_SEED"],
    "tests/chaos/soak.py": ["--cycles"],
}
WRONG = {"packaging/build-deb.sh": 64, "tests/calendar.sh": 64, "tests/chaos/soak.py": 2}


def called(script, option):
    """From another folder, and without a binary."""
    return subprocess.run([ROOT / script, option], cwd="/", text=True, stdin=subprocess.DEVNULL,
                          env=os.environ | {"CONSOLIDADOR_BINARY": "/nada"}, capture_output=True, check=False)


def problem_of(script):
    """Empty when there is none."""
    helped = called(script, "--help")
    missing = [word for word in (Path(script).name, *SCRIPTS[script]) if word not in helped.stdout]
    if helped.returncode != 0 or helped.stderr or missing:
        return f"--help lacks {missing}, exit {helped.returncode}:\n{helped.stdout}{helped.stderr}"
    refused = called(script, "--nada")
    if refused.returncode != WRONG[script] or "--nada" not in refused.stderr:
        return f"--nada: exit {refused.returncode}:\n{refused.stdout}{refused.stderr}"
    return ""


def main():
    for script in SCRIPTS:
        if problem := problem_of(script):
            sys.exit(f"{script}: {problem}")
    print(f"{len(SCRIPTS)} scripts say how they are called")


if __name__ == "__main__":
    main()
