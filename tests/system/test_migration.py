# SPDX-License-Identifier: MIT
"""From the Python bot's table to ours: nothing is lost, and it ends like a fresh backfill."""
import pytest

from support import oracle, pos, python_bot, schema
from support.daemon import BRANCH
from support.waiting import wait_until

OTHER_BRANCH = 7
BOT_TABLES = {"local": "central.VentasAgrupadas_bot", "vps": "bot.VentasAgrupadas"}
LEDGER = """SELECT Fecha, Filas, TotalUnidades, TotalVenta, TotalCosto, Huella
            FROM central.SincronizacionDias WHERE IdSucursal = %s ORDER BY Fecha"""


@pytest.fixture
def bot(places):
    """The bot's tables: in the local database moved aside, in the VPS in one of their own."""
    places.vps.query("CREATE OR REPLACE DATABASE bot")
    for target in places.targets:
        python_bot.create_table(target, BOT_TABLES[target.name])
        python_bot.install_migration(target)
    places.vps.query("CREATE OR REPLACE VIEW central.VentasAgrupadas_bot AS"
                     " SELECT * FROM bot.VentasAgrupadas")
    yield BOT_TABLES
    for target in places.targets:
        target.query("DROP VIEW IF EXISTS central.VentasAgrupadas_bot")
        target.query("DROP TABLE IF EXISTS central.VentasAgrupadas_bot, central.MigracionDias,"
                     " central.MigracionFilas")
        for procedure in ("sp_migrar_bot", "sp_migrar_dia"):
            target.query(f"DROP PROCEDURE IF EXISTS central.{procedure}")
    places.vps.query("DROP DATABASE bot")


def bot_run(places, day, at):
    """The bot brings a day into both targets; the rows that it wrote into each."""
    (count,) = {python_bot.run(places.pos, target, BOT_TABLES[target.name], BRANCH, day, at)
                for target in places.targets}
    return count


def content(places):
    return [(oracle.target_rows(target, BRANCH), target.query(LEDGER, (BRANCH,)))
            for target in places.targets]


def found(target, day):
    """(FilasBot, Filas, Copias, Versiones, Rechazadas, Reprocesar) of a day."""
    (row,) = target.query("SELECT FilasBot, Filas, Copias, Versiones, Rechazadas, Reprocesar"
                          " FROM central.MigracionDias WHERE IdSucursal = %s AND Fecha = %s",
                          (BRANCH, day))
    return row


def test_repeated_rows_and_mixed_letter_case_end_equal_to_a_fresh_backfill(places, bot, service):
    days = service.days(8)
    pos.fill(places.pos, days, empty=days[3:4])
    once, twice, changed, empty, missing, *others = days
    # Whatever the calendar's days hold: the later sale changes a row that the bot has already.
    pos.sell(places.pos, changed, upc="ñandú", department=3, category=30, subcategory=None)
    rows = {day: bot_run(places, day, "2026-01-02 01:00:00") for day in days if day != missing}
    assert rows[empty] == 0
    bot_run(places, twice, "2026-01-02 02:00:00")
    pos.sell(places.pos, changed, upc="ñandú", department=3, category=30, subcategory=None,
             amount="5.5555")
    again = bot_run(places, changed, "2026-01-02 02:00:00")
    for target in places.targets:
        target.query(f"INSERT INTO {BOT_TABLES[target.name]} VALUES"
                     f" (%s, {BRANCH}, '', 0, 0, 0, 0, 1, 2, 3, NOW()),"
                     f" (%s, {OTHER_BRANCH}, 'A', 0, 0, 0, 0, 1, 2, 3, NOW())",
                     (once, once))
        told = python_bot.migrate(target, BRANCH, days[0])
        kept = sum(rows.values()) + again - rows[changed]
        assert told[:3] == (6, 1 + sum(rows.values()) + rows[twice] + again, kept)
        assert told[5:] == (1, 6)
        assert found(target, twice) == (2 * rows[twice], rows[twice], rows[twice], 0, 0, 1)
        assert found(target, changed)[:2] == (rows[changed] + again, again)
        assert found(target, changed)[3] >= 1
        assert found(target, once)[4] == 1
        assert not oracle.ledger_differences(target, BRANCH, set(days) - {empty, missing})
        assert target.value("SELECT COUNT(*) FROM central.VentasAgrupadas WHERE IdSucursal <> %s",
                            (BRANCH,)) == 0
    assert oracle.differences(places, BRANCH), "the bot was not equal to the POS"
    for target in places.targets:
        assert target.value("SELECT COUNT(*) FROM central.HistorialPendiente") == 0
    service.start(window={"reprocess_days": 0})
    service.wait_synced(days)
    migrated = content(places)
    damaged = "SELECT COUNT(*) FROM central.HistorialDias WHERE Motivo = 'danado'"
    assert [target.value(damaged) for target in places.targets] == [0, 0]
    service.stop()
    for target in places.targets:
        schema.empty_aggregate(target)
    service.start(historical={"from": str(days[0]), "to": str(days[-1])})
    service.wait_synced(days)
    assert content(places) == migrated


