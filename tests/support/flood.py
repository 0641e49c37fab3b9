# SPDX-License-Identifier: MIT
"""Asks a daemon on the bus as fast as it can and reads no answer, until its standard input ends:

    python3 -m support.flood SOCKET NAME METHOD [TEXT|NUMBER...]
"""
import select
import socket
import sys

from support.bus import MANAGER, MANAGER_PATH
from support.raw_bus import RawBus


def flood(path, name, method, *arguments):
    bus, asked = RawBus(path), 0
    arguments = [int(text) if text.isdigit() else text for text in arguments]
    while not select.select([sys.stdin], [], [], 0)[0]:
        try:
            bus.send((name, MANAGER_PATH, MANAGER), method, *arguments)
            asked += 1
        except (ConnectionError, socket.timeout):
            bus = RawBus(path)  # the bus has thrown it out: it comes again
    print(asked)


if __name__ == "__main__":
    flood(*sys.argv[1:])
