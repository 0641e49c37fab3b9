# SPDX-License-Identifier: MIT
"""The guarded VPS of sql/vps: the tables in `central`, what branches see in `sucursales`."""
import subprocess

from .schema import ROOT
from .servers import find_program

DATABASE = "sucursales"


def install(server):
    """As an administrator would; over what is there already."""
    done = subprocess.run(
        [find_program("mariadb"), "--no-defaults", "--user=root", f"--socket={server.socket}"],
        input=(ROOT / "sql/vps/instalar.sql").read_text(), cwd=ROOT, text=True, capture_output=True)
    if done.returncode != 0:
        raise RuntimeError(f"{server.name}: {done.stderr.strip()}")


def account(branch):
    return f"sucursal_{branch}"


def enlist(server, branch, password, tls=False):
    """A branch's account; without `tls` it may come in plaintext, as the tests' servers need."""
    server.query("CALL central.sp_alta_sucursal(%s, %s, %s)",
                 (branch, f"Sucursal {branch}", password))
    if not tls:
        server.query(f"ALTER USER '{account(branch)}'@'%' REQUIRE NONE")
