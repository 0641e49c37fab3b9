# SPDX-License-Identifier: MIT
"""Days that no sale can be of: a branch's account cannot write them, and those that are there already blind nobody."""
import datetime
import json

import pymysql
import pytest

from support import fleet as fleets
from support import schema
from support.client import Client
from support.daemon import OK
from support.fleet import FAILED, GAPS, SILENT, WELL

PASSWORD = "una clave bien larga"
NO_DAYS = ("1500-01-01", "1899-12-31", "0000-00-00", "9999-12-31")
REGISTER = "CALL sp_registrar_dia(%s, 7, 0, 0, 0, 0, 0)"
SALES = "INSERT INTO VentasAgrupadas VALUES (%s, 7, 'U', 0, 0, 0, 0, 1, 1, 1, NOW(3))"
REJECTED = "INSERT INTO FilasRechazadas (IdSucursal, Fecha, Fila, Motivo, Instante) VALUES (7, %s, 1, 'x', NOW(3))"


@pytest.fixture
def account(places):
    schema.install_guard(places.vps)
    schema.enlist(places.vps, 7, PASSWORD)
    with places.vps.connect("sucursal_7", PASSWORD, schema.GUARDED_DATABASE) as connection:
        with connection.cursor() as cursor:
            cursor.execute("SET sql_mode = 'ALLOW_INVALID_DATES'")
            cursor.execute("START TRANSACTION")
            yield cursor
    places.vps.query("CALL central.sp_baja_sucursal(7)")


@pytest.mark.parametrize("statement", [REGISTER, SALES, REJECTED])
def test_a_branch_writes_nothing_of_a_day_that_can_have_no_sales(account, statement):
    account.execute("SET timestamp = 2000000000, time_zone = '+13:00'")
    account.execute("SELECT DATE(CONVERT_TZ(SYSDATE(), @@time_zone, '+00:00')) + INTERVAL 2 DAY")
    ((soon,),) = account.fetchall()
    for day in (*NO_DAYS, soon):
        with pytest.raises(pymysql.Error, match="no day that can have sales"):
            account.execute(statement, (day,))
    for day in ("1900-01-01", "2026-01-05", soon - datetime.timedelta(1)):
        account.execute(statement, (day,))
        account.fetchall()


def test_a_row_is_not_moved_there_and_one_that_is_there_can_be_taken_away(account, places):
    account.execute(SALES, ("2026-01-05",))
    with pytest.raises(pymysql.Error, match="no day that can have sales"):
        account.execute("UPDATE VentasAgrupadas SET Fecha = '1500-01-01'")
    account.execute("COMMIT")
    with schema.before_days_were_refused(places.vps):
        places.vps.query("UPDATE central.VentasAgrupadas SET Fecha = '1500-01-01' WHERE IdSucursal = 7")
    account.execute("DELETE FROM VentasAgrupadas WHERE Fecha = '1500-01-01'")
    assert account.rowcount == 1


def test_a_heartbeat_goes_without_what_cannot_be(account):
    beat = "INSERT INTO EstadoSucursales (IdSucursal, UltimoContacto, Salud, Motivos, DiaPendienteMasAntiguo," \
           " UltimoDiaAuditado) VALUES (7, '9999-01-01', 'ok', 'x', '1500-01-01', '9999-12-31')" \
           " ON DUPLICATE KEY UPDATE UltimoContacto = VALUES(UltimoContacto)," \
           " DiaPendienteMasAntiguo = '1500-01-01', UltimoDiaAuditado = '9999-12-31', Motivos = 'y'"
    for reasons in ("x", "y"):
        account.execute(beat)
        account.execute("SELECT UltimoContacto < '9000-01-01', DiaPendienteMasAntiguo, UltimoDiaAuditado, Motivos"
                        " FROM EstadoSucursales")
        assert account.fetchall() == ((1, None, None, reasons),)


# -- databases in which they are already ------------------------------------------------------------


