# SPDX-License-Identifier: MIT
"""Head office's reports over a year read that year's partition, over an index."""
import datetime

import pytest

from support import reports

FIRST = datetime.date(2023, 1, 1)
END = datetime.date(2026, 1, 1)
YEAR = (datetime.date(2024, 1, 1), datetime.date(2024, 12, 31))


@pytest.fixture(scope="module")
def years(servers):
    """Three years of eight branches."""
    reports.fill(servers.vps, FIRST, END, branches=8, rows=25)
    servers.vps.query("ANALYZE TABLE central.VentasAgrupadas")
    yield servers.vps
    servers.vps.query("TRUNCATE TABLE central.VentasAgrupadas")


@pytest.mark.parametrize("name, key", [("branch", "PRIMARY"), ("product", "ix_upc"),
                                       ("supplier", "ix_proveedor"),
                                       ("department", "ix_departamento")])
def test_a_report_over_a_year_reads_one_partition_over_an_index(years, name, key):
    plan = reports.plan(years, reports.queries(YEAR)[name])
    assert (plan.key, plan.partitions) == (key, ["p2024"])
    assert plan.access in ("ref", "range")
