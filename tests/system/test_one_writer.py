# SPDX-License-Identifier: MIT
"""One writer at a time: daemon and `once` never write an older extraction over a newer one, and a second
machine that takes itself for the same branch is refused.

CONSOLIDADOR_WRITERS_SECONDS and CONSOLIDADOR_WRITERS_ONCE make it longer than there is time for in
every run: 300 and 20 is the whole of it.
"""
import contextlib
import os
import random
import tempfile
import threading
import time
from pathlib import Path

import pymysql
import pytest

from support import mounts, oracle, pos, schema
from support.client import Client
from support.daemon import BRANCH, DAY_IN_ERROR, OK, UNREACHABLE, Consolidador
from support.relay import Delay, Relay
from support.service import Service
from support.waiting import wait_until

SECONDS = float(os.environ.get("CONSOLIDADOR_WRITERS_SECONDS", 12))
RUNS = int(os.environ.get("CONSOLIDADOR_WRITERS_ONCE", 6))
SEED = int(os.environ.get("CONSOLIDADOR_SEED", random.randrange(1 << 32)))
POLL_SECONDS = 0.005
TILL_SECONDS = 0.005
LATE_SECONDS = 0.02  # for each packet: so a run writes long after it has extracted
WINDOW = 2
SEEN = """SELECT COUNT(*), COALESCE(SUM(Unidades), 0), COALESCE(SUM(VentaTotal), 0)
          FROM central.VentasAgrupadas WHERE IdSucursal = %s AND Fecha = %s"""
MACHINE_ID = Path("/etc/machine-id")
SECOND_ID = "0123456789abcdef0123456789abcdef"
SECOND_LOCAL = "segunda"
REMEDY = "take-over"


class Worker(threading.Thread):
    """Does something again and again until it is told to stop; its error is the test's."""

    def __init__(self, server, pause):
        super().__init__(name=f"{type(self).__name__} at {server.name}", daemon=True)
        self.name_of_server = server.name
        self.times = 0
        self._connection = server.connect()
        self._pause = pause
        self._stopped = threading.Event()
        self._error = None

    def run(self):
        try:
            with self._connection.cursor() as cursor:
                while not self._stopped.wait(self._pause):
                    self.act(cursor)
                    self.times += 1
        except pymysql.Error as error:  # reported by the test's own thread
            self._error = error

    def close(self):
        self._stopped.set()
        self.join()
        self._connection.close()
        assert self._error is None, self._error


class Till(Worker):
    """Sells, and takes nothing back: today's rows, units and sales only grow."""

    def __init__(self, server, today):
        super().__init__(server, TILL_SECONDS)
        self._today = today
        self._random = random.Random(SEED)

    def act(self, cursor):
        upc, *dimensions = self._random.choice(pos.PRODUCTS)
        cursor.execute(pos.INSERT, (self._today, upc, *dimensions, 1, "1.25", "0.50"))


class Reader(Worker):
    """Notes every time that it saw less of today than before."""

    def __init__(self, target, today):
        super().__init__(target, POLL_SECONDS)
        self.fell = []
        self.versions = 0
        self._today = today
        self._seen = (0, 0, 0)

    def act(self, cursor):
        cursor.execute(SEEN, (BRANCH, self._today))
        seen = cursor.fetchone()
        if any(new < old for new, old in zip(seen, self._seen)):
            self.fell.append(f"{self.name_of_server}: {self._seen} became {seen}")
        self.versions += seen != self._seen
        self._seen = seen


@pytest.fixture
def late(places, service):
    """The same installation over slow lines to its targets: what it extracts is old when it writes."""
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="lenta-", dir=places.folder))
        installation = Consolidador(places, folder)
        installation.configure(branch={"id": BRANCH, "time_zone": service.zone})
        for target in places.targets:
            relay = stack.enter_context(Relay(target.port))
            stack.enter_context(relay.fault(Delay(LATE_SECONDS)))
            installation.settings["databases"][target.name]["port"] = relay.port
        yield installation


