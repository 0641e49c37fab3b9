# SPDX-License-Identifier: MIT
"""Running again changes nothing: the servers' own counters are the witnesses."""
import threading

import pytest

from support import oracle
from support.daemon import BRANCH, OK, UNCHANGED
from support.pos import WEEK

ROW_COUNTERS = ("Handler_write", "Handler_update", "Handler_delete")
ROWS_CHANGED = """SELECT COALESCE(SUM(ROWS_CHANGED), 0) FROM information_schema.TABLE_STATISTICS
                  WHERE TABLE_SCHEMA = 'central'"""
LEDGER = "SELECT * FROM central.SincronizacionDias ORDER BY IdSucursal, Fecha"


def witnesses(target):
    """What tells whether any row was written."""
    return {"counters": target.status(*ROW_COUNTERS), "changed": target.value(ROWS_CHANGED),
            "rows": oracle.synced_at(target, BRANCH), "ledger": target.query(LEDGER)}


def test_the_witnesses_notice_the_first_run(week, consolidador):
    before = [witnesses(target) for target in week.targets]
    consolidador.once_for(WEEK[0], WEEK[-1]).expect(OK)
    for target, old in zip(week.targets, before):
        new = witnesses(target)
        assert new["counters"] != old["counters"]
        assert new["changed"] >= old["changed"] + len(new["rows"]) > old["changed"]
        assert new["ledger"] != old["ledger"]


def test_a_second_run_changes_no_row_in_any_target(synced, consolidador):
    before = [witnesses(target) for target in synced.targets]
    run = consolidador.once_for(WEEK[0], WEEK[-1]).expect(OK)
    assert [witnesses(target) for target in synced.targets] == before
    assert run.outcomes() == UNCHANGED


def test_a_row_written_again_with_the_same_values_keeps_its_time(synced, consolidador):
    """The ledger is lost, so the daemon cannot know that the rows are right: even then."""
    before = [oracle.synced_at(target, BRANCH) for target in synced.targets]
    for target in synced.targets:
        target.query("DELETE FROM central.SincronizacionDias")
    consolidador.once_for(WEEK[0], WEEK[-1]).expect(OK)
    assert [oracle.synced_at(target, BRANCH) for target in synced.targets] == before
    oracle.assert_agree(synced, BRANCH, WEEK)


@pytest.mark.parametrize("runs", [2, 4])
def test_runs_at_the_same_time_leave_the_three_places_equal(week, consolidador, runs):
    consolidador.write_config()
    arguments = ("once", "--from", str(WEEK[0]), "--to", str(WEEK[-1]))
    processes = [consolidador.spawn(*arguments) for _ in range(runs)]
    outputs = {}
    readers = [threading.Thread(target=lambda p=process: outputs.update({p.pid: p.communicate(timeout=120)}))
               for process in processes]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    assert [process.returncode for process in processes] == [OK] * runs, outputs
    oracle.assert_agree(week, BRANCH, WEEK)
    assert len(consolidador.read_bitacora()) == runs * len(WEEK)
