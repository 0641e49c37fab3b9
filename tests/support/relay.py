# SPDX-License-Identifier: MIT
"""A TCP relay between the daemon and a server, with faults by name.

    relay = Relay(server.port)              # the daemon's configuration names relay.port
    with relay.fault(BlackHole()):          # from outside, while the daemon runs
        ...

One fault at a time; it holds for the connections that are open and for those that come, and when its block
ends the relay lets go: what was held back goes on.
"""
import asyncio
import contextlib
import socket
import struct
import threading
import time

from .servers import free_port

CHUNK = 65536
CALL_SECONDS = 10

# COM_QUERY (0x03) with exactly this text: length, sequence 0, command, text.
COMMIT = b"\x07\x00\x00\x00\x03COMMIT"


class Fault:
    """What a fault may do; this one does nothing."""

    accepts = True  # False: nobody listens, the kernel refuses
    cuts = False    # True: the connections that are open when it begins are cut

    def __init__(self):
        self.over = asyncio.Event()

    async def connecting(self, link):
        """Before the relay connects to the server for a client."""

    async def request(self, link, data):
        """Bytes on their way to the server; returns those to send."""
        return data

    async def answer(self, link, data):
        """Bytes on their way to the client; returns those to send."""
        return data


class Delay(Fault):
    """Every chunk arrives later, in both directions."""

    def __init__(self, seconds):
        super().__init__()
        self._seconds = seconds

    async def connecting(self, link):
        await asyncio.sleep(self._seconds)

    async def request(self, link, data):
        await asyncio.sleep(self._seconds)
        return data

    async def answer(self, link, data):
        await asyncio.sleep(self._seconds)
        return data


class Throttle(Fault):
    """So many bytes a second in each direction of each connection."""

    def __init__(self, bytes_per_second):
        super().__init__()
        self._rate = bytes_per_second

    async def request(self, link, data):
        await asyncio.sleep(len(data) / self._rate)
        return data

    async def answer(self, link, data):
        await asyncio.sleep(len(data) / self._rate)
        return data


class Refuse(Fault):
    """The server is gone: connections are cut, new ones refused."""

    accepts = False
    cuts = True


class Reset(Fault):
    """Like Refuse, but each attempt is seen (relay.attempts): accepted and reset at once."""

    cuts = True

    async def connecting(self, link):
        link.cut()


class BlackHole(Fault):
    """A firewall that swallows packets: connections stand, nothing comes through."""

    async def connecting(self, link):
        await self.over.wait()

    async def request(self, link, data):
        await self.over.wait()
        return data

    async def answer(self, link, data):
        await self.over.wait()
        return data


class StopAfter(Fault):
    """Each connection's answers stop after so many bytes, in the middle of a result."""

    def __init__(self, count):
        super().__init__()
        self._count = count

    async def answer(self, link, data):
        room = self._count - link.answered
        link.answered += len(data)
        if len(data) <= room:
            return data
        if room > 0:
            link.to_client.write(data[:room])
        await self.over.wait()
        return data[max(room, 0):]


class CutAfter(Fault):
    """A line that carries so many bytes to the server, and then drops: each connection anew."""

    def __init__(self, count):
        super().__init__()
        self._count = count
        self.drops = 0

    async def request(self, link, data):
        link.asked += len(data)
        if link.asked > self._count:
            self.drops += 1
            link.cut()
        return data


class CutCommit(Fault):
    """The first `times` COMMITs lose their connection: before the server sees them, or after it has
    committed and before its answer arrives."""

    def __init__(self, answered, times=1):
        super().__init__()
        self._answered = answered
        self._left = times
        self.count = 0  # COMMITs cut

    async def request(self, link, data):
        if COMMIT not in data or self._left == 0:
            return data
        self._left -= 1
        link.doomed = True
        if not self._answered:
            self.count += 1
            link.cut()
        return data

    async def answer(self, link, data):
        if link.doomed:
            self.count += 1
            link.cut()
        return data


def _capabilities(greeting):
    """Where they begin: after version, thread and scramble."""
    return greeting.index(b"\0", 5) + 1 + 4 + 8 + 1


class StripBulk(Fault):
    """A proxy without bulk execution: the server's greeting loses its offer of it."""

    STMT_BULK_OPERATIONS = 0x04  # MariaDB's own capabilities, the last four bytes before the rest of the scramble

    async def answer(self, link, data):
        if link.answered:
            return data
        link.answered = len(data)
        own = _capabilities(data) + 14
        assert data[own] & self.STMT_BULK_OPERATIONS, "there is nothing to strip"
        return data[:own] + bytes([data[own] & ~self.STMT_BULK_OPERATIONS]) + data[own + 1:]


