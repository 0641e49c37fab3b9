# SPDX-License-Identifier: MIT
"""The NOTIFY_SOCKET of a service manager: keeps what the daemon says of itself (sd_notify(3))."""
import contextlib
import socket
import threading
import time

from .waiting import wait_until

LONGEST = 65536
ROOM = 1 << 20


class Message(dict):
    """One datagram, its fields by name; `at` is when it came, monotonic."""

    def __init__(self, text):
        super().__init__(line.split("=", 1) for line in text.splitlines())
        self.at = time.monotonic()


class NotifySocket:
    """Collects messages in a thread of its own until close()."""

    def __init__(self, path):
        self.path = str(path)
        self.messages = []
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, ROOM)
        self._socket.bind(self.path)
        self._thread = threading.Thread(target=self._collect, name="notify", daemon=True)
        self._thread.start()

    def close(self):
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._socket.close()

    def _collect(self):
        while True:
            try:
                data = self._socket.recv(LONGEST)
            except OSError:
                return
            if not data:
                return
            self.messages.append(Message(data.decode()))

    def all(self, name, since=0):
        """The messages that have this field, from the index `since` on."""
        return [message for message in self.messages[since:] if name in message]

    def count(self, name):
        return len(self.all(name))

    @property
    def status(self):
        """The last STATUS."""
        statuses = self.all("STATUS")
        return statuses[-1]["STATUS"] if statuses else ""

    def wait_for(self, name, more_than=0, seconds=30):
        """Until there are more than so many messages with this field; returns the last of them."""
        wait_until(lambda: self.count(name) > more_than, f"{name} number {more_than + 1} is notified", seconds)
        return self.all(name)[-1]

    def wait_for_status(self, *words, seconds=30):
        """Until STATUS has all of these words; returns it."""
        wait_until(lambda: all(word in self.status for word in words), f"STATUS tells {words}", seconds)
        return self.status
