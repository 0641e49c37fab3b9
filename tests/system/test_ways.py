# SPDX-License-Identifier: MIT
"""Each way in which a sale does not get through is told: by health, Nagios, heartbeat and bitacora, soon."""
import contextlib
import re
import tempfile
import time

import pytest

from support import pos, schema
from support.bus import Branch, PrivateBus
from support.client import Client
from support.daemon import BRANCH, Consolidador
from support.mishaps import FAILING_SECONDS, can_move_clock
from support.relay import Relay
from support.service import Service
from support.waiting import wait_until
from support.ways import FOR_LONG, IN_HEALTH, OTHER_PROOFS, SERVERS, WAYS, reasons, table

CYCLES = 2  # docs/reliability.md
SLACK = 8  # cycles, for a machine on which the servers get little of the processor
SECONDS = 90
SETTINGS = {
    "schedule": {"every": "1s"},
    "health": {"degraded_after": "2s", "failing_after": "1h"},
    "timeouts": {"connect": "1s", "read": "1s", "write": "1s", "statement": "1s"},
    "window": {"reprocess_days": 1},
}


def seconds_of(setting):
    if (setting,) == FOR_LONG:
        return FAILING_SECONDS
    section, key = setting.split(".")
    return int(SETTINGS[section][key].removesuffix("s"))


class Shop:
    """A running branch, in which all is well between the ways."""

    def __init__(self, servers, bus, folder):
        self._servers = servers
        self._stack = contextlib.ExitStack()
        self.service = self._stack.enter_context(
            contextlib.closing(Service(servers, Consolidador(servers, folder))))
        self._relays = {place: self._stack.enter_context(Relay(self.server(place).port)) for place in SERVERS}
        self.service.through(**{IN_HEALTH[place]: relay for place, relay in self._relays.items()})
        self.service.bus = "system"
        self.service.environment |= bus.environment
        self.branch = Branch(bus, BRANCH)
        self.client = Client(bus.environment)
        self.today = self.service.today
        self._sales = 0
        self.seen_others = 0  # to have written its days, as the log has it

    def close(self):
        self._stack.close()

    def open(self):
        for server in self._servers:
            if not server.running:
                server.start()
        schema.create_pos(self._servers.pos)
        for target in self._servers.targets:
            schema.empty_aggregate(target)
        pos.fill_evenly(self._servers.pos, self.service.days(2))
        self.service.start(**SETTINGS)
        self.service.wait_synced(self.service.days(2))
        self.wait_well()
        return self

    def server(self, place):
        return getattr(self._servers, SERVERS[place])

    def relay(self, place):
        return self._relays[place]

    def sell(self):
        self._sales += 1
        pos.sell(self._servers.pos, self.today, upc=f"venta {self._sales}")

    @contextlib.contextmanager
    def restarted(self, environment=()):
        """The service runs with this besides its own environment."""
        own = dict(self.service.environment)
        self.service.stop()
        self.service.environment |= dict(environment)
        self.service.start()
        yield
        self.service.stop()
        self.service.environment = own
        self.service.start()

    def cycles(self):
        return self.service.log().count("cycle: ")

    def said(self):
        """What everybody says now, for who reads of a failure."""
        lines = [self.service.log()[-1500:]]
        for target in ("local", "vps"):
            with contextlib.suppress(Exception):  # it may be what is broken
                lines.append(f"{target}: {self.server(target).query('SELECT Salud, Motivos FROM central.EstadoSucursales')}")
        lines += [str(dict(line)) for line in self.service.consolidador.read_bitacora()[-3:]]
        said = self.client.pipe("status", "--format=nagios")
        return "\n".join([*lines, f"{said.exit_code} {said.stdout}"])

    # -- who tells -

    def health(self, way):
        return re.search(way.pattern, "; ".join(self.branch.get("HealthReasons")))

    def nagios(self, way):
        said = self.client.pipe("status", "--format=nagios")
        return said.exit_code == way.nagios and re.search(way.pattern, said.stdout)

    def heartbeat(self, way):
        beats = [self.server(target).query("SELECT Salud, Motivos FROM central.EstadoSucursales"
                                           " WHERE IdSucursal = %s", (BRANCH,))[0] for target in way.heartbeat]
        return all(salud != "ok" and re.search(way.pattern, motivos or "") for salud, motivos in beats)

    def bitacora(self, way, told):
        return [line for line in self.service.consolidador.read_bitacora()[told:]
                if line["estado"] == way.bitacora and (line["fecha"] == str(self.today) or way.place == "machine")]

    def wait_well(self):
        wait_until(lambda: self.branch.get("Health") == "ok", "health is ok", SECONDS)


