# SPDX-License-Identifier: MIT
"""The relay's sight of the protocol: what passes in both directions, counted."""
import threading

from .relay import Fault

HEADER = 4


class Packets(Fault):
    """Counts the packets that come through. At number `cut_at` the connection is lost: before that
    packet is carried (RST), or after it, the packet being the last that arrives (FIN)."""

    def __init__(self, cut_at=None, carried=False):
        super().__init__()
        self.count = 0
        self.cut = threading.Event()
        self._cut_at = cut_at
        self._carried = carried
        self._held = {}  # the beginning of a packet whose end has not come yet

    async def request(self, link, data):
        return self._whole_packets(link, link.to_server, data)

    async def answer(self, link, data):
        return self._whole_packets(link, link.to_client, data)

    def _whole_packets(self, link, writer, data):
        data = self._held.pop(writer, b"") + data
        end = 0
        while (next_end := _end_of_packet(data, end)) <= len(data):
            self.count += 1
            if self.count == self._cut_at:
                writer.write(data[:next_end if self._carried else end])
                link.cut(reset=not self._carried)
                self.cut.set()
                return b""
            end = next_end
        self._held[writer] = data[end:]
        return data[:end]


class Traffic(Fault):
    """Counts the round trips, and the bytes in both directions."""

    def __init__(self):
        super().__init__()
        self.trips = self.size = 0
        self._asking = set()  # links that wait for an answer

    async def request(self, link, data):
        self.size += len(data)
        self._asking.add(link)
        return data

    async def answer(self, link, data):
        self.size += len(data)
        self.trips += link in self._asking  # the farewell has no answer
        self._asking.discard(link)
        return data


def _end_of_packet(data, begin):
    """Where the packet ends that begins here; beyond the data when its header is not complete."""
    body = begin + HEADER
    if body > len(data):
        return len(data) + 1
    return body + int.from_bytes(data[begin:begin + 3], "little")
