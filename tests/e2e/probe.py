# SPDX-License-Identifier: MIT
"""What can be done from inside the unit's sandbox: each attempt, and "ok" or its errno.
Runs in the daemon's place; the answer is in $STATE_DIRECTORY/probe."""
import ctypes
import errno
import json
import os
import socket
import sys


def write(path):
    with open(path, "w", encoding="ascii"):
        os.unlink(path)


def listen(family, address):
    with socket.socket(family) as listener:
        listener.bind(address)
        listener.listen()


def connect(address):
    socket.create_connection((address, 3306), timeout=2).close()


def call(number):
    """A system call of x86-64 by its number, with nothing for arguments."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syscall(number, 0, 0, 0, 0, 0) < 0:
        raise OSError(ctypes.get_errno(), "refused")


def attempt(action, *arguments):
    try:
        action(*arguments)
        return "ok"
    except OSError as error:
        return errno.errorcode.get(error.errno, "ETIMEDOUT")


OWN = [os.environ["STATE_DIRECTORY"], os.environ["LOGS_DIRECTORY"]]
FOREIGN = ["/etc", "/etc/consolidador-ventas", "/usr", "/var", "/var/lib/consolidador-ventas",
           "/var/log/consolidador-ventas", "/run", "/run/lock", "/dev/shm", "/home", "/root"]
FAMILIES = ["AF_NETLINK", "AF_PACKET", "AF_VSOCK", "AF_BLUETOOTH", "AF_ALG"]
CALLS = {"io_setup": 206, "io_uring_setup": 425, "add_key": 248, "keyctl": 250, "mlock": 149, "mlockall": 151}
ATTEMPTS = {
    **{f"write {folder}": (write, f"{folder}/x") for folder in OWN + FOREIGN},
    "listen on IPv4": (listen, socket.AF_INET, ("127.0.0.1", 0)),
    "listen on IPv6": (listen, socket.AF_INET6, ("::1", 0)),
    "listen on a Unix socket": (listen, socket.AF_UNIX, f"{OWN[0]}/s"),
    **{f"socket {name}": (socket.socket, getattr(socket, name), socket.SOCK_DGRAM)
       for name in FAMILIES},
    **{f"call {name}": (call, number) for name, number in CALLS.items()},
    **{f"connect {address}": (connect, address) for address in sys.argv[1:]},
}

with open(f"{OWN[0]}/probe", "w", encoding="ascii") as answer:
    json.dump({name: attempt(*action) for name, action in ATTEMPTS.items()}, answer)
