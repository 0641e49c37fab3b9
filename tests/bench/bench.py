# SPDX-License-Identifier: MIT
"""Runs the cases (case_*.py beside this file) and prints a table; --json writes the same for machines.

A case is a module with a docstring and `measure(stage)`, which yields figures; ON_DISK when its data
would not fit into memory.
"""
import argparse
import dataclasses
import importlib
import json
import os
import platform
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]


def all_cases():
    return sorted(path.stem.removeprefix("case_") for path in HERE.glob("case_*.py"))


def parse_arguments():
    parser = argparse.ArgumentParser(prog="tests/bench/run.sh")
    parser.add_argument("cases", nargs="*", metavar="CASE")
    parser.add_argument("--build", type=Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--json", type=Path, help="write the figures here, too")
    parser.add_argument("--list", action="store_true", help="name the cases and end")
    arguments = parser.parse_args()
    unknown = set(arguments.cases) - set(all_cases())
    if unknown:
        parser.error(f"no such case: {', '.join(sorted(unknown))}; there are {', '.join(all_cases())}")
    return arguments


def run_case(name, build):
    from stage import Stage
    module = importlib.import_module(f"case_{name}")
    print(f"\n{name}: {module.__doc__.splitlines()[0]}", flush=True)
    figures = []
    with Stage(build, getattr(module, "ON_DISK", False),
               getattr(module, "SERVER_OPTIONS", ())) as stage:
        for figure in module.measure(stage):
            print("  {:<58} {:>18}  {:>9}  {}".format(*figure.cells()), flush=True)
            figures.append(figure)
    return figures


def main():
    arguments = parse_arguments()
    if arguments.list:
        print("\n".join(all_cases()))
        return
    os.environ["CONSOLIDADOR_BINARY"] = str(arguments.build.resolve() / "daemon/consolidadord")
    results = {name: run_case(name, arguments.build.resolve())
               for name in arguments.cases or all_cases()}
    if arguments.json:
        report = {"machine": platform.machine(), "cores": os.cpu_count(),
                  "cases": {name: [dataclasses.asdict(figure) for figure in figures]
                            for name, figures in results.items()}}
        arguments.json.write_text(json.dumps(report, indent=2) + "\n")


if __name__ == "__main__":
    main()
