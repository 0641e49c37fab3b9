# SPDX-License-Identifier: MIT
"""Statements sent to the VPS for a day of 20,000 rows: round trips, counted on the wire.

A run over two days less a run over one: what belongs to the connection is in both.
"""
from figure import Figure
from stage import FIRST

ROWS = 20_000


def trips_a_day(stage, wire, before):
    counts = []
    for days in (1, 2):
        before(stage)
        wire.count()
        stage.once(FIRST, days)
        counts.append(wire.count()[0])
    return counts[1] - counts[0]


def change_both_days(stage):
    """Products whose amounts differ, one that is new, many that are gone."""
    pos = stage.servers.pos
    pos.query("UPDATE superpos.ventasdiarias SET MontoTotal = MontoTotal + 1 WHERE IdCategorias = 7")
    pos.query("DELETE FROM superpos.ventasdiarias WHERE IdSubcategorias = (SELECT MAX(IdSubcategorias)"
              " FROM superpos.ventasdiarias)")
    pos.query("INSERT INTO superpos.ventasdiarias SELECT Fecha, CONCAT('N', UUID_SHORT() % 1000000007), 1, 2, 3,"
              " 1, 5, 4 FROM superpos.ventasdiarias GROUP BY Fecha")


def measure(stage):
    stage.sell(2, ROWS)
    with stage.wire("vps") as wire:
        for name, before, aim in (("new day", lambda s: s.empty_targets(), 6),
                                  ("changed day", change_both_days, 7),
                                  ("unchanged day", lambda s: None, 1)):
            yield Figure(name, trips_a_day(stage, wire, before), "statements", at_most=aim)
