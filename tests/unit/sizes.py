#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""No function of lib/ and daemon/ is longer than 44 lines, no class has more than 30 methods; says how long they are.

    tests/unit/sizes.py [FOLDER]

universal-ctags knows where they begin and end. A method counts, public or private, where its class names it, but not
what is only forbidden or left to the compiler (`= delete`, `= default`).
"""
import json
import statistics
import subprocess
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FUNCTION_LINES = 44
CLASS_METHODS = 30
FEWEST_FUNCTIONS = 500  # fewer were found: something is wrong with the search


def tags_of(root):
    """Each class, function and declaration of one, as ctags describes it."""
    listed = subprocess.run(
        ["ctags-universal", "--recurse", "--languages=C++", "--kinds-C++=csfp", "--fields=+neZ", "--output-format=json",
         "-f", "-", "lib", "daemon"], cwd=root, check=True, stdout=subprocess.PIPE, text=True).stdout
    return [json.loads(line) for line in listed.splitlines()]


def place_of(tag):
    return f"{tag['path']}:{tag['line']}: {full_name(tag)}"


def full_name(tag):
    return "::".join(name for name in (tag.get("scope"), tag["name"]) if name)


def lines_of(function):
    return function["end"] - function["line"] + 1


def is_left_to_the_compiler(method, root):
    line = (root / method["path"]).read_text().splitlines()[method["line"] - 1]
    return line.endswith(("= delete;", "= default;"))


def methods_by_class(tags, root):
    """How many methods each class names, by its place."""
    classes = {(tag["path"], full_name(tag)): tag for tag in tags if tag["kind"] in ("class", "struct")}
    counted = Counter()
    for tag in tags:
        owner = classes.get((tag["path"], tag.get("scope")))
        if not owner or tag["kind"] not in ("function", "prototype"):
            continue
        if owner["line"] <= tag["line"] <= owner["end"] and not is_left_to_the_compiler(tag, root):
            counted[place_of(owner)] += 1
    return counted


def problems(functions, methods):
    for function in functions:
        if lines_of(function) > FUNCTION_LINES:
            yield f"{place_of(function)} has {lines_of(function)} lines; {FUNCTION_LINES} at most"
    for name, count in methods.items():
        if count > CLASS_METHODS:
            yield f"{name} has {count} methods; {CLASS_METHODS} at most"


def main(root=ROOT):
    tags = tags_of(root)
    functions = [tag for tag in tags if tag["kind"] == "function"]
    if len(functions) < FEWEST_FUNCTIONS:
        sys.exit(f"only {len(functions)} functions found below {root}: is the path right?")
    methods = methods_by_class(tags, root)
    longest, (largest, count) = max(functions, key=lines_of), methods.most_common(1)[0]
    print(f"{len(functions)} functions, median {statistics.median(map(lines_of, functions)):g} lines, "
          f"longest {lines_of(longest)}: {place_of(longest)}")
    print(f"{len(methods)} classes, most methods {count}: {largest}")
    if found := list(problems(functions, methods)):
        sys.exit("too large:\n  " + "\n  ".join(found))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
