# SPDX-License-Identifier: MIT
"""How long the memory is kept: for ever, or as many years as head office says; and what was trimmed is told."""
import json
from datetime import timedelta

import pymysql
import pytest

from support import oracle, pos, schema
from support.client import Client
from support.daemon import BRANCH as DAEMONS_BRANCH
from support.daemon import DAY_IN_ERROR, OK
from support.programs import Program
from support.waiting import wait_until

BRANCH = 7
PASSWORD = "una clave bien larga"
ENTRIES = "SELECT Cambio, Motivo FROM central.HistorialDias WHERE Fecha = %s ORDER BY Cambio"


def years_ago(server, years):
    """The first of March of that year: another calendar year than today's, whatever today is."""
    return server.value("SELECT UTC_DATE()").replace(month=3, day=1) - timedelta(days=365 * years)


@pytest.fixture
def guarded(places):
    schema.install_guard(places.vps)
    schema.enlist(places.vps, BRANCH, PASSWORD)
    return places.vps


@pytest.fixture
def program(guarded):
    return Program(guarded.connect(f"sucursal_{BRANCH}", PASSWORD, schema.GUARDED_DATABASE), BRANCH)


def change_twice(program, server, day, years):
    """The day as it is, changed twice so many years ago."""
    program.write(day, {"a": 1, "b": 2})
    program.write(day, {"a": 1, "b": 3}, reason="pos")
    program.write(day, {"a": 2}, reason="pos")
    server.query("UPDATE central.HistorialDias SET Instante = Instante - INTERVAL %s YEAR WHERE Fecha = %s",
                 (years, day))
    server.query("UPDATE central.SincronizacionDias SET PrimeraSync = PrimeraSync - INTERVAL %s YEAR WHERE Fecha = %s",
                 (years, day))


def documented_event():
    text = (schema.ROOT / "docs/database.md").read_text()
    statement = text[text.index("CREATE EVENT central.ev_recortar_historial"):]
    return statement[:statement.index(";")]


def test_the_documented_event_trims_old_changes_of_old_days_alone(guarded, program):
    old, late, young = years_ago(guarded, 12), years_ago(guarded, 13), years_ago(guarded, 5)
    change_twice(program, guarded, old, 11)
    change_twice(program, guarded, late, 0)
    change_twice(program, guarded, young, 4)
    with guarded.connect() as scheduler, scheduler.cursor() as cursor:
        cursor.execute("SET GLOBAL event_scheduler = ON")
        cursor.execute(documented_event())
        try:
            wait_until(lambda: guarded.query(ENTRIES, (old,)) == ((2, "recortado"),), "the event has run", 90)
        finally:
            cursor.execute("DROP EVENT central.ev_recortar_historial")
    for kept in (late, young):
        assert guarded.query(ENTRIES, (kept,)) == ((1, "pos"), (2, "pos"))
    assert guarded.query("SELECT DISTINCT Fecha FROM central.HistorialCambios ORDER BY 1") == ((late,), (young,))
    assert oracle.history_differences(guarded, BRANCH) == []


def test_a_trimmed_day_goes_on_where_it_was_and_is_trimmed_again(guarded, program):
    day = years_ago(guarded, 12)
    change_twice(program, guarded, day, 11)
    for changes in (2, 3):
        for _ in range(2):
            guarded.query("CALL central.sp_recortar_historial(10)")
            ((number, reason),) = guarded.query(ENTRIES, (day,))
            assert (number, reason) == (changes, "recortado")
            note = guarded.value("SELECT Nota FROM central.HistorialDias")
            assert note.startswith(f"versiones 1 a {changes}, recortada")
        program.write(day, {"a": changes + 5}, reason="pos")
        assert guarded.query(ENTRIES, (day,)) == ((changes, "recortado"), (changes + 1, "pos"))
        assert oracle.history_differences(guarded, BRANCH) == []
        guarded.query("CALL central.sp_recortar_historial(10)")
        assert len(guarded.query(ENTRIES, (day,))) == 2
        guarded.query("UPDATE central.HistorialDias SET Instante = Instante - INTERVAL 11 YEAR WHERE Cambio > %s",
                      (changes,))


def test_no_branch_trims_anything(guarded, program):
    change_twice(program, guarded, years_ago(guarded, 12), 11)
    for call in ("CALL sp_recortar_historial(1)", "CALL central.sp_recortar_historial(1)",
                 "CALL central.sp_recortar_particion('p_antes', '2100-01-01', '2100-01-01')"):
        with pytest.raises(pymysql.Error, match="denied|does not exist"):
            program.execute(call)


def test_nor_does_the_account_of_a_local_database(places):
    schema.create_account(places.local, schema.BOT, PASSWORD, schema.AGGREGATE_GRANTS)
    with places.local.connect(schema.BOT, PASSWORD, "central") as link, link.cursor() as cursor:
        with pytest.raises(pymysql.Error, match="denied"):
            cursor.execute("CALL sp_recortar_historial(1)")


@pytest.mark.parametrize("years", ("0", "-1", "NULL"))
def test_less_than_a_year_is_refused(guarded, years):
    with pytest.raises(pymysql.Error, match="one year or more"):
        guarded.query(f"CALL central.sp_recortar_historial({years})")


def test_history_says_which_versions_were_trimmed(places, service, branch):
    """Of a day of three years ago, whose two changes are two years old."""
    day = years_ago(places.local, 3)
    pos.fill(places.pos, [day], empty=())
    service.consolidador.write_config()
    for _ in range(3):
        service.consolidador.once_for(day).expect(OK)
        pos.sell(places.pos, day)
    for table, column in (("HistorialDias", "Instante"), ("SincronizacionDias", "PrimeraSync")):
        places.local.query(f"UPDATE central.{table} SET {column} = {column} - INTERVAL 2 YEAR")
    places.local.query("CALL central.sp_recortar_historial(1)")
    service.start()
    client = Client(branch.bus.environment)

    def history(*words):
        return client.pipe("history", day, "--from=local", *words)

    (version,) = json.loads(history("--format=json").expect(OK).stdout)["Versions"]
    assert (version["Version"], version["Reason"]) == (3, "recortado") and "RowsChange" not in version
    assert "trimmed" in history().expect(OK).stdout and "versiones 1 a 2, recortadas el" in history().stdout
    rows = json.loads(history("--revision", 3, "--format=json").expect(OK).stdout)["RowsOfDay"]
    assert len(rows) == len(oracle.target_rows(places.local, DAEMONS_BRANCH, (str(day), str(day))))
    for number in (1, 2):
        said = history("--revision", number).expect(DAY_IN_ERROR).stderr
        assert f"version {number} in local was trimmed (recortada): versiones 1 a 2, recortadas el" in said
    said = history("--as-of", day + timedelta(days=2)).expect(DAY_IN_ERROR).stderr
    assert "was trimmed (recortada)" in said
