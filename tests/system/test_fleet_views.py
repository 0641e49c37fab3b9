# SPDX-License-Identifier: MIT
"""What head office sees of its branches, in plain SQL as the analyst."""
from decimal import Decimal

import pymysql
import pytest

from support import fleet as fleets
from support import schema
from support.fleet import (ANALYST, ANALYST_PASSWORD, DAYS, FAILED, GAPS, GONE, HELD,
                           HELD_DAYS, NAMES, NEVER, OVERNIGHT, SILENT, UNLISTED, UNWELL, WELL)


@pytest.fixture
def fleet(places):
    schema.install_guard(places.vps)
    fleet = fleets.Fleet(places.vps)
    fleet.fill().analyst()
    yield fleet
    fleet.clear()


def branches(fleet, columns):
    rows = fleet.query(f"SELECT IdSucursal, {columns} FROM FlotaSucursales")
    return {branch: values[0] if len(values) == 1 else values for branch, *values in rows}


def calendar(fleet, branch):
    """The days that are not audited, days ago -> state."""
    rows = fleet.query(f"SELECT Fecha, Estado FROM FlotaDias WHERE IdSucursal = {branch}")
    return {(fleet.today - day).days: state for day, state in rows if state != "auditado"}


def test_each_branch_has_its_light_and_the_reasons_for_it(fleet):
    assert branches(fleet, "CONCAT(Semaforo, ' ', Causas)") == {
        WELL: "verde ",
        SILENT: "rojo sin_contacto,huecos",
        FAILED: "amarillo degradada,dias_fallidos,pendientes,huecos",
        GAPS: "amarillo huecos",
        NEVER: "rojo sin_contacto,huecos",
        OVERNIGHT: "amarillo sin_contacto",
        UNLISTED: "verde ",
        UNWELL: "rojo fallando,pendientes,huecos",
        HELD: "amarillo degradada,retiene",
    }


def test_a_branch_that_has_left_is_not_expected_and_one_that_sends_without_account_is_seen(fleet):
    names = branches(fleet, "Nombre")
    assert names == {branch: name for branch, name in NAMES.items() if branch != GONE}
    assert not fleet.query(f"SELECT 1 FROM FlotaHuecos WHERE IdSucursal = {GONE}")
    assert fleet.query(f"SELECT 1 FROM FlotaDias WHERE IdSucursal = {GONE}") == ()
    (contact,) = fleet.query("SELECT MinutosSinContacto < 60 FROM FlotaSucursales"
                             f" WHERE IdSucursal = {UNLISTED}")
    assert contact == (1,), "without a heartbeat the ledger tells when it was last there"


def test_age_last_audited_day_and_figures_of_today_stand_beside_the_usual(fleet):
    found = branches(fleet, "DiasSinAuditar, UltimoDiaAuditado, FilasHoy, VentaHoy,"
                            " FilasUsual, VentaUsual")
    assert found[WELL] == [1, fleet.ago(1), 5, Decimal(40), Decimal(10), Decimal(100)]
    assert found[SILENT] == [2, fleet.ago(2), None, None, Decimal(10), Decimal(100)]
    assert found[OVERNIGHT][:2] == [2, fleet.ago(2)], "yesterday was only seen while it was open"
    assert found[NEVER] == [None] * 6


def test_audited_is_an_ended_day_with_no_gap_before_it(fleet):
    fleet.record(WELL, [-1, -2])  # days to come
    audited = branches(fleet, "UltimoDiaAuditado")
    assert {branch: (fleet.today - day).days for branch, day in audited.items() if day} == {
        WELL: 1, SILENT: 2, FAILED: 4, GAPS: 31, OVERNIGHT: 2, UNLISTED: 1, UNWELL: 4, HELD: HELD_DAYS[0] + 1}
    assert audited[NEVER] is None


def test_the_usual_is_the_mean_of_the_same_weekday(fleet):
    for rows, day in ((90, 14), (1000, 15)):
        fleet.server.query("UPDATE central.SincronizacionDias SET Filas = %s"
                           " WHERE IdSucursal = %s AND Fecha = %s", (rows, WELL, fleet.ago(day)))
    assert branches(fleet, "FilasUsual")[WELL] == Decimal(20)


