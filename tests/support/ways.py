# SPDX-License-Identifier: MIT
"""The ways in which a sale does not get through, and who says so.

    cd tests; /usr/bin/python3 -m support.ways      # the table of docs/reliability.md

Each is injected into a running shop (support/mishaps.py), and ended again, by tests/system/test_ways.py.
"""
import re
from dataclasses import dataclass, replace
from typing import Callable

from . import schema
from .daemon import BRANCH
from .mishaps import (account, another_machine, away_for_long, bad_configuration, day_to_come, dropping_line, extraction,
                      fails, held_open, killed, line, lost, never_reached, no_bitacora, no_state_folder, own_clock, paused,
                      pos_audit, reloaded, rows_to_come, server_clock, server_that, sold, statements, stopped, trigger,
                      without_procedure, written_by_others, yesterday_gone)
from .relay import BlackHole, CutCommit, Refuse, Reset, StopAfter, Throttle

TARGETS = ("local", "vps")
SERVERS = {"POS": "pos", "local": "local", "vps": "vps"}
IN_HEALTH = {"POS": "operational", "local": "local", "vps": "vps"}

# How long a failure may take until it is one, besides the cycles.
AT_ONCE = ()
AGE = ("health.degraded_after",)
SILENCE = ("timeouts.connect", "timeouts.read", *AGE)
STATEMENT = ("timeouts.statement", *AGE)
FOR_LONG = ("health.failing_after",)


@dataclass(frozen=True)
class Way:
    name: str                # what happens, for people
    place: str               # where
    inject: Callable         # shop -> context manager
    says: str                # a reason of health, ... for any words; of a service that does not answer, only Nagios' text
    bitacora: str = "PENDIENTE"  # the line of the day; empty: none, for no day fails or nobody can write it
    nagios: int = 1
    heartbeat: tuple = TARGETS   # the targets that can be told
    within: tuple = AGE          # these settings, and two cycles
    sells: bool = True           # the till can sell meanwhile
    answers: bool = True         # the service does

    def __str__(self):
        return f"{self.place}: {self.name}"

    @property
    def pattern(self):
        return ".*".join(re.escape(part.strip()) for part in self.says.split("..."))


# -- all of them ------------------------------------------------------------------------------------

MEANINGS = {
    1021: "disk full", 1026: "error writing a file", 1030: "error of the storage engine", 1040: "too many connections",
    1054: "unknown column", 1062: "duplicate key", 1114: "table is full", 1142: "right is missing", 1146: "table is missing",
    1203: "no connection left", 1205: "lock not got in time", 1213: "deadlock", 1226: "account used up", 1264: "out of range",
    1305: "procedure is missing", 1366: "wrong characters", 1792: "transaction is read only", 1969: "takes too long",
}
RETRIED = (1205, 1213, 1792, 1969)
OF_THE_DAY = (1062, 1264, 1366)  # of the others nothing of the database can be used: full, no rights, no schema
IN_ERROR = "in ERROR, such as ... "


def others(place):
    return tuple(target for target in TARGETS if target != place)


def outage(name, place, inject, says="", **options):
    """Nothing of the place can be used."""
    return Way(name, place, inject, f"{IN_HEALTH[place]}: no success for ... {says}", heartbeat=others(place), **options)


def in_error(name, place, inject, says):
    """The day waits for a person, and is told at once."""
    return Way(name, place, inject, IN_ERROR + says, "ERROR", within=AT_ONCE)


def answer(number, place, moment, inject):
    """A server answers a statement of the day with an error number."""
    name, says = f"{MEANINGS[number]} ({number}), {moment}", "a way to fail"
    if number in OF_THE_DAY:
        return in_error(name, place, inject, says)
    if number in RETRIED:
        return Way(name, place, inject, f"today not in {'vps' if place == 'POS' else place} for ... {says}")
    return replace(outage(name, place, inject, says), heartbeat=TARGETS)  # it takes the heartbeat all the same


def answers():
    for number in (1021, 1026, 1030, 1040, 1054, 1114, 1142, 1146, 1203, 1205, 1213, 1226, 1264, 1305, 1366, 1792, 1969):
        yield answer(number, "vps", "rows", trigger("vps", "VentasAgrupadas", fails(number)))
    for number in (1114, 1213, 1366):
        yield answer(number, "local", "rows", trigger("local", "VentasAgrupadas", fails(number)))
    for number in (1030, 1213, 1264):
        yield answer(number, "vps", "ledger", trigger("vps", "SincronizacionDias", fails(number)))
    for number in (1205, 1062):
        yield answer(number, "local", "ledger", trigger("local", "SincronizacionDias", fails(number)))
    for number in (1040, 1146, 1205, 1213, 1264):
        yield answer(number, "POS", "extraction", extraction(fails(number)))