class StripTls(Fault):
    """A man in the middle: the server's greeting loses its offer of TLS. `sent` is what the clients
    say then."""

    CLIENT_SSL = 0x0800

    def __init__(self):
        super().__init__()
        self.sent = b""

    async def request(self, link, data):
        self.sent += data
        return data

    async def answer(self, link, data):
        if link.answered:
            return data
        link.answered = len(data)
        capabilities = _capabilities(data)
        offered = struct.unpack_from("<H", data, capabilities)[0]
        assert offered & self.CLIENT_SSL, "there is nothing to strip"
        return (data[:capabilities] + struct.pack("<H", offered & ~self.CLIENT_SSL)
                + data[capabilities + 2:])


class Link:
    """One connection through the relay."""

    def __init__(self, from_client, to_client):
        self.from_client = from_client
        self.to_client = to_client
        self.from_server = None
        self.to_server = None
        self.answered = 0  # bytes, for faults that count
        self.asked = 0
        self.doomed = False
        self.is_cut = False
        self.is_half = False

    def cut(self, reset=True):
        """Ends it on both sides at once: RST, or FIN."""
        self.is_cut = True
        for writer in (self.to_client, self.to_server):
            if writer is None:
                continue
            if reset:
                sock = writer.get_extra_info("socket")
                with contextlib.suppress(OSError):  # it may have ended by itself a moment ago
                    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()

    def halve(self):
        """Ends it at the server; the client hears nothing of it, nor of anything else."""
        self.is_half = True
        if self.to_server is not None:
            self.to_server.transport.abort()
            self.to_server = None


class Relay:
    """Listens on a port of its own for a server's clients. Lives in a thread of its own until close()."""

    def __init__(self, server_port):
        self.port = free_port()
        self.address = "127.0.0.1"
        self.attempts = []  # when clients came, monotonic
        self.most_links = 0  # at the same time
        self._server_port = server_port
        self._links = set()
        self._listener = None
        self._fault = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="relay", daemon=True)
        self._thread.start()
        self._call(self._listen())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self._call(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @contextlib.contextmanager
    def fault(self, fault):
        """The fault holds inside the block; gives it."""
        self._call(self._begin(fault))
        try:
            yield fault
        finally:
            self._call(self._let_go(fault))

    def move(self, address):
        """From now on it is found at this address (127.x.x.x), same port, and no longer at the old one;
        who is connected notices."""
        self._call(self._move(address))

    def cut(self, reset=True):
        """Cuts every connection that is open now (RST, or FIN); the next ones are well."""
        self._call(self._cut_all(reset))

    def halve(self):
        """Ends every connection that is open now at the server, and leaves the client in the belief that
        it stands: as a router that has forgotten it. The next ones are well."""
        self._call(self._halve_all())

    @property
    def links(self):
        """How many connections are open."""
        return len(self._links)

    # -- in the relay's thread -------------------------------------------------------------------

    def _call(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(CALL_SECONDS)

    async def _listen(self):
        self._listener = await asyncio.start_server(self._serve, self.address, self.port)

    async def _begin(self, fault):
        assert self._fault is None, "one fault at a time"
        self._fault = fault
        for link in self._links:
            link.answered = link.asked = 0
        if not fault.accepts:
            self._listener.close()
        if fault.cuts:
            await self._cut_all()

    async def _let_go(self, fault):
        self._fault = None
        fault.over.set()
        if not fault.accepts:
            await self._listen()

    async def _move(self, address):
        self._listener.close()
        self.address = address
        await self._listen()
        await self._cut_all()

    async def _halve_all(self):
        for link in self._links:
            link.halve()

    async def _cut_all(self, reset=True):
        for link in list(self._links):
            link.cut(reset)

    async def _end(self):
        if self._fault:
            await self._let_go(self._fault)
        self._listener.close()
        await self._cut_all()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _serve(self, reader, writer):
        link = Link(reader, writer)
        self.attempts.append(time.monotonic())
        self._links.add(link)
        self.most_links = max(self.most_links, len(self._links))
        try:
            await self._carry(link)
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            self._links.discard(link)
            if not link.is_cut:
                for side in (link.to_client, link.to_server):
                    if side is not None:
                        side.close()

    async def _carry(self, link):
        if self._fault:
            await self._fault.connecting(link)
        if link.is_cut:
            return
        link.from_server, link.to_server = await asyncio.open_connection("127.0.0.1", self._server_port)
        pumps = [asyncio.ensure_future(self._pump(link, link.from_client, link.to_server, "request")),
                 asyncio.ensure_future(self._pump(link, link.from_server, link.to_client, "answer"))]
        await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        if link.is_half:
            await asyncio.wait(pumps[:1])
        for pump in pumps:
            pump.cancel()
        await asyncio.gather(*pumps, return_exceptions=True)

    async def _pump(self, link, reader, writer, hook):
        while data := await reader.read(CHUNK):
            if self._fault:
                data = await getattr(self._fault, hook)(link, data)
            if link.is_cut:
                return
            if not link.is_half:
                writer.write(data)
                await writer.drain()
