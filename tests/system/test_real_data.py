# SPDX-License-Identifier: MIT
"""Real sales, every day of them: no difference in any row of the three places."""
import datetime
from decimal import Decimal

import pytest

from support import datasets, oracle, schema
from support.daemon import BRANCH, OK, UNCHANGED

pytestmark = pytest.mark.skipif(bool(datasets.missing()), reason=datasets.missing() or "")
EVERY_COLLATION = pytest.mark.parametrize("collation", ["utf8mb4_general_ci", "utf8mb4_bin"])
LINES = "superpos.ventasdiarias"


def days_of(pos):
    """Every calendar day from the first sale to the last."""
    ((first, last),) = pos.query(f"SELECT MIN(Fecha), MAX(Fecha) FROM {LINES}")
    return [first + datetime.timedelta(days=i) for i in range((last - first).days + 1)]


def assert_bitacora_adds_up(run, days, pos):
    """One OK line a day at the first attempt; their totals are those of all till lines."""
    assert [line["fecha"] for line in run.days] == [str(day) for day in days]
    assert run.outcomes() == {("OK", "nuevo", "nuevo", "1")}
    columns = {"unidades": "Cantidad", "venta": "MontoTotal", "costo": "CostoTotal"}
    for name, column in columns.items():
        assert sum(Decimal(line[name]) for line in run.days) == pos.value(f"SELECT SUM({column}) FROM {LINES}")


def consolidate_everything(places, consolidador, branch):
    days = days_of(places.pos)
    run = consolidador.once_for(days[0], days[-1]).expect(OK)
    oracle.assert_agree(places, branch, days)
    assert_bitacora_adds_up(run, days, places.pos)
    return days, run


@EVERY_COLLATION
@pytest.mark.parametrize("store", [367, 406])
def test_a_supermarket_is_equal_in_three_places(places, consolidador, store, collation):
    schema.create_pos(places.pos, collation)
    datasets.load_complete_journey(places.pos, store)
    consolidador.configure(branch={"id": store})
    days, _ = consolidate_everything(places, consolidador, store)
    again = consolidador.once_for(days[0], days[-1]).expect(OK)
    assert again.outcomes() == UNCHANGED


@EVERY_COLLATION
def test_a_whole_online_shop_is_equal_in_three_places(places, consolidador, collation):
    schema.create_pos(places.pos, collation)
    datasets.load_online_retail(places.pos)
    _, run = consolidate_everything(places, consolidador, BRANCH)
    # The published control totals, so that the loading is proven too.
    assert sum(Decimal(line["unidades"]) for line in run.days) == 5_176_450
    assert sum(Decimal(line["venta"]) for line in run.days) == Decimal("9747747.934")
    assert sum(int(line["filas"]) > 0 for line in run.days) == 305
