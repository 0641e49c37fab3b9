# SPDX-License-Identifier: MIT
"""D-Bus by hand: texts of megabytes, and questions more often than busctl can ask."""
import socket
import struct

METHOD_CALL, METHOD_RETURN, ERROR, SIGNAL = 1, 2, 3, 4
PATH, INTERFACE, MEMBER, ERROR_NAME, REPLY_SERIAL, DESTINATION, SIGNATURE = 1, 2, 3, 4, 5, 6, 8
DRIVER = ("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus")


def _string(text):
    data = text.encode()
    return struct.pack("<I", len(data)) + data + b"\0"


def _padded(data, to):
    return data + b"\0" * (-len(data) % to)


def _field(code, kind, value):
    return bytes((code, len(kind))) + kind.encode() + b"\0" + value


def message(serial, target, member, *arguments):
    """A method call; texts and unsigned numbers."""
    destination, path, interface = target
    body, types = b"", ""
    for argument in arguments:
        number = isinstance(argument, int)
        body = _padded(body, 4) + (struct.pack("<I", argument) if number else _string(argument))
        types += "u" if number else "s"
    fields = [_field(PATH, "o", _string(path)), _field(INTERFACE, "s", _string(interface)),
              _field(MEMBER, "s", _string(member)), _field(DESTINATION, "s", _string(destination))]
    if types:
        fields.append(_field(SIGNATURE, "g", bytes((len(types),)) + types.encode() + b"\0"))
    header = b""
    for field in fields:
        header = _padded(header, 8) + field
    head = struct.pack("<cBBBIII", b"l", METHOD_CALL, 0, 1, len(body), serial, len(header))
    return _padded(head + header, 8) + body


class RawBus:
    """A connection; answers are read in the order of their arrival."""

    def __init__(self, path):
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.connect(str(path))
        self._socket.sendall(b"\0AUTH EXTERNAL\r\nDATA\r\nBEGIN\r\n")
        self._buffer = b""
        while self._buffer.count(b"\r\n") < 2:
            self._fill()
        self._buffer = self._buffer.split(b"\r\n", 2)[2]
        self._serial = 0
        self.call(DRIVER, "Hello")

    def close(self):
        self._socket.close()

    def _fill(self):
        data = self._socket.recv(1 << 16)
        if not data:
            raise ConnectionError("the bus has closed the connection")
        self._buffer += data

    def send(self, target, member, *arguments):
        """Without waiting; the call's serial."""
        self._serial += 1
        self._socket.sendall(message(self._serial, target, member, *arguments))
        return self._serial

    def receive(self):
        """The next answer: (serial of its call, name of the error or None)."""
        while True:
            kind, raw = self._next()
            if kind in (METHOD_RETURN, ERROR):
                fields = _parse_fields(raw)
                return fields[REPLY_SERIAL], fields.get(ERROR_NAME)

    def call(self, target, member, *arguments):
        """The name of the error, None when there is none."""
        serial = self.send(target, member, *arguments)
        while True:
            answered, error = self.receive()
            if answered == serial:
                return error

    def _next(self):
        while len(self._buffer) < 16:
            self._fill()
        _, kind, _, _, body, _, header = struct.unpack_from("<cBBBIII", self._buffer)
        whole = 16 + header + -header % 8 + body
        while len(self._buffer) < whole:
            self._fill()
        raw, self._buffer = self._buffer[16:16 + header], self._buffer[whole:]
        return kind, raw


def _parse_fields(raw):
    fields, at = {}, 0
    while at < len(raw):
        code, kind = raw[at], raw[at + 2:at + 3]
        at += 4
        if kind == b"u":
            (fields[code],) = struct.unpack_from("<I", raw, at)
            at += 4
        elif kind == b"g":
            at += raw[at] + 2
        else:
            (length,) = struct.unpack_from("<I", raw, at)
            fields[code] = raw[at + 4:at + 4 + length].decode()
            at += 4 + length + 1
        at += -at % 8
    return fields
