# SPDX-License-Identifier: MIT
"""The three places, the daemon behind relays, tills and readers: what a schedule plays on."""
import contextlib
import tempfile
from pathlib import Path

import pymysql

from support import mounts, oracle, pos, schema
from support.bus import Branch, PrivateBus
from support.daemon import BRANCH, Consolidador
from support.relay import Relay
from support.schema import POS_DATABASE
from support.service import PLACES, Service
from support.waiting import DeadlineExceeded, wait_until

import clock
import liveness
from clock import Clock
from names import HOME, HOSTS, Names
from reader import Reader
from till import Till

WINDOW = 3  # days before today
OLD = 30    # days ago: the day that only a request brings
RECOVERY_SECONDS = 90
# Of a cycle that ended while every place answered.
WHOLE_CYCLE = r"cycle: .*, operational up, local up.*, vps up"
LATEST = "9999-12-31"
SMALL_DISK = "256k"
LINES = f"{POS_DATABASE}.ventasdiarias"
LOST, BACKUP = f"{POS_DATABASE}.perdidas", f"{POS_DATABASE}.respaldo"
LINE = ("linea, Fecha, Upc, IdDepartamentos, IdCategorias, IdSubcategorias, Cantidad, MontoTotal,"
        " CostoTotal")
IMPATIENT = {"connect": "1s", "read": "4s", "write": "4s", "statement": "3s", "unit": "20s"}


