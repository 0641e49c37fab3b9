# SPDX-License-Identifier: MIT
"""Is somebody told? If anything is missing anywhere, the service says so, and names it; if nothing is, it
raises no alarm. What is missing comes from plain SQL, what is told from all that people look at."""
import dataclasses
import re

import pymysql

from support.daemon import BRANCH
from support.schema import AGGREGATE_DATABASE, POS_DATABASE
from support.waiting import DeadlineExceeded, wait_until

TELL_SECONDS = 90
AGES = {"degraded_after": "8s", "failing_after": "1h"}
ALARMS = ("degraded", "failing")
SALUD_OK = ("ok", "")
# Reasons that stand for every day: the POS gives none, nothing is written, and those of which the first is named.
FOR_ALL = re.compile(r"operational|clock|in ERROR|held")

POS = "operational"
SUMS = "CAST(SUM({}) AS DECIMAL(40,4)), CAST(SUM({}) AS DECIMAL(40,4)), CAST(SUM({}) AS DECIMAL(40,4))"
POS_SUMS = (f"SELECT DATE(Fecha) AS dia, {SUMS.format('Cantidad', 'MontoTotal', 'CostoTotal')}"
            f" FROM {POS_DATABASE}.ventasdiarias GROUP BY dia")
TARGET_SUMS = (f"SELECT Fecha, {SUMS.format('Unidades', 'VentaTotal', 'CostoTotal')}"
               f" FROM {AGGREGATE_DATABASE}.VentasAgrupadas WHERE IdSucursal = {BRANCH} GROUP BY Fecha")
BEAT = f"SELECT Salud, Motivos FROM {AGGREGATE_DATABASE}.EstadoSucursales WHERE IdSucursal = {BRANCH}"


@dataclasses.dataclass
class Told:
    """What people can see at one moment."""
    words: dict                                   # where: `ok`, `starting`, `degraded` or `failing`
    reasons: list | None                          # None: nobody could be asked for them
    beats: dict = dataclasses.field(default_factory=dict)  # target: (Salud, Motivos)
    days: dict = dataclasses.field(default_factory=dict)   # day: estado of its last line in the bitacora


# -- the judge: pure functions -----------------------------------------------------------------------


def unsaid(missing, told):
    """Of what is missing, as {(place, day)}, all that nobody is told; as lines for people."""
    if not missing:
        return []
    listed = ", ".join(f"{place} {day}" for place, day in sorted(missing))
    found = [f"{where} says {word} without {listed}" for where, word in told.words.items() if word not in ALARMS]
    found += [f"the heartbeat in {target} is ok without {listed}"
              for target, (salud, _) in told.beats.items() if salud == "ok"]
    if told.reasons is not None:
        found += [f"{place} {day} is missing, and the reasons are {told.reasons}"
                  for place, day in sorted(missing) if not any(_names(reason, place, day) for reason in told.reasons)]
    return found


def _names(reason, place, day):
    return place in reason or day in reason or FOR_ALL.search(reason)


def false_alarms(told):
    """All that is told although nothing is missing; as lines for people."""
    found = [f"{where} says {word}" for where, word in told.words.items() if word != "ok"]
    found += [f"a reason is left: {reason}" for reason in told.reasons or ()]
    found += [f"the heartbeat in {target} is {beat}" for target, beat in told.beats.items() if beat != SALUD_OK]
    found += [f"the bitacora ends with {day} {estado}" for day, estado in told.days.items() if estado != "OK"]
    return found


def missing(sold, held, days):
    """{(place, day)}. `sold` and `held[target]`: the sums of each day, None where nobody could be asked: then
    today counts as missing there. A day before the first that the POS has is purged, not missing."""
    if sold is None:
        return {(POS, days[-1])}
    return {(target, day) for target, sums in held.items() for day in days
            if (sums is None and day == days[-1]
                or sums is not None and day >= min(sold, default=day) and sums.get(day) != sold.get(day))}


# -- what it judges ----------------------------------------------------------------------------------


def _sums(server, sql):
    """None: it does not answer."""
    try:
        with server.connect(connect_timeout=3, read_timeout=3) as connection, connection.cursor() as cursor:
            cursor.execute(sql)
            return {str(day): amounts for day, *amounts in cursor.fetchall()}
    except (pymysql.Error, OSError):
        return None


def missing_in(servers, days, reached=True):
    """`reached`: the POS has taken a sale since things broke, so that a target that cannot be asked lacks it."""
    sold = _sums(servers.pos, POS_SUMS)
    held = {target.name: _sums(target, TARGET_SUMS) for target in servers.targets}
    return missing(sold, {name: sums for name, sums in held.items() if reached or sums is not None},
                   [str(day) for day in days])


def told_by(service, branch, days, targets):
    """Health in STATUS and, where `branch` is one on a bus, there; heartbeats; the bitacora."""
    words = {"STATUS": _word(service.notify.status)}
    reasons = None
    if branch:
        told = branch.properties()
        words["D-Bus"], reasons = told["Health"], told["HealthReasons"]
    lines = {line["fecha"]: line["estado"] for line in service.consolidador.read_bitacora()}
    beats = {target.name: target.query(BEAT) for target in targets}
    return Told(words, reasons, {name: tuple(beat[0]) for name, beat in beats.items() if beat},
                {str(day): lines.get(str(day), "nothing") for day in days})


def _word(status):
    """`branch 99: ok, operational up, ...`"""
    found = re.match(r"branch \d+: (\w+)", status)
    return found[1] if found else "nothing"


def wait_told_or_whole(find_missing, tell):
    """While things are broken: until nothing is missing or somebody is told. What was missing in the end, and
    what nobody was told of it."""
    last = [set(), []]

    def settled():
        last[0] = find_missing()
        last[1] = unsaid(last[0], tell()) if last[0] else []
        return not last[1]
    try:
        wait_until(settled, "somebody is told", TELL_SECONDS)
    except DeadlineExceeded:
        pass
    return last


def wait_quiet(tell):
    """Until nobody is told anything any more; what still is."""
    last = [[]]

    def quiet():
        last[0] = false_alarms(tell())
        return not last[0]
    try:
        wait_until(quiet, "all is quiet", TELL_SECONDS)
    except DeadlineExceeded:
        pass
    return last[0]
