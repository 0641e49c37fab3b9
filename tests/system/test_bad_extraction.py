# SPDX-License-Identifier: MIT
"""What the POS delivers is not acceptable: that day is in ERROR and untouched, the others are done."""
import pytest

from support import oracle, schema
from support.daemon import BRANCH, DAY_IN_ERROR, OK
from support.pos import WEEK, sell

BAD = WEEK[2]
GOOD = [day for day in WEEK if day != BAD]
GOOD_ROW = {"Fecha": "p_fecha", "Upc": "'A1'", "IdProveedor": "1", "IdDepartamento": "2", "IdCategoria": "3",
            "IdSubcategoria": "4", "Unidades": "1.0", "VentaTotal": "10.00", "CostoTotal": "7.00"}


def select(without=(), **columns):
    """A SELECT of one good row but for these columns."""
    row = GOOD_ROW | columns
    return "SELECT " + ", ".join(f"{value} AS {name}" for name, value in row.items() if name not in without)


def good_then(**columns):
    """A good row, then a bad one: nothing of the good one may be written."""
    return f"{select()} UNION ALL {select(**columns)}"


# What the procedure delivers, and what the message must name: the row, the column, the reason.
NO_CODE = "department 2, category 3, sales 10.00"  # how a row is named that has none
BAD_RESULTS = {
    "upc_null": (good_then(Upc="NULL"), [NO_CODE, "Upc", "NULL"]),
    "upc_empty": (good_then(Upc="''"), [NO_CODE, "Upc", "empty"]),
    "upc_blank": (good_then(Upc="'   '"), [NO_CODE, "Upc", "empty"]),
    "upc_too_long": (good_then(Upc="'123456789012345678901'"), [NO_CODE, "Upc", "123456789012345678901", "21", "20"]),
    "amount_too_large": (good_then(Upc="'B2'", VentaTotal="123456789012345.00"),
                         ["B2", "VentaTotal", "123456789012345.00"]),
    "amount_too_negative": (good_then(Upc="'B2'", CostoTotal="-100000000000000"),
                            ["B2", "CostoTotal", "-100000000000000"]),
    "amount_enormous": (good_then(Upc="'B2'", Unidades="1e300"), ["B2", "Unidades"]),
    "amount_null": (good_then(Upc="'B2'", Unidades="NULL"), ["B2", "Unidades", "NULL"]),
    "amount_text": (select(VentaTotal="'diez'"), ["row 1", "A1", "VentaTotal", "diez"]),
    "category_too_large": (good_then(Upc="'B2'", IdCategoria="2147483648"),
                           ["B2", "IdCategoria", "2147483648"]),
    "date_wrong": (good_then(Upc="'B2'", Fecha="p_fecha - INTERVAL 1 DAY"),
                   ["row 2", "B2", "Fecha", str(WEEK[1]), str(BAD)]),
    "date_null": (select(Fecha="CAST(NULL AS DATE)"), ["row 1", "A1", "Fecha", "NULL"]),
    "key_twice": (good_then(VentaTotal="11.00"), ["A1", "twice"]),
    "upc_not_utf8": (select(Upc="CAST(X'C328' AS BINARY)"), [NO_CODE, "Upc", "UTF-8"]),
    "column_missing": (select(without=["CostoTotal"]), ["CostoTotal", "column"]),
    "column_misnamed": (select(without=["Upc"]) + ", 'A1' AS Codigo", ["Upc", "column"]),
    "procedure_fails": ("SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'inventario cerrado'", ["inventario cerrado"]),
    "no_result": ("SET @nada = 1", ["no column Fecha"]),
}


def assert_only_the_bad_day_failed(places, consolidador, fragments):
    """The bad day is in ERROR with this message and was not written; the others are equal in three places."""
    run = consolidador.once_for(WEEK[0], WEEK[-1]).expect(DAY_IN_ERROR)
    line = run.day(BAD)
    assert line["estado"] == "ERROR"
    for fragment in fragments:
        assert fragment in line["error"]
    assert "nuevo" not in (line["local"], line["vps"])
    assert {run.day(day)["estado"] for day in GOOD} == {"OK"}
    for days in (WEEK[:2], WEEK[3:]):
        assert oracle.differences(places, BRANCH, (days[0], days[-1])) == []
    for target in places.targets:
        assert oracle.target_rows(target, BRANCH, (BAD, BAD)) == []
        assert oracle.ledger_differences(target, BRANCH, GOOD) == []
    return run