def test_the_calendar_tells_audited_pending_failed_held_and_absent_days_apart(fleet):
    assert calendar(fleet, WELL) == {}
    assert calendar(fleet, SILENT) == {0: "pendiente", 1: "ausente"}
    assert calendar(fleet, FAILED) == {3: "fallido"}
    assert calendar(fleet, GAPS) == {10: "ausente", 11: "ausente", 30: "ausente"}
    never = {day: "ausente" for day in range(1, DAYS + 1)}
    assert calendar(fleet, NEVER) == {0: "pendiente"} | never
    assert calendar(fleet, OVERNIGHT) == {0: "pendiente", 1: "pendiente"}
    assert calendar(fleet, UNWELL) == {day: "pendiente" for day in range(4)}
    assert calendar(fleet, HELD) == {day: "retenido" for day in HELD_DAYS}


def test_a_day_that_is_held_and_in_error_is_held(fleet):
    fleet.server.query("UPDATE central.EstadoSucursales SET DiasRetenidos = DiasFallidos"
                       f" WHERE IdSucursal = {FAILED}")
    assert calendar(fleet, FAILED) == {3: "retenido"}


def test_a_branch_that_holds_sales_is_yellow_whatever_its_own_verdict(fleet):
    fleet.server.query("UPDATE central.EstadoSucursales SET Salud = 'ok'")
    assert branches(fleet, "CONCAT(Semaforo, ' ', Causas)")[HELD] == "amarillo retiene"


def test_rejected_rows_are_yellow_also_where_no_service_says_so(fleet):
    fleet.reject(UNLISTED, 1, 1)
    found = branches(fleet, "CONCAT(Semaforo, ' ', Causas, ' ', FilasRechazadas)")
    assert (found[UNLISTED], found[WELL]) == ("amarillo filas_rechazadas 1", "verde  0")


def test_new_columns_come_after_those_that_clients_know(fleet):
    columns = fleet.query("SELECT COLUMN_NAME FROM information_schema.COLUMNS"
                          " WHERE TABLE_SCHEMA = 'central' AND TABLE_NAME = 'FlotaSucursales'"
                          " ORDER BY ORDINAL_POSITION")
    assert ",".join(name for (name,) in columns) == (
        "Puesto,IdSucursal,Nombre,UltimoContacto,Salud,Motivos,UltimoDiaAuditado,DiasPendientes,"
        "DiaPendienteMasAntiguo,DiasFallidos,DiasHueco,Version,FilasHoy,VentaHoy,FilasUsual,"
        "VentaUsual,MinutosSinContacto,DiasSinAuditar,PorcentajeVenta,Semaforo,Causas,"
        "DiasRetenidos,FilasRechazadas")


def test_a_day_that_was_emptied_by_hand_is_pending(fleet):
    fleet.server.query(f"CALL central.sp_delete_ventas_agrupadas('{fleet.ago(5)}', {WELL})")
    assert calendar(fleet, WELL) == {5: "pendiente"}


def test_gaps_are_ranges_of_days_that_never_came(fleet):
    found = fleet.query("SELECT IdSucursal, Desde, Hasta, Dias FROM FlotaHuecos"
                        " ORDER BY IdSucursal, Desde")
    assert found == (
        (SILENT, fleet.ago(1), fleet.ago(1), 1),
        (FAILED, fleet.ago(3), fleet.ago(3), 1),
        (GAPS, fleet.ago(30), fleet.ago(30), 1),
        (GAPS, fleet.ago(11), fleet.ago(10), 2),
        (NEVER, fleet.ago(DAYS), fleet.ago(1), DAYS),
        (UNWELL, fleet.ago(3), fleet.ago(1), 3),
    )


def test_those_that_need_attention_come_the_most_urgent_first(fleet):
    found = fleet.query("SELECT Puesto, IdSucursal FROM FlotaAtencion ORDER BY Puesto")
    assert found == tuple(enumerate((NEVER, UNWELL, SILENT, HELD, GAPS, FAILED, OVERNIGHT), 1))


def test_an_analyst_sees_the_fleet_and_a_branch_does_not(fleet):
    with fleet.session(ANALYST, ANALYST_PASSWORD) as cursor:
        for view in ("FlotaSucursales", "FlotaDias", "FlotaHuecos", "FlotaAtencion"):
            assert cursor.execute(f"SELECT * FROM {view}") > 0
    schema.enlist(fleet.server, schema.GUARDED_BRANCH, "una clave bien larga")
    with fleet.session(f"sucursal_{schema.GUARDED_BRANCH}", "una clave bien larga",
                       schema.GUARDED_DATABASE) as cursor:
        cursor.execute("SHOW TABLES")
        assert not [table for (table,) in cursor.fetchall() if table.startswith("Flota")]
        with pytest.raises(pymysql.Error, match="denied"):
            cursor.execute("SELECT * FROM central.FlotaSucursales")
