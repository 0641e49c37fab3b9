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
    """The beginning of a command line that runs the rest as this (uid, gid)."""
    more = f"--groups={','.join(map(str, groups))}" if groups else "--clear-groups"
    return ["setpriv", f"--reuid={account[0]}", f"--regid={account[1]}", more]
