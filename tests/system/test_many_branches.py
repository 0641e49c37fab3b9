# SPDX-License-Identifier: MIT
"""Many branches push to one VPS at the same moment, and every day arrives whole."""
import pytest

from support import pos
from support.crowd import Crowd

BRANCHES = 10
DAY = pos.WEEK[0]


@pytest.fixture
def crowd(week, tmp_path):
    crowd = Crowd(week, tmp_path, BRANCHES)
    yield crowd
    crowd.leave()


def test_ten_branches_push_their_day_at_once_and_again_with_changes(week, crowd):
    before = week.vps.status("Innodb_deadlocks")
    assert crowd.push(DAY, revision=1)[1] == 0
    assert crowd.differences(DAY) == []
    week.pos.query("UPDATE superpos.ventasdiarias SET MontoTotal = MontoTotal + 1 WHERE Fecha = %s"
                   " LIMIT 20", (DAY,))
    week.pos.query("DELETE FROM superpos.ventasdiarias WHERE Fecha = %s LIMIT 2", (DAY,))
    pos.sell(week.pos, DAY, upc="nuevo")
    assert crowd.push(DAY, revision=2)[1] == 0
    assert crowd.differences(DAY) == []
    assert week.vps.status("Innodb_deadlocks") == before