class Watch:
    """Who has told of a way, and at which cycle it was certain that he had not."""

    def __init__(self, shop, way):
        self._shop = shop
        told = len(shop.service.consolidador.read_bitacora())
        self._asked = {"health": lambda: shop.health(way)} if way.answers else {}
        self._asked["nagios"] = lambda: shop.nagios(way)
        if way.heartbeat:
            self._asked["heartbeat"] = lambda: shop.heartbeat(way)
        if way.bitacora:
            self._asked["bitacora"] = lambda: shop.bitacora(way, told)
        self._allowed = sum(map(seconds_of, way.within))
        self._began = time.monotonic()
        self._aged_at = None
        self.silent_at = {}
        self._before = dict.fromkeys(self._asked, 0)

    def _look(self):
        cycles = self._shop.cycles()
        if self._aged_at is None and time.monotonic() - self._began >= self._allowed:
            self._aged_at = cycles
        for who in [who for who in self._asked if who not in self.silent_at]:
            if self._asked[who]():
                self.silent_at[who] = self._before[who]
            elif self._aged_at is not None:
                self._before[who] = cycles - self._aged_at
        return len(self.silent_at) == len(self._asked)

    def wait(self):
        try:
            wait_until(self._look, "all have told", SECONDS)
        except AssertionError as late:
            silent = set(self._asked) - set(self.silent_at)
            raise AssertionError(f"{late}; silent: {silent}\n{self._shop.said()}") from None
        late = {who: count for who, count in self.silent_at.items() if count > CYCLES + SLACK}
        assert not late, f"cycles after the time that is allowed: {late}"


@pytest.fixture(scope="module")
def module_bus(known_accounts):
    with tempfile.TemporaryDirectory(prefix="bus-") as folder:
        with contextlib.closing(PrivateBus(folder)) as private:
            yield private.start()


@pytest.fixture(scope="module")
def open_shop(servers, module_bus):
    """Gives the shop of the way before; after one that has gone wrong, a new one."""
    shops = []

    def close():
        while shops:
            shop, folder = shops.pop()
            with folder, contextlib.suppress(Exception):  # what went wrong is told already
                shop.close()

    def give():
        if not shops:
            folder = tempfile.TemporaryDirectory(prefix="sucursal-", dir=servers.folder)
            shops.append((Shop(servers, module_bus, folder.name), folder))
            shops[0][0].open()
        return shops[0][0]
    yield give, close
    close()


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_a_way_in_which_a_sale_does_not_get_through_is_told(open_shop, way):
    if way.name.startswith("clock") and not can_move_clock():
        pytest.skip("needs libfaketime, and a clock not moved yet")
    give, close = open_shop
    try:
        shop = give()
        watch = Watch(shop, way)
        with way.inject(shop):
            if way.sells:
                shop.sell()
            watch.wait()
        if not way.sells:
            shop.sell()
        shop.service.wait_synced(shop.service.days(2), seconds=SECONDS)
        shop.wait_well()
    except BaseException:
        close()
        raise


def test_each_reason_of_health_has_a_way():
    """Whoever adds one to lib/report/health.cpp adds the way to support/ways.py, or says there what else proves it."""
    told = [way.says for way in WAYS]
    assert [reason for reason in reasons() if not any(reason in says for says in (*told, *OTHER_PROOFS))] == []


@pytest.mark.parametrize("reason", OTHER_PROOFS)
def test_a_reason_without_a_way_has_another_proof(reason):
    file, name = OTHER_PROOFS[reason]
    assert reason in reasons() and name in (schema.ROOT / file).read_text(encoding="utf-8")


def test_the_page_tells_of_these_ways():
    """tests/support/ways.py prints the table."""
    page = (schema.ROOT / "docs/reliability.md").read_text(encoding="utf-8")
    assert table() in page and f"{len(WAYS)} ways in which" in page
