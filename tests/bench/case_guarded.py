# SPDX-License-Identifier: MIT
"""Writing a day of 20,000 rows through the guarded schema, against the same server's plain tables.

Medians over days and rounds, by turns. What the branch's account sees are views that filter by login;
its procedures run over these views too.
"""
import statistics

from figure import Figure
from stage import FIRST

from support import schema
from support.daemon import BRANCH

DAYS = 10
ROUNDS = 3
ROWS = 20_000


def prepare(stage):
    """The days in the VPS, the guard, and an account for each way."""
    stage.sell(DAYS, ROWS)
    stage.once(FIRST, DAYS)
    vps = stage.servers.vps
    schema.install_guard(vps)
    schema.enlist(vps, BRANCH, schema.PASSWORDS["vps"])
    # write_path compares with a copy of the rows.
    vps.query("CREATE TABLE central.Copia (KEY (Fecha)) AS SELECT * FROM central.VentasAgrupadas")
    vps.query("CREATE VIEW sucursales.Copia AS SELECT * FROM central.Copia")
    vps.query("GRANT SELECT ON central.Copia TO 'bot'@'%'")
    vps.query("GRANT SELECT ON sucursales.Copia TO consolidador_sucursal")


def write(stage, user, database):
    """(upsert, whole transaction) in milliseconds for each day, as this account."""
    databases = stage.branch.settings["databases"]
    databases["local"] = databases["vps"] | {"user": user, "database": database}
    lines = stage.program("write_path", stage.branch.config, FIRST, DAYS).splitlines()
    return [tuple(map(float, line.split()[1:])) for line in lines]


def measure(stage):
    prepare(stage)
    plain, guarded = [], []
    for _ in range(ROUNDS):
        plain += write(stage, schema.BOT, schema.AGGREGATE_DATABASE)
        guarded += write(stage, f"sucursal_{BRANCH}", schema.GUARDED_DATABASE)
    for name, column in (("UPSERT", 0), ("whole transaction", 1)):
        without, within = (statistics.median(day[column] for day in days) for days in (plain, guarded))
        yield Figure(f"{name}, plain tables", without, "ms")
        yield Figure(f"{name}, guarded / plain", within / without, "x")
