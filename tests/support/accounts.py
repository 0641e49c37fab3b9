# SPDX-License-Identifier: MIT
"""The accounts that the bus policy knows, without touching the machine's: mounted for this process
alone, copied /etc/passwd and /etc/group with `consolidador`, user and group and a member."""
import contextlib
from pathlib import Path

from . import mounts

NOBODY = (65534, 65534)
GROUP = 64321
MEMBER = (64322, 64322)
USERS = {"consolidador": (64321, GROUP), "operadora": MEMBER}


@contextlib.contextmanager
def provided(folder):
    """Inside, this process and the ones it starts know the accounts; its mounts are private."""
    users = "".join(f"{name}:x:{uid}:{gid}::/:/usr/sbin/nologin\n"
                    for name, (uid, gid) in USERS.items())
    _replace(folder, "passwd", users, USERS)
    groups = f"consolidador:x:{GROUP}:operadora\noperadora:x:{MEMBER[1]}:\n"
    _replace(folder, "group", groups, USERS)
    try:
        yield
    finally:
        for name in ("passwd", "group"):
            mounts.unmount(f"/etc/{name}")


def _replace(folder, name, lines, known):
    kept = [line for line in Path("/etc", name).read_text().splitlines(keepends=True)
            if line.split(":")[0] not in known]
    copy = Path(folder, name)
    copy.write_text("".join(kept) + lines)
    mounts.replace(f"/etc/{name}", copy)


def as_user(account, groups=()):
    """What subprocess wants to be told so that a command runs as this (uid, gid). From its first program on:
    libfaketime fails in a process that has changed its user."""
    return {"user": account[0], "group": account[1], "extra_groups": list(groups)}
