# SPDX-License-Identifier: MIT
"""A line to a server with a round-trip time and a bandwidth of its own, which counts what passes.

Each direction is a delay line: bytes arrive in order, half the round trip later, at no more than the line's rate,
however many are on their way. Opening a connection costs a round trip, too.
"""
import asyncio
import threading

from support.servers import free_port

CHUNK = 65536


class Wire:
    """Listens on a port of its own; lives in a thread of its own until close()."""

    def __init__(self, server_port, rtt=0.0, bits_per_second=None):
        self.port = free_port()
        self.rtt = rtt
        self.trips = self.sent = self.received = 0  # round trips; bytes to and from the server
        self._seconds_a_byte = 8 / bits_per_second if bits_per_second else 0
        self._server_port = server_port
        self._free_at = {"sent": 0.0, "received": 0.0}  # when the line's last byte has left
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, name="wire", daemon=True).start()
        self._call(asyncio.start_server(self._serve, "127.0.0.1", self.port))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._call(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)

    async def _end(self):
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def count(self):
        """(round trips, bytes sent, bytes received) since the last call."""
        counted = (self.trips, self.sent, self.received)
        self.trips = self.sent = self.received = 0
        return counted

    def _call(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(10)

    async def _serve(self, from_client, to_client):
        await asyncio.sleep(self.rtt)
        from_server, to_server = await asyncio.open_connection("127.0.0.1", self._server_port)
        asking = [False]
        await asyncio.gather(self._carry(from_client, to_server, "sent", asking),
                             self._carry(from_server, to_client, "received", asking))

    async def _carry(self, reader, writer, direction, asking):
        line = asyncio.Queue()
        delivery = asyncio.ensure_future(self._deliver(line, writer))
        try:
            while data := await reader.read(CHUNK):
                self._count(len(data), direction, asking)
                line.put_nowait((self._arrival(len(data), direction), data))
        except OSError:
            pass
        line.put_nowait((0, b""))
        await delivery

    def _count(self, size, direction, asking):
        setattr(self, direction, getattr(self, direction) + size)
        self.trips += direction == "sent" and not asking[0]
        asking[0] = direction == "sent"

    def _arrival(self, size, direction):
        left = max(self._loop.time(), self._free_at[direction]) + size * self._seconds_a_byte
        self._free_at[direction] = left
        return left + self.rtt / 2

    async def _deliver(self, line, writer):
        while True:
            arrival, data = await line.get()
            if not data:
                writer.close()
                return
            await asyncio.sleep(max(arrival - self._loop.time(), 0))
            writer.write(data)
