#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Whether binaries have what lib/hardening.cmake promises, as they themselves tell:
    hardening.py BINARY..."""
import re
import subprocess
import sys

# A landing pad of x86-64 for indirect jumps; without -fcf-protection our code has none.
ENDBR64 = b"\xf3\x0f\x1e\xfa"
LEAST_PADS = 200
# What the compiler was told, in the debug information of a binary that still has it.
OPTIONS = ("-fstack-protector-strong", "-fstack-clash-protection", "-ftrivial-auto-var-init=zero")


def readelf(binary, *what):
    return subprocess.run(["readelf", "--wide", *what, binary], check=True, capture_output=True,
                          encoding="utf-8", errors="replace").stdout


def promises(binary):
    """Each promise, and whether it is kept."""
    header, dynamic = readelf(binary, "--file-header"), readelf(binary, "--dynamic")
    segments, symbols = readelf(binary, "--program-headers"), readelf(binary, "--dyn-syms")
    yield "is position independent (PIE)", "DYN (" in header and "PIE" in dynamic
    yield "has read-only relocations (RELRO)", "GNU_RELRO" in segments
    yield "binds everything at the start (full RELRO)", "BIND_NOW" in dynamic or "NOW" in dynamic
    yield "has a stack that is not executed", re.search(r"GNU_STACK.* RW ", segments) is not None
    yield "protects its stack", "__stack_chk_fail" in symbols
    yield "uses fortified functions", re.search(r" __\w+_chk@", symbols) is not None
    yield "checks the library's preconditions", "__glibcxx_assert_fail" in symbols
    if "X86-64" in header:
        with open(binary, "rb") as file:
            yield "says where jumps may lead (CET)", file.read().count(ENDBR64) >= LEAST_PADS
    producers = set(re.findall(r"DW_AT_producer.*?: (?:\(.*?\): )?(GNU C\+\+.*)", debug_information(binary)))
    for option in OPTIONS if producers else ():
        yield f"is compiled with {option}", all(option in producer for producer in producers)


def debug_information(binary):
    if ".debug_info" not in readelf(binary, "--section-headers"):
        return ""
    return readelf(binary, "--debug-dump=info", "--dwarf-depth=1")


def main(binaries):
    broken = [f"{binary}: not kept: {promise}" for binary in binaries
              for promise, kept in promises(binary) if not kept]
    print("\n".join(broken) or f"{len(binaries)} binaries keep what is promised")
    return 1 if broken or not binaries else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
