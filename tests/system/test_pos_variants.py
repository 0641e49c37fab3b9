# SPDX-License-Identifier: MIT
"""Installations of SuperPOS differ in column types; the result does not."""
import pytest

from support import oracle, pos, schema
from support.daemon import BRANCH, OK, UNCHANGED
from support.pos import WEEK

LATIN1 = [product for product in pos.PRODUCTS if "☃" not in product[0]]


@pytest.mark.parametrize("columns", [
    {"date_type": "DATETIME"},
    {"amount_type": "DECIMAL(20,6)"},
    {"amount_type": "DOUBLE"},
    {"collation": "utf8mb4_bin"},
    {"collation": "latin1_swedish_ci"},
    {"product_collation": "utf8mb4_bin"},
    {"product_collation": "utf8mb4_unicode_ci"},
    {"product_collation": "latin1_swedish_ci"},
], ids=str)
def test_other_column_types_give_the_same(places, consolidador, columns, monkeypatch):
    if columns.get("collation", "").startswith("latin1"):
        monkeypatch.setattr(pos, "PRODUCTS", LATIN1)
    schema.create_pos(places.pos, **columns)
    pos.fill(places.pos)
    spread_over_the_day(places.pos)
    consolidador.once_for(WEEK[0], WEEK[-1]).expect(OK)
    oracle.assert_agree(places, BRANCH, WEEK)
    assert consolidador.once_for(WEEK[0], WEEK[-1]).expect(OK).outcomes() == UNCHANGED


def spread_over_the_day(server):
    """Where Fecha has a time: from midnight to the last second of the day; else nothing changes."""
    server.query("UPDATE superpos.ventasdiarias SET Fecha = Fecha + INTERVAL 86399 SECOND WHERE Cantidad = 1")


def test_more_than_four_decimals_are_rounded_half_away_from_zero(places, consolidador):
    schema.create_pos(places.pos, amount_type="DECIMAL(20,6)")
    halves = {"a": "0.00005", "b": "-0.00005", "c": "1.000049", "d": "-1.000051", "e": "2.99995"}
    for upc, amount in halves.items():
        pos.sell(places.pos, WEEK[0], upc=upc, amount=amount)
    consolidador.once_for(WEEK[0]).expect(OK)
    oracle.assert_agree(places, BRANCH, [WEEK[0]])
    held = dict(places.vps.query("SELECT Upc, CAST(VentaTotal AS CHAR) FROM central.VentasAgrupadas"))
    assert held == {"a": "0.0001", "b": "-0.0001", "c": "1.0000", "d": "-1.0001", "e": "3.0000"}


def test_many_rounded_rows_are_no_false_contradiction(places, consolidador):
    """Each of a thousand rows is rounded the same way: the sum moves far beyond the tolerance of 0.01."""
    schema.create_pos(places.pos, amount_type="DECIMAL(20,6)")
    places.pos.query("""INSERT INTO superpos.ventasdiarias (Fecha, Upc, Cantidad, MontoTotal, CostoTotal)
                        SELECT %s, CONCAT('R', seq), 1, 0.00005, 0.00005 FROM superpos.seq_1_to_1000""", (WEEK[0],))
    consolidador.once_for(WEEK[0]).expect(OK)
    oracle.assert_agree(places, BRANCH, [WEEK[0]])


def test_further_columns_and_another_order_of_columns_do_not_matter(week, consolidador):
    schema.wrap_pos_procedure(week.pos, f"SELECT 'x' AS Extra, 7 AS CostoTotal, 2 AS unidades, 5.5 AS VentaTotal,"
                              " 4 AS IdSubcategoria, 3 AS IdCategoria, 2 AS IdDepartamento, 1 AS IdProveedor,"
                              " 'A1' AS UPC, p_fecha AS Fecha, NULL AS Otra", WEEK[0])
    schema.replace_pos_procedure(week.pos, "SELECT 7.0 AS TotalCosto, 'y' AS Extra, 5.5 AS TotalVenta, 2 AS"
                                 " TotalUnidades", "sp_audit_operativa")
    consolidador.once_for(WEEK[0]).expect(OK)
    assert oracle.target_rows(week.vps, BRANCH) == [f"{WEEK[0]}|{BRANCH}|1|2|3|4|2.0000|5.5000|7.0000|A1"]
