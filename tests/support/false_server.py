# SPDX-License-Identifier: MIT
"""A server that is not the one that is meant: it took the port of a stopped one, and asks for the password as MySQL 8
does, by caching_sha2_password with its own key. What it gets is `stolen`."""
import contextlib
import socket
import subprocess
import threading

SALT = bytes(range(1, 21))
FULL_LOGIN, ASKS_FOR_KEY = b"\x01\x04", b"\x02"
# Protocol 4.1, secure connection, plugins and what every server of today offers; no TLS.
CAPABILITIES = 0x00FFF7FF & ~0x800


NATIVE, SHA2 = b"mysql_native_password\0", b"caching_sha2_password\0"


def greeting(plugin):
    return (b"\x0a8.0.36\0" + (7).to_bytes(4, "little") + SALT[:8] + b"\0" + (CAPABILITIES & 0xFFFF).to_bytes(2, "little")
            + b"\x2d" + (2).to_bytes(2, "little") + (CAPABILITIES >> 16).to_bytes(2, "little") + b"\x15" + bytes(10)
            + SALT[8:] + b"\0" + plugin)


class FalseServer:
    """Serves one login after another; `stolen` holds each password that it was given. Names its way at once, or
    switches to it when the client has shown a harmless one."""

    def __init__(self, folder, switches):
        self.switches = switches
        self.key = folder / "false_server.pem"
        subprocess.run(["openssl", "genrsa", "-out", self.key, "2048"], check=True, capture_output=True)
        self.public = subprocess.run(["openssl", "rsa", "-in", self.key, "-pubout"], check=True,
                                     capture_output=True).stdout
        self.stolen = []
        self.logins = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def close(self):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _serve(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            with client, contextlib.suppress(OSError, EOFError):
                client.settimeout(20)
                self._login(client.makefile("rwb"))

    def _login(self, link):
        self.logins += 1
        self._send(link, 0, greeting(NATIVE if self.switches else SHA2))
        number, _ = self._receive(link)
        if self.switches:
            self._send(link, number + 1, b"\xfe" + SHA2 + SALT + b"\0")
            number, _ = self._receive(link)
        self._send(link, number + 1, FULL_LOGIN)
        number, asked = self._receive(link)
        if asked == ASKS_FOR_KEY:
            self._send(link, number + 1, b"\x01" + self.public)
            _, encrypted = self._receive(link)
            self.stolen.append(self._decrypt(encrypted))
        elif asked:
            self.stolen.append(asked.rstrip(b"\0"))

    def _decrypt(self, encrypted):
        mixed = subprocess.run(["openssl", "pkeyutl", "-decrypt", "-inkey", self.key, "-pkeyopt",
                                "rsa_padding_mode:oaep"], input=encrypted, check=True, capture_output=True).stdout
        return bytes(byte ^ SALT[i % len(SALT)] for i, byte in enumerate(mixed)).rstrip(b"\0")

    @staticmethod
    def _send(link, number, payload):
        link.write(len(payload).to_bytes(3, "little") + bytes([number & 0xFF]) + payload)
        link.flush()

    @staticmethod
    def _receive(link):
        header = link.read(4)
        if len(header) < 4:
            raise EOFError
        return header[3], link.read(int.from_bytes(header[:3], "little"))


@contextlib.contextmanager
def running(folder, switches=False):
    server = FalseServer(folder, switches)
    try:
        yield server
    finally:
        server.close()