def lines_and_servers():
    for place in SERVERS:
        yield outage("line reset", place, line(place, Reset))
        yield outage("line swallows everything", place, line(place, BlackHole), within=SILENCE)
        can_sell = {"sells": place != "POS"}
        yield outage("server killed", place, server_that(place, "is killed"), **can_sell)
        yield outage("server hangs", place, server_that(place, "hangs"), within=SILENCE, **can_sell)
    yield outage("line refused", "vps", line("vps", Refuse))
    yield Way("line refused for longer than `failing_after`", "vps", away_for_long, "vps: no success for", nagios=2,
              heartbeat=("local",), within=FOR_LONG)
    yield Way("not reached since the start", "vps", never_reached, "vps: no day has got through since the start",
              heartbeat=("local",), within=AT_ONCE)
    yield outage("server shut down", "vps", server_that("vps", "is shut down"))
    yield outage("line drops after 3 kB", "vps", dropping_line("vps", 3000))
    yield outage("answers stop after 300 bytes", "vps", line("vps", StopAfter, 300), within=SILENCE)
    yield outage("line carries 50 bytes a second", "vps", line("vps", Throttle, 50), within=SILENCE)
    yield outage("line lost in each COMMIT", "vps", line("vps", CutCommit, False, 10**9))


def rights_and_schema():
    for place in ("POS", "vps"):
        yield outage("password changed", place, account(place, "IDENTIFIED BY 'otra'"), "Access denied")
    yield outage("account locked", "vps", account("vps", "ACCOUNT LOCK"), "locked")
    yield outage("password expired", "local", account("local", "PASSWORD EXPIRE"), "expired")
    yield outage("right revoked", "vps", statements(
        "vps", [f"REVOKE INSERT ON central.VentasAgrupadas FROM '{schema.BOT}'@'%'"], schema.AGGREGATE_GRANTS, cut=True),
        "INSERT ... VentasAgrupadas")
    for place, name in (("vps", "sp_registrar_dia"), ("POS", "sp_select_ventas_diarias"), ("POS", "sp_audit_operativa")):
        yield outage(f"procedure {name} dropped", place, without_procedure(place, name), name)
    for place, table in (("vps", "VentasAgrupadas"), ("local", "SincronizacionDias")):
        yield outage(f"table {table} renamed", place,
                     statements(place, [f"RENAME TABLE central.{table} TO central.escondida"],
                                [f"RENAME TABLE central.escondida TO central.{table}"]), table)
    yield outage("server read-only", "vps",
                 statements("vps", ["SET GLOBAL read_only = ON"], ["SET GLOBAL read_only = OFF"]), "read-only")


def locks_and_slowness():
    row = f"SELECT * FROM SincronizacionDias WHERE IdSucursal = {BRANCH} AND Fecha = '{{day}}' FOR UPDATE"
    for place in TARGETS:
        yield Way("somebody's transaction holds the day", place, held_open(place, "BEGIN", row),
                  f"today not in {place} for", within=STATEMENT)
    yield Way("table locked", "vps", held_open("vps", "LOCK TABLES VentasAgrupadas READ"), "vps", within=STATEMENT)
    yield Way("rows take a minute", "vps", trigger("vps", "VentasAgrupadas", "DO SLEEP(60)"), "today not in vps for",
              within=STATEMENT)
    yield outage("extraction takes a minute", "POS", extraction("DO SLEEP(60)"), within=STATEMENT)


def clocks():
    critical = {"nagios": 2, "within": AT_ONCE}
    for offset in ("+3h", "-3h"):
        yield Way(f"clock {offset}", "vps", server_clock("vps", offset), "it is ... in vps ... timedatectl", **critical)
    for offset in ("+3h", "+3650d"):
        yield Way(f"clock {offset}", "machine", own_clock(offset), "timedatectl", **critical)
    yield Way("ledger has a day to come", "vps", day_to_come, "vps has sales of ..., and it is", **critical)
    yield Way("sales of tomorrow", "POS", sold(1), "the POS has sales of", **critical)
    yield Way("sales in 400 days", "POS", sold(400), "the POS has sales of", **critical)


def what_the_pos_gives():
    good = "SELECT p_fecha AS Fecha, 'A1' AS Upc, 1 AS IdProveedor, 2 AS IdDepartamento, 3 AS IdCategoria, 4 AS IdSubcategoria"
    amounts = ", 1.0 AS Unidades, 1.0 AS VentaTotal, 1.0 AS CostoTotal"
    for name, statement in (("no result", "SET @nada = 1"), ("a column is missing", good)):
        yield outage(f"extraction: {name}", "POS", extraction(statement), "the result has no column")
    for name, statement, says in (
            ("fails by itself", "SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'cerrado'", "cerrado"),
            ("rows of another day", good.replace("p_fecha", "p_fecha - INTERVAL 1 DAY") + amounts, "Fecha")):
        yield in_error(f"extraction: {name}", "POS", extraction(statement), says)
    yield in_error("audit contradicts the rows", "POS",
                   pos_audit("SELECT 1.0 AS TotalUnidades, 2.0 AS TotalVenta, 3.0 AS TotalCosto"), "sp_audit_operativa")
    yield in_error("lines without a code, above the limit", "POS", sold(count=30, upc=""), "Upc")
    held = {"says": "1 day is held, such as", "bitacora": "RETENIDO", "within": AT_ONCE}
    yield Way("a line without a code, below the limit", "POS", sold(upc="", amount="0.10", cost="0.10"),
              "1 row of the POS in 1 day rejected, such as ... Upc is empty", "", within=AT_ONCE)
    yield Way("lost 60 % of the day", "POS", lost(60), **held)
    yield Way("lost the whole day", "POS", lost(100), sells=False, **held)