@pytest.mark.unguarded
@pytest.mark.parametrize("name", BAD_RESULTS)
def test_a_bad_result_is_an_error_that_names_row_column_and_reason(week, consolidador, name):
    result, fragments = BAD_RESULTS[name]
    schema.wrap_pos_procedure(week.pos, result, BAD)
    run = assert_only_the_bad_day_failed(week, consolidador, fragments)
    assert run.day(BAD)["error"] in consolidador.log.read_text(), "bot.log does not say it"


@pytest.mark.unguarded
@pytest.mark.parametrize("line, fragments", [
    ({"upc": None}, ["Upc", "NULL"]),
    ({"upc": ""}, ["Upc", "empty"]),
    ({"upc": "X" * 21}, ["Upc", "X" * 21]),
    ({"amount": "99999999999999.9999"}, ["VentaTotal", "7502000100001"]),
], ids=["upc_null", "upc_empty", "upc_too_long", "amount_too_large"])
def test_a_bad_till_line_comes_through_our_procedure_as_an_error(week, consolidador, line, fragments):
    for _ in range(2):
        sell(week.pos, BAD, **line)
    assert_only_the_bad_day_failed(week, consolidador, ["row", *fragments])


@pytest.mark.unguarded
def test_a_source_that_contradicts_itself_is_said_to_be_the_problem(week, consolidador):
    """sp_audit_operativa sees 0.02 more than the rows: beyond the tolerance."""
    schema.replace_pos_procedure(week.pos, f"""
        SELECT COALESCE(SUM(Cantidad), 0) AS TotalUnidades,
               COALESCE(SUM(MontoTotal), 0) + IF(p_fecha = '{BAD}', 0.02, 0.01) AS TotalVenta,
               COALESCE(SUM(CostoTotal), 0) AS TotalCosto
        FROM ventasdiarias WHERE Fecha = p_fecha""", "sp_audit_operativa")
    assert_only_the_bad_day_failed(week, consolidador, ["POS", "TotalVenta", "sp_audit_operativa"])


def test_what_was_there_before_a_bad_extraction_stays(synced, consolidador):
    before = [(oracle.synced_at(target, BRANCH), target.query("SELECT * FROM central.SincronizacionDias"))
              for target in synced.targets]
    sell(synced.pos, BAD, upc="")
    run = consolidador.once_for(WEEK[0], WEEK[-1]).expect(DAY_IN_ERROR)
    assert run.day(BAD)["estado"] == "ERROR"
    assert [(oracle.synced_at(target, BRANCH), target.query("SELECT * FROM central.SincronizacionDias"))
            for target in synced.targets] == before
    synced.pos.query("DELETE FROM superpos.ventasdiarias WHERE Upc = ''")
    consolidador.once_for(WEEK[0], WEEK[-1]).expect(OK)
    oracle.assert_agree(synced, BRANCH, WEEK)


@pytest.mark.parametrize("name", ["sp_select_ventas_diarias", "sp_audit_operativa"])
def test_an_unknown_procedure_is_named_and_nothing_is_written(week, consolidador, name):
    schema.drop_pos_procedure(week.pos, name)
    run = consolidador.once_for(WEEK[0], WEEK[1]).expect(DAY_IN_ERROR)
    for day in WEEK[:2]:
        assert run.day(day)["estado"] == "ERROR"
        assert name in run.day(day)["error"]
    for target in week.targets:
        assert oracle.target_rows(target, BRANCH) == []


def test_an_unknown_procedure_in_one_target_does_not_hold_up_the_other(week, consolidador):
    week.vps.query(f"DROP PROCEDURE {schema.database_of(week.vps)}.sp_registrar_dia")
    run = consolidador.once_for(WEEK[0], WEEK[-1]).expect(DAY_IN_ERROR)
    oracle.assert_agree(week, BRANCH, WEEK, [week.local])
    for day in WEEK:
        assert (run.day(day)["estado"], run.day(day)["local"], run.day(day)["vps"]) == ("ERROR", "nuevo", "error")
        assert "vps" in run.day(day)["error"] and "sp_registrar_dia" in run.day(day)["error"]


def test_an_account_without_its_rights_is_told_which(week, consolidador):
    week.vps.query(f"REVOKE INSERT ON {schema.database_of(week.vps)}.VentasAgrupadas"
                   f" FROM {schema.grantee(week.vps)}")
    run = consolidador.once_for(WEEK[0]).expect(DAY_IN_ERROR)
    assert "INSERT" in run.day(WEEK[0])["error"] and "VentasAgrupadas" in run.day(WEEK[0])["error"]
    oracle.assert_agree(week, BRANCH, WEEK[:1], [week.local])