def test_daemon_and_many_once_never_let_todays_sales_fall(places, service, late):
    print(f"\nCONSOLIDADOR_SEED={SEED} CONSOLIDADOR_WRITERS_SECONDS={SECONDS}"
          f" CONSOLIDADOR_WRITERS_ONCE={RUNS}")
    days = service.days(WINDOW + 1)
    pos.fill(places.pos, days[:-1], empty=())
    service.start(window={"reprocess_days": WINDOW})
    service.wait_synced(days)
    with contextlib.ExitStack() as stack:
        workers = [Till(places.pos, service.today), *(Reader(target, service.today)
                                                      for target in places.targets)]
        for worker in workers:
            worker.start()
            stack.enter_context(contextlib.closing(worker))
        runs = run_at_random_moments(late)
    _, *readers = workers
    assert [fall for reader in readers for fall in reader.fell] == []
    assert min(reader.versions for reader in readers) >= RUNS, "today hardly changed"
    for run in runs:
        assert not {line["estado"] for line in run.expect(OK).days} & {"ERROR", "RETENIDO"}
    service.wait_synced(days)
    assert not service.log_lines("Z ERROR ")


def run_at_random_moments(consolidador):
    """So many `once` in so many seconds, each on its own; how they ended."""
    source = random.Random(SEED)
    moments = sorted(source.uniform(0, SECONDS) for _ in range(RUNS))
    consolidador.write_config()
    begin = time.monotonic()
    processes = []
    for moment in moments:
        time.sleep(max(0, begin + moment - time.monotonic()))  # the moment, not a synchronisation
        processes.append(consolidador.spawn("once"))
    time.sleep(max(0, begin + SECONDS - time.monotonic()))
    return [consolidador.finish(process) for process in processes]


@pytest.mark.unguarded
def test_two_once_at_a_time_never_let_todays_sales_fall(places, service, consolidador, late):
    """The same without a daemon."""
    late.write_config()
    pos.fill(places.pos, service.days(2)[:1], empty=())
    consolidador.write_config()
    with contextlib.ExitStack() as stack:
        workers = [Till(places.pos, service.today), *(Reader(target, service.today)
                                                      for target in places.targets)]
        for worker in workers:
            worker.start()
            stack.enter_context(contextlib.closing(worker))
        for _ in range(RUNS):
            process = late.spawn("once")
            while process.poll() is None:
                consolidador.once().expect(OK)
            late.finish(process).expect(OK)
    assert [fall for reader in workers[1:] for fall in reader.fell] == []
    consolidador.once().expect(OK)
    oracle.assert_agree(places, BRANCH, service.days(2))


def test_the_writers_exclude_each_other_by_the_branchs_rows_and_not_by_named_locks(
        places, service, consolidador):
    """Any account can take a named lock, and a cluster does not know it."""
    pos.fill(places.pos, service.days(2), empty=())
    with contextlib.ExitStack() as stack:
        logs = [stack.enter_context(target.recording()) for target in places.targets]
        service.start()
        service.wait_synced(service.days(2))
        consolidador.once().expect(OK)
        service.stop()
    for log in logs:
        assert log and not [entry for entry in log if "GET_LOCK" in entry.text.upper()]


@pytest.mark.unguarded
def test_who_waits_for_a_lock_in_vain_is_told_whose_it_is(places, service, consolidador):
    """The wait is bounded, also behind a session that was forgotten."""
    day = service.days(1)[0]
    pos.fill(places.pos, [day], empty=())
    consolidador.configure(retry={"attempts": 1})
    consolidador.once().expect(OK)
    with places.local.connect(schema.BOT, schema.PASSWORDS["local"].encode(),
                              schema.AGGREGATE_DATABASE) as forgotten:
        with forgotten.cursor() as cursor:
            cursor.execute("START TRANSACTION")
            cursor.execute("UPDATE VentasAgrupadas SET UltimaSync = NOW() WHERE Fecha = %s", (day,))
            pos.sell(places.pos, day, upc="7501000111112", category=10)
            run = consolidador.once().expect(DAY_IN_ERROR)
            assert f"other sessions of this account: {forgotten.thread_id()} from localhost (Sleep: idle, or in a transaction that holds it, " in (
                run.day(day)["error"]), run
    consolidador.once().expect(OK)
    assert oracle.differences(places, BRANCH, (day, day)) == []


# -- two machines ------------------------------------------------------------------------------------


@pytest.fixture
def second(places, service, tmp_path):
    """Another machine with the same branch.id: the same POS and VPS, a local database of its own."""
    if not mounts.available() or not MACHINE_ID.is_file():
        pytest.skip("needs root, the right to mount and /etc/machine-id")
    identity = tmp_path / "machine-id"
    identity.write_text(f"{SECOND_ID}\n")
    create_second_local(places.local)
    with tempfile.TemporaryDirectory(prefix="segunda-", dir=places.folder) as folder:
        installation = Consolidador(places, folder)
        installation.prefix = mounts.elsewhere(MACHINE_ID, identity)
        installation.settings["databases"]["local"]["database"] = SECOND_LOCAL
        with contextlib.closing(Service(places, installation)) as machine:
            yield machine
    places.local.query(f"DROP DATABASE {SECOND_LOCAL}")


