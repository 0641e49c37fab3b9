# SPDX-License-Identifier: MIT
"""File systems that only this process and its children see: small disks, other files in /etc."""
import contextlib
import ctypes
import os
import subprocess
from pathlib import Path

CLONE_NEWNS = 0x00020000
LARGEST_PIECE = 1 << 24
SMALLEST_PIECE = 1 << 12


def available():
    """Whether this process may have its own: root, in a container that lets it mount."""
    return os.geteuid() == 0 and subprocess.run(
        ["unshare", "--mount", "true"], check=False, capture_output=True).returncode == 0


def keep_private():
    """From now on what is mounted here is seen by nobody else."""
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNS) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    subprocess.run(["mount", "--make-rprivate", "/"], check=True)


def replace(path, copy):
    """`copy` is seen where `path` was."""
    subprocess.run(["mount", "--bind", copy, path], check=True)


def elsewhere(path, copy):
    """The beginning of a command line whose rest runs with `copy` where `path` is; the same process
    in the end."""
    return ["unshare", "--mount", "--propagation", "private", "sh", "-c",
            'mount --bind "$0" "$1" && shift && exec "$@"', str(copy), str(path)]


def mount_disk(folder, size):
    """An empty disk of so many bytes (`256k`), in memory."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "none", folder], check=True)


def unmount(folder):
    subprocess.run(["umount", "--lazy", folder], check=False)


@contextlib.contextmanager
def full(folder):
    """Inside, the disk of this folder has no room left."""
    balloon = Path(folder) / "balloon"
    _inflate(balloon)
    try:
        yield
    finally:
        balloon.unlink()


def _inflate(balloon):
    at, piece = 0, LARGEST_PIECE
    with balloon.open("wb") as file:
        while piece >= SMALLEST_PIECE:
            try:
                os.posix_fallocate(file.fileno(), at, piece)
                at += piece
            except OSError:
                piece //= 2