def test_days_that_the_pos_no_longer_has_stay_as_the_bot_left_them(places, bot, service,
                                                                   consolidador):
    days = service.days(6)
    old, kept = days[:3], days[3:]
    pos.fill(places.pos, days, empty=())
    for day in days:
        bot_run(places, day, "2026-01-02 01:00:00")
    bot_run(places, old[1], "2026-01-02 02:00:00")
    places.pos.query("DELETE FROM superpos.ventasdiarias WHERE Fecha < %s", (kept[0],))
    for target in places.targets:
        assert python_bot.migrate(target, BRANCH, kept[0])[-1] == len(kept)
    before = [oracle.target_rows(target, BRANCH, (old[0], old[-1])) for target in places.targets]
    assert all(before)
    service.start(window={"reprocess_days": 0}, verification={"days_per_hour": 3600})
    wait_until(lambda: not oracle.differences(places, BRANCH, (kept[0], kept[-1])),
               "the others are equal")
    service.wait_cycles(3)
    assert before == [oracle.target_rows(target, BRANCH, (old[0], old[-1]))
                      for target in places.targets]
    assert not [line for line in consolidador.read_bitacora() if line["estado"] == "ERROR"]
    for target in places.targets:
        assert not oracle.ledger_differences(target, BRANCH, days)


def test_it_can_be_run_twice_and_leaves_what_the_daemon_has_written(places, bot, service):
    days = service.days(2)
    pos.fill(places.pos, days, empty=())
    service.start(window={"reprocess_days": 0})
    service.wait_synced(days[-1:])
    service.stop()
    for day in days:
        bot_run(places, day, "2026-01-02 01:00:00")
    assert python_bot.migrate(places.vps, BRANCH, days[0])[0] == 1
    first = content(places)
    python_bot.install_migration(places.vps)
    assert python_bot.migrate(places.vps, BRANCH, days[0])[0] == 1
    assert content(places) == first
    assert not oracle.differences(places, BRANCH, (days[-1], days[-1]))


def test_rows_that_do_not_pass_are_kept_with_the_reason(places, bot):
    table = BOT_TABLES["vps"]
    python_bot.create_table(places.vps, table)
    for day, upc, department, sales, hour in (("2026-01-05", "a", None, 2.5, 3),
                                              ("2026-01-05", "a", 0, 2.5, 4),
                                              ("2026-01-05", "a", 0, 9, 2),
                                              ("2026-01-05", "A", 0, 4.25, 2),
                                              ("2026-01-05", None, 0, 7, 2),
                                              (None, "b", 0, 7, 2)):
        places.vps.query(f"INSERT INTO {table} VALUES"
                         f" (%s, {BRANCH}, %s, 1, %s, 1, 1, 1, %s, 1, '2026-01-06 0%s:00:00')",
                         (day, upc, department, sales, hour))
    python_bot.migrate(places.vps, BRANCH, "2026-01-05")
    ask = places.vps.query
    assert ask("SELECT Upc, VentaTotal, Motivo FROM central.MigracionFilas ORDER BY 2") == (
        ("a", 2.5, "copia"), (None, 7, "rechazada"), ("a", 9, "version"))
    assert ask("SELECT Upc, VentaTotal FROM central.VentasAgrupadas ORDER BY Upc") == (
        ("A", 4.25), ("a", 2.5))
    assert ask("SELECT Mayusculas, VentaBot, Venta FROM central.MigracionDias") == (
        (1, 25.25, 6.75),)
