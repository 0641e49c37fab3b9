# SPDX-License-Identifier: MIT
"""Where a case plays: three private servers as in production, a branch's installation, sales in bulk."""
import contextlib
import datetime
import os
import re
import subprocess
import tempfile
import threading
import time
from pathlib import Path

from support import schema
from support.daemon import BRANCH, Consolidador, spawn
from support.servers import Servers
from support.service import Service, noon_zone
from support.waiting import wait_until
from wire import Wire

# As a server that keeps what it has acknowledged; the tests' own defaults are leaner.
DURABLE = ("--innodb-flush-log-at-trx-commit=1", "--innodb-buffer-pool-size=512M",
           "--innodb-log-file-size=256M", "--max-allowed-packet=64M")

# The daemon fills the gap between a history and today: so histories end yesterday.
TODAY = noon_zone()[1]


def days_ago(days):
    return TODAY - datetime.timedelta(days)


FIRST = days_ago(60)

# How fast the POS may be read is then nobody's concern, as with the floor client; case pos has the limits.
UNLIMITED = {"extraction": {"parallel": 16, "share": 100, "max_threads_running": 0}}

PRODUCTS = """
INSERT INTO superpos.productos (Upc, IdProveedores)
SELECT CONCAT('75', LPAD(seq * 7919, 11, '0')), seq % 200 + 1 FROM seq_1_to_{rows}
"""

# No cycle but the first, and limits of health that such a schedule may have.
HOURLY = {"every": "1h"}
FOR_HOURLY = {"degraded_after": "2h"}

# Every product sells once a day and every fifth twice; the amounts depend on the day.
SALES = """
INSERT INTO superpos.ventasdiarias
SELECT DATE '{first}' + INTERVAL day.seq DAY, CONCAT('75', LPAD(line.seq * 7919, 11, '0')),
       line.seq % 20 + 1, line.seq % 90 + 1, line.seq % 400 + 1,
       1 + (line.seq + day.seq) % 5, ((line.seq * 37 + day.seq * 101) % 99991) / 100,
       ((line.seq * 29 + day.seq * 97) % 69991) / 100
FROM seq_0_to_{last_day} day JOIN
     (SELECT seq FROM seq_1_to_{rows} UNION ALL SELECT seq * 5 FROM seq_1_to_{twice}) line
"""


def peak_memory(process):
    """Waits for its end; the most resident bytes it ever had. (getrusage would count what it was before exec.)"""
    peak = 0
    while process.poll() is None:
        status = Path(f"/proc/{process.pid}/status").read_text()
        if found := re.search(r"VmHWM:\s+(\d+)", status):
            peak = int(found[1]) * 1024
        time.sleep(0.01)
    return peak


class Stage:
    """The servers and the installation of one case."""

    def __init__(self, build, on_disk=False, server_options=()):
        self.build = Path(build)
        self._servers = Servers((*DURABLE, *server_options), on_disk)
        self._stack = contextlib.ExitStack()

    def __enter__(self):
        self.servers = self._stack.enter_context(self._servers)
        for target in self.servers.targets:
            schema.create_aggregate(target)
        schema.create_pos(self.servers.pos)
        folder = self._stack.enter_context(
            tempfile.TemporaryDirectory(prefix="branch-", dir=self.servers.folder))
        self.branch = Consolidador(self.servers, folder)
        self.service = Service(self.servers, self.branch)
        return self

    def __exit__(self, *failure):
        self._stack.__exit__(*failure)

    # -- data ------------------------------------------------------------------------------------

    def sell(self, days, rows, first=FIRST):
        """So many days of so many products in the POS; replaces what was there."""
        pos = self.servers.pos
        pos.query("TRUNCATE TABLE superpos.ventasdiarias")
        pos.query("TRUNCATE TABLE superpos.productos")
        pos.client(PRODUCTS.format(rows=rows), schema.POS_DATABASE)
        for start in range(0, days, 20):  # transactions of a bearable size
            count = min(20, days - start)
            pos.client(SALES.format(first=first + datetime.timedelta(start), last_day=count - 1,
                                    rows=rows, twice=rows // 5), schema.POS_DATABASE)
        pos.query("ANALYZE TABLE superpos.ventasdiarias, superpos.productos")

    def empty_targets(self):
        for target in self.servers.targets:
            schema.empty_aggregate(target)

    def rows(self, target):
        return target.value("SELECT COUNT(*) FROM central.VentasAgrupadas")

    @staticmethod
    def cpu_seconds(server):
        """What the server has computed since its start."""
        fields = Path(f"/proc/{server.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    # -- runs ------------------------------------------------------------------------------------

    def once(self, first, days, *arguments):
        """`consolidadord once` over the range; (seconds, peak resident bytes)."""
        self.branch.write_config()
        last = first + datetime.timedelta(days - 1)
        start = time.monotonic()
        process = spawn("--config", str(self.branch.config), "once", "--from", str(first),
                        "--to", str(last), *arguments, stderr=subprocess.DEVNULL)
        threading.Thread(target=process.stdout.read).start()
        peak = peak_memory(process)
        if process.returncode != 0:
            raise RuntimeError(f"once ended with {process.returncode}:\n{self.branch.log.read_text()[-2000:]}")
        return time.monotonic() - start, peak

    def backfill(self, first, days, meanwhile=contextlib.nullcontext, **sections):
        """The daemon fills the range, until both targets hold it; (seconds, its CPU seconds, peak bytes).
        `meanwhile` is a context that is entered once it runs."""
        service = self.service
        last = first + datetime.timedelta(days - 1)
        self.branch.configure(historical={"from": str(first), "to": str(last)}, schedule=HOURLY, health=FOR_HOURLY,
                              **sections)
        with contextlib.closing(service):
            start = time.monotonic()
            service.start()
            with meanwhile():
                wait_until(lambda: self._hold(first, last, days), f"{days} days are in both targets", 3000)
            return time.monotonic() - start, service.cpu_seconds(), service.peak_memory()

    def _hold(self, first, last, days):
        time.sleep(0.2)  # asking costs the servers something
        return all(target.value("SELECT COUNT(*) FROM central.SincronizacionDias WHERE Fecha BETWEEN %s AND %s",
                                (first, last)) == days for target in self.servers.targets)

    @contextlib.contextmanager
    def wire(self, place, rtt=0.0, bits_per_second=None):
        """Inside the block the place is reached over such a line."""
        settings = self.branch.settings["databases"][place]
        straight = settings["port"]
        with Wire(straight, rtt, bits_per_second) as wire:
            settings["port"] = wire.port
            try:
                yield wire
            finally:
                settings["port"] = straight

    def floor(self, first, days, parallel=1, how="arrays"):
        """The same days with the floor client; seconds."""
        databases = self.branch.settings["databases"]
        places = [f"{schema.BOT}:{schema.PASSWORDS[server.name]}@{databases[name]['port']}/{databases[name]['database']}"
                  for name, server in zip(("operational", "local", "vps"), self.servers)]
        start = time.monotonic()
        subprocess.run([str(self.build / "tests/bench/floor_client"), how, str(schema.ROOT / "sql/dia"),
                        str(BRANCH), str(first), str(days), str(parallel), *places], check=True)
        return time.monotonic() - start

    def program(self, name, *arguments):
        """One of the bench's own programs; its output."""
        self.branch.write_config()
        return subprocess.run([str(self.build / "tests/bench" / name), *map(str, arguments)],
                              check=True, stdout=subprocess.PIPE, text=True).stdout