def create_second_local(server):
    server.query(f"CREATE OR REPLACE DATABASE {SECOND_LOCAL}")
    server.query("SET GLOBAL event_scheduler = OFF")
    schema.run_scripts(server, schema.AGGREGATE_SCRIPTS, SECOND_LOCAL)
    server.query("SET GLOBAL event_scheduler = ON")
    schema.grant(server, [statement.replace(f" {schema.AGGREGATE_DATABASE}.", f" {SECOND_LOCAL}.")
                          for statement in schema.AGGREGATE_GRANTS])


def rows_of_second(places):
    return places.local.value(f"SELECT COUNT(*) FROM {SECOND_LOCAL}.VentasAgrupadas")


def mark(target, database=schema.AGGREGATE_DATABASE):
    """The machine whose branch it is."""
    rows = target.query(f"SELECT Maquina FROM {database}.EstadoSucursales WHERE IdSucursal = %s",
                        (BRANCH,))
    return rows[0][0] if rows else ""


def assert_vps_as_before(places, before):
    assert [oracle.target_rows(places.vps, BRANCH), mark(places.vps)] == before


def test_the_first_machine_leaves_its_mark_in_both_targets(places, service):
    service.start()
    service.wait_synced(service.days(2))
    for target in places.targets:
        wait_until(lambda: mark(target), f"{target.name} is marked")
        assert len(mark(target)) == 32 and set(mark(target)) <= set("0123456789abcdef")
    assert mark(places.local) == mark(places.vps)


def test_a_second_machine_is_refused_at_its_first_contact_and_its_local_goes_on(
        places, service, second):
    days = service.days(2)
    pos.fill(places.pos, days, empty=())
    service.start()
    service.wait_synced(days)
    service.stop()
    before = [oracle.target_rows(places.vps, BRANCH), mark(places.vps)]
    pos.sell(places.pos, days[-1], upc="segunda")
    second.start()
    line = second.wait_log(rf"Z ERROR .*vps.*{REMEDY}")[0]
    assert str(BRANCH) in line
    sold = f"SELECT COUNT(*) FROM {SECOND_LOCAL}.VentasAgrupadas WHERE Upc = 'segunda'"
    wait_until(lambda: places.local.value(sold), "its own local has today's sale")
    second.wait_cycles(3)
    assert len(second.log_lines(rf"Z ERROR .*{REMEDY}")) <= 2, "said once"
    assert_vps_as_before(places, before)
    run = second.consolidador.once()
    assert run.exit_code in (DAY_IN_ERROR, UNREACHABLE), run
    assert REMEDY in run.stdout + run.stderr + "".join(line["error"] for line in run.days)
    assert_vps_as_before(places, before)


def test_after_a_take_over_the_first_machine_is_refused(places, service, second):
    days = service.days(2)
    pos.fill(places.pos, days, empty=())
    service.start()
    service.wait_synced(days)
    first = mark(places.vps)
    pos.sell(places.pos, days[-1], upc="segunda")
    service.wait_synced(days)
    second.consolidador.once("--take-over").expect(OK)
    assert rows_of_second(places) == len(oracle.target_rows(places.vps, BRANCH))
    assert mark(places.vps) not in ("", first)
    assert mark(places.local) == first, "local is the first machine's own"
    pos.sell(places.pos, days[-1], upc="primera")
    service.wait_log(rf"Z ERROR .*vps.*{REMEDY}")
    service.wait_synced(days, [places.local])
    assert not any("|primera" in row for row in oracle.target_rows(places.vps, BRANCH))
    second.consolidador.once().expect(OK)  # its own mark is there
    oracle.assert_agree(places, BRANCH, days)


def test_the_client_takes_over_too(places, service, branch, second):
    """On the machine whose daemon is refused: as after a change of hardware."""
    days = service.days(2)
    pos.fill(places.pos, days, empty=())
    second.consolidador.once().expect(OK)
    other = mark(places.vps)
    pos.sell(places.pos, days[-1], upc="nueva")
    service.start()
    service.wait_log(rf"Z ERROR .*vps.*{REMEDY}")
    Client(branch.bus.environment).pipe("take-over", "--yes").expect(OK)
    service.wait_synced(days)
    wait_until(lambda: mark(places.vps) not in ("", other), "the VPS is this machine's")
    assert REMEDY in "".join(line["error"] for line in second.consolidador.once().days)
