#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The tree on docs/architecture.md names each source file of lib/ and daemon/ in the paragraph of its folder."""
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FEWEST_FILES = 100  # fewer were found: something is wrong with the search


def paragraphs(page):
    """The words that the tree has for each folder."""
    tree = page.split("## The tree", 1)[1].split("```")[1]
    words, folder, top = {}, "", ""
    for line in tree.splitlines():
        if found := re.match(r"( *)([a-z_/]+/) ", line):
            top = top if found[1] else found[2]
            folder = top + found[2] if found[1] else found[2]
            line = line[found.end():]
        words.setdefault(folder, set()).update(re.findall(r"\w+", line))
    return words


def main():
    words = paragraphs((ROOT / "docs/architecture.md").read_text())
    stems = {(path.parent.relative_to(ROOT), path.stem) for top in ("lib", "daemon") for path in (ROOT / top).rglob("*.[ch]pp")}
    if len(stems) < FEWEST_FILES:
        sys.exit(f"only {len(stems)} files found below {ROOT}: is the path right?")
    if missing := sorted(f"{folder}/{stem}" for folder, stem in stems if stem not in words.get(f"{folder}/", ())):
        sys.exit("the tree on docs/architecture.md does not name\n  " + "\n  ".join(missing))
    print(f"the tree names all {len(stems)} files")


if __name__ == "__main__":
    main()
