# SPDX-License-Identifier: MIT
"""Many branches at once: each a process of the real binary with its own account in the VPS."""
import time

from . import oracle, schema
from .daemon import OK, Consolidador
from .waiting import wait_until

RECORDED = "SELECT COUNT(*) FROM central.SincronizacionDias WHERE Fecha = %s AND Revision = %s"
PUSH_SECONDS = 600


class Crowd:
    """The branches 1 to `count`; all have the same POS, so each sells what it has."""

    def __init__(self, servers, folder, count):
        self.servers = servers
        self.vps = servers.vps
        schema.install_guard(servers.vps)
        for server in servers:
            server.query("SET GLOBAL max_connections = 1000")
        self.branches = [self._branch(folder, number) for number in range(1, count + 1)]

    def _branch(self, folder, number):
        branch = Consolidador(self.servers, folder / str(number), branch=number)
        password = f"clave de la sucursal {number}"
        schema.enlist(self.vps, number, password)
        branch.settings["databases"]["vps"] |= {
            "user": f"sucursal_{number}", "database": schema.GUARDED_DATABASE,
            "password_file": str(branch.write_password("vps", password))}
        branch.write_config()
        return branch

    def push(self, day, revision):
        """All at once; the seconds until the last one's day is visible in the VPS as this revision,
        and how many tries were needed beyond one each. Every run must have ended well."""
        start = time.monotonic()
        processes = [branch.spawn("once", "--from", str(day), "--to", str(day))
                     for branch in self.branches]
        wait_until(lambda: self.vps.value(RECORDED, (day, revision)) == len(self.branches),
                   "every branch's day is visible", PUSH_SECONDS)
        seconds = time.monotonic() - start
        runs = [branch.finish(process, PUSH_SECONDS).expect(OK)
                for branch, process in zip(self.branches, processes)]
        return seconds, sum(int(line["intentos"]) - 1 for run in runs for line in run.days)

    def differences(self, day):
        """Of all branches and targets, by the oracle: rows and ledgers."""
        found = []
        sold = oracle.pos_rows(self.servers.pos, "'BRANCH'", (day, day))
        for number in range(1, len(self.branches) + 1):
            expected = [row.replace("|BRANCH|", f"|{number}|", 1) for row in sold]
            found += oracle.differences(self.servers, number, (day, day), expected=expected)
            for target in self.servers.targets:
                found += oracle.ledger_differences(target, number, [day])
        return found

    def leave(self):
        for number in range(1, len(self.branches) + 1):
            self.vps.query("CALL central.sp_baja_sucursal(%s)", (number,))
        self.vps.query("DELETE FROM central.Sucursales")