@pytest.fixture
def office(places, tmp_path):
    """A fleet of which three branches have what was written before anybody refused it."""
    schema.install_guard(places.vps)
    fleet = fleets.Fleet(places.vps)
    fleet.fill().analyst()
    vps = places.vps
    vps.query(fleets.LEDGER, (WELL, "1500-01-01", 1, 1, *[datetime.datetime(2026, 1, 5)] * 3))
    vps.query(fleets.LEDGER, (GAPS, "9999-12-31", 1, 1, *[datetime.datetime(2026, 1, 5)] * 3))
    vps.query("UPDATE central.EstadoSucursales SET DiasRetenidos = CONCAT('basura,', REPEAT('x', 60000), ',2026-13-45')"
              f" WHERE IdSucursal = {FAILED}")
    password = tmp_path / "ana.password"
    password.touch(mode=0o600)
    password.write_text(fleets.ANALYST_PASSWORD + "\n")
    config = tmp_path / "flota.yaml"
    config.write_text("databases:\n  vps: " + json.dumps({
        "host": "127.0.0.1", "port": vps.port, "user": fleets.ANALYST, "database": "central",
        "password_file": str(password)}) + "\n")
    yield lambda *options: Client({"TZ": fleet.zone}).pipe("fleet", "--config", config, *options).expect(OK).stdout
    fleet.clear()


def test_the_fleet_is_shown_and_the_branches_are_named_that_have_such_days(office, tmp_path):
    told = json.loads(office("--format=json"))
    branches = {branch["Branch"]: branch for branch in told["Branches"]}
    named = {branch for branch, said in branches.items() if "datos_invalidos" in said["Causes"]}
    assert named == {WELL, GAPS, FAILED}
    assert branches[WELL]["Light"] == "yellow" and branches[WELL]["AbsentDays"] == 0
    assert branches[FAILED]["HeldDays"] == []
    assert branches[SILENT]["LastAuditedDay"]
    assert {gap["Branch"] for gap in told["Gaps"]} >= {GAPS, SILENT} and "1500" not in repr(told["Gaps"])
    assert "days or times that cannot be" in office()
    office("--html", tmp_path / "p.html")
    assert "days or times that cannot be" in (tmp_path / "p.html").read_text()


def test_views_of_before_do_not_end_it_either(office, places):
    """As an analyst with the new program finds a database on which no script has been run."""
    places.vps.query("CREATE OR REPLACE SQL SECURITY INVOKER VIEW central.FlotaHuecos AS"
                     f" SELECT {WELL} AS IdSucursal, 'x' AS Nombre, DATE'1500-01-02' AS Desde,"
                     " DATE'2026-01-05' AS Hasta, 1 AS Dias")
    told = json.loads(office("--format=json"))
    assert told["Gaps"] == []
    assert "datos_invalidos" in next(b for b in told["Branches"] if b["Branch"] == WELL)["Causes"]


def test_of_many_gaps_the_newest_are_listed_and_all_are_counted(office, places):
    places.vps.query("INSERT INTO central.SincronizacionDias (IdSucursal, Fecha, Filas, TotalUnidades, TotalVenta,"
                     " TotalCosto, Huella, Revision, PrimeraSync, UltimaSync, UltimaVerificacion)"
                     f" SELECT {SILENT}, DATE'1900-01-01' + INTERVAL 2 * seq DAY, 1, 1, 1, 1, 7, 1, NOW(), NOW(), NOW()"
                     " FROM central.seq_0_to_9999")
    told = json.loads(office("--format=json"))
    gaps = [gap for gap in told["Gaps"] if gap["Branch"] == SILENT]
    assert len(gaps) == 400 and gaps == sorted(gaps, key=lambda gap: gap["From"])
    (silent,) = (branch for branch in told["Branches"] if branch["Branch"] == SILENT)
    assert silent["AbsentDays"] > 10000