class Stage(contextlib.ExitStack):
    """A branch for one schedule, as root on a bus. `requests`: somebody asks for an old day there."""

    def __init__(self, servers, seed, random):
        super().__init__()
        self.servers = servers
        self._seed = seed
        root = mounts.available()
        self._has_bus = root
        self._branch = None
        self.requests = root and random.random() < 0.3
        self._wants_clock = clock.available() and random.random() < 0.4
        self._wants_small_disks = root and random.random() < 0.5
        self.servers_have_disks = root
        self._wants_names = root and random.random() < 0.5
        self.names = None
        self.clock = None
        self.small_disks = ()
        # A table was changed under a living connection: only the closing pass would notice it.
        self.repaired_by_hand = False
        self.lost_sales = False  # the POS, at one time or another

    def __enter__(self):
        with contextlib.ExitStack() as undo:
            undo.push(super().__exit__)
            self._set_up()
            undo.pop_all()
        return self

    def _set_up(self):
        schema.create_pos(self.servers.pos)
        for target in self.servers.targets:
            schema.empty_aggregate(target)
        folder = Path(self.enter_context(
            tempfile.TemporaryDirectory(prefix="sucursal-", dir=self.servers.folder)))
        self.relays = {name: self.enter_context(Relay(self.server(name).port))
                       for name in PLACES.values()}
        self.service = Service(self.servers, Consolidador(self.servers, folder / "branch"))
        self.days = self.service.days(WINDOW + 1)
        self.old_day = self.service.days(OLD + 1)[0]
        pos.fill(self.servers.pos, [self.old_day, *self.days], empty=())
        self.number_the_lines()
        self._mount_small_disks()
        self._name_the_servers()
        self._set_up_clock(folder)
        self._set_up_bus()
        self._start_all()

    def server(self, place):
        return getattr(self.servers, place)

    def number_the_lines(self):
        """So that those that the POS loses can be told from others; and it has a backup from now."""
        pos_server = self.servers.pos
        pos_server.query(f"ALTER TABLE {LINES} ADD COLUMN linea BIGINT UNSIGNED NOT NULL AUTO_INCREMENT"
                         " INVISIBLE, ADD PRIMARY KEY (linea)")
        for table in (LOST, BACKUP):
            pos_server.query(f"CREATE TABLE {table} LIKE {LINES}")
        pos_server.query(f"INSERT INTO {BACKUP} ({LINE}) SELECT {LINE} FROM {LINES}")

    # -- what only some stages have ----------------------------------------------------------------

    def _mount_small_disks(self):
        if not self._wants_small_disks:
            return
        self.small_disks = (self.service.consolidador.logs,
                            self.service.consolidador.folder / "state")
        for folder in self.small_disks:
            mounts.mount_disk(folder, SMALL_DISK)
            self.callback(mounts.unmount, folder)

    def _name_the_servers(self):
        if not self._wants_names:
            return
        self.names = Names(self.service.consolidador.folder, PLACES.values())
        self.callback(mounts.unmount, HOSTS)
        for name, place in PLACES.items():
            self.names.answer(place, HOME)
            self.service.consolidador.settings["databases"][name] |= {
                "host": self.names.of(place), "tls": {"required": False}}

    def _set_up_clock(self, folder):
        if not self._wants_clock:
            return
        self.clock = Clock(folder)
        self.service.environment |= self.clock.environment

    def _set_up_bus(self):
        if not self._has_bus:
            return
        folder = self.enter_context(tempfile.TemporaryDirectory(prefix="bus-"))
        bus = self.enter_context(contextlib.closing(PrivateBus(folder))).start()
        self.service.bus = "system"
        self.service.environment |= bus.environment
        self._branch = Branch(bus, BRANCH)

    # -- playing -----------------------------------------------------------------------------------

    def _start_all(self):
        names = {name: self.relays[place] for name, place in PLACES.items()}
        self.service.through(**names)
        self.readers = {target.name: Reader(target, self.service.today)
                        for target in self.servers.targets}
        self.till = Till(self.servers.pos, self.days, self._seed)
        self.enter_context(contextlib.closing(self.service))
        for thread in (*self.readers.values(), self.till):
            thread.start()
            self.callback(thread.stop)
        self.service.start(window={"reprocess_days": WINDOW}, timeouts=IMPATIENT,
                           stop={"grace": "5s"}, health=liveness.AGES)

    def ask_for_the_old_day(self):
        """Acknowledged, it must come, whatever happens from here on."""
        self._branch.bus.wait_name(self._branch.name)
        self._branch.request("Backfill", self.old_day, self.old_day)

    def ask_for_an_audit_of_the_old_day(self):
        """No cycle looks at it: who has mended the POS asks for that."""
        self._branch.bus.wait_name(self._branch.name)
        self._branch.request("Audit", self.old_day, self.old_day)

    def close_tills(self):
        self.till.stop()
        return self.till.done

    def wait_recovered(self):
        """Until all is equal that must be; after how many whole cycles something was still missing.
        Who repairs a target by hand asks for a look at it."""
        if self.repaired_by_hand:
            self.service.hang_up()
        first = self._whole_cycles()
        unequal_after = [0]

        def equal():
            cycles = self._whole_cycles() - first
            if not self.differences():
                return True
            unequal_after.append(cycles)
            return False
        try:
            wait_until(equal, "all is equal", RECOVERY_SECONDS)
        except DeadlineExceeded as late:
            raise AssertionError(f"{late}\n" + "\n".join(self.differences())) from None
        return max(unequal_after)

    def _whole_cycles(self):
        """Where history is brought that somebody asked for, which takes the time that the POS has
        for it, only those count after which none is pending."""
        lines = self.service.log_lines(WHOLE_CYCLE)
        return sum(not (self.requests and "pending" in line) for line in lines)

    def differences(self):
        """What is not as it must be in the targets; what nobody asked for must be right too."""
        found = []
        for target in self.servers.targets:
            known = {day for (day,) in target.query("SELECT Fecha FROM central.SincronizacionDias")}
            required = {*self.days, self.old_day} if self.requests else set(self.days)
            first = self.old_day if self.old_day in known | required else self.days[0]
            found += oracle.differences(self.servers, BRANCH, (str(first), LATEST), [target])
            found += oracle.ledger_differences(target, BRANCH, known | required)
        return found

    def wait_told(self, broken):
        """While these places are broken, of each day that is missing in a target: until it is there, or somebody
        is told. What was missing in the end, and what was not told."""
        reached = self._sell_one()
        sound = [target for target in self.servers.targets if target.name not in broken]
        return liveness.wait_told_or_whole(
            lambda: liveness.missing_in(self.servers, self.days, reached),
            lambda: liveness.told_by(self.service, self._branch, self.days, sound))

    def _sell_one(self):
        """Whether the POS could."""
        try:
            with self.servers.pos.connect(connect_timeout=2, read_timeout=2) as connection:
                connection.cursor().execute(pos.INSERT, (self.days[-1], "oido", 1, 10, 100, 1, "3.21", "2.10"))
        except (pymysql.Error, OSError):
            return False
        return True

    def wait_quiet(self):
        """When all is equal: until nobody is told of anything. What still is, and after how many whole cycles."""
        first = self._whole_cycles()
        found = liveness.wait_quiet(
            lambda: liveness.told_by(self.service, self._branch, self.days, self.servers.targets))
        return found, self._whole_cycles() - first

    def seen(self):
        """What the readers have seen that nobody should see."""
        return [line for reader in self.readers.values() for line in reader.found]