def somebody_else():
    yield outage("another machine writes the branch", "vps", another_machine, "another machine")
    at_once = {"bitacora": "", "within": AT_ONCE}
    yield Way("somebody takes the day out again and again", "vps", written_by_others,
              "vps: somebody else has written this branch's days 3 times", **at_once)
    yield Way("rows of a day to come", "vps", rows_to_come, "vps: rows of ..., a day to come", **at_once)
    yield Way("an ended day gone, and not taken", "vps", yesterday_gone, "vps: 1 ended day pending, the oldest", **at_once)


def machine_and_modes():
    at_once = {"bitacora": "", "within": AT_ONCE}
    yield Way("folder of the bitácora gone", "machine", no_bitacora, "of the bitacora wait", **at_once)
    yield Way("state folder cannot be written", "machine", no_state_folder, "ages do not survive a restart", **at_once)
    yield Way("configuration not reloaded", "service", bad_configuration,
              "the configuration was not reloaded: ... no_such_section", **at_once)
    yield Way("paused", "service", paused, "paused: the VPS is being restored", **at_once)
    yield Way("dry run", "service", reloaded(dry_run=True), "dry run: nothing is written", heartbeat=(), **at_once)
    mute = {"nagios": 2, "heartbeat": (), "answers": False} | at_once
    yield Way("hangs", "service", stopped, "does not answer", **mute)
    yield Way("killed, not started again", "service", killed, "no consolidadord is on the bus", **mute)


WAYS = (*answers(), *lines_and_servers(), *rights_and_schema(), *locks_and_slowness(), *clocks(),
        *what_the_pos_gives(), *somebody_else(), *machine_and_modes())


# -- none is forgotten -------------------------------------------------------------------------------

# Reasons that no way of a few seconds gives, and the test of each.
OTHER_PROOFS = {
    "it takes no": ("tests/system/test_green_light.py", "a_heartbeat_that_cannot_be_left_is_told"),
    "no old day": ("tests/unit/overview_test.cpp", "old days whose turn does not come are told"),
    "another process of this machine": ("tests/system/test_standing.py",
                                        "the_second_service_of_a_branch_writes_nothing_until_the_first_ends"),
    "has to confirm it": ("tests/unit/clock_watch_test.cpp", "far behind the newest sales somebody has to confirm the time"),
}
# What lib/report/health.cpp says in the words of others.
FROM_ELSEWHERE = {
    "input.writing_doubt": ("timedatectl", "has sales of", "another process of this machine", "has to confirm it"),
    "place.error": ("Access denied",),
    "input.bitacora_problem": ("of the bitacora wait",),
    "input.state_problem": ("do not survive a restart",),
}
PIECES = {"today", " (and {} more)", "ended day", "day", "row", "is", "are", "ok", "starting", "degraded", "failing"}


def reasons():
    """The first words, at most three, of each that lib/report/health.cpp gives."""
    code = (schema.ROOT / "lib/report/health.cpp").read_text(encoding="utf-8")
    fields = re.findall(r"Health::\w+, (\w+\.\w+)\}", code)
    texts = set(re.findall(r'"([^"\n]+)"', re.sub(r'"\s*"', "", re.sub("#include.*", "", code)))) - PIECES
    firsts = (re.search(r"\w[^{}]*", text) for text in texts)
    return [*(" ".join(first[0].split()[:3]) for first in firsts if first),
            *(words for field in fields for words in FROM_ELSEWHERE.get(field, (field,)))]


# -- the page ----------------------------------------------------------------------------------------

HEAD = "| where | what happens | health | Nagios | heartbeat | bitácora | within |"
WITHIN = {AT_ONCE: "2 cycles", AGE: "age", SILENCE: "time-out, age", STATEMENT: "statement, age",
          FOR_LONG: "`failing_after`"}


def row(way):
    says = way.says.replace("a way to fail", "").replace("...", "…").strip()
    cells = (way.place, way.name, says if way.answers else f"({says})", str(way.nagios),
             ", ".join(way.heartbeat) or "stands still", way.bitacora or "–", WITHIN[way.within])
    return f"| {' | '.join(cells)} |"


def table():
    """The table of docs/reliability.md."""
    return "\n".join((HEAD, "|" + " --- |" * 7, *map(row, WAYS)))


if __name__ == "__main__":
    print(table())
