# SPDX-License-Identifier: MIT
"""Names for the places, as a name server's answers would have them: /etc/hosts, for us alone."""
from pathlib import Path

from support import mounts

HOSTS = Path("/etc/hosts")
HOME, ELSEWHERE = "127.0.0.1", "127.0.0.2"
NOBODY = "127.0.66.1"  # where nobody listens


class Names:
    """Each place has a name of its own; `answer` says with which addresses, in which order."""

    def __init__(self, folder, places):
        """In place of the machine's, until mounts.unmount(HOSTS)."""
        self._others = HOSTS.read_text()
        self._addresses = {place: [] for place in places}
        copy = Path(folder, "hosts")
        copy.touch(mode=0o644)
        mounts.replace(HOSTS, copy)

    @staticmethod
    def of(place):
        return f"{place}.sucursal.test"

    def answer(self, place, *addresses):
        self._addresses[place] = addresses
        HOSTS.write_text(self._others + "".join(
            f"{address} {self.of(place)}\n"
            for place, addresses in self._addresses.items() for address in addresses))
