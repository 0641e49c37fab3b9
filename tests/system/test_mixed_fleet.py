# SPDX-License-Identifier: MIT
"""Old programs with new databases, new programs with old ones, and the upgrade between: nothing is lost, and the
history has whatever was written since it is there."""
import os
import random

import pytest

from support import oracle, pos, schema
from support.daemon import BRANCH, OK
from support.pos import WEEK
from support.programs import OldProgram, Program
from system.test_damage import change_an_amount
from system.test_open_day import selling

SEED = int(os.environ.get("CONSOLIDADOR_SEED", 20260105))
STEPS = 120
PASSWORD = "una clave bien larga"
ENTRIES = "SELECT Motivo FROM central.HistorialDias WHERE Fecha = %s ORDER BY Cambio"


def upgrade(target):
    """As docs/database.md says, over what is there; the account gets what is new."""
    schema.run_scripts(target, schema.AGGREGATE_SCRIPTS, schema.AGGREGATE_DATABASE)
    schema.grant(target, schema.AGGREGATE_GRANTS)


@pytest.fixture
def old_places(places):
    """Both targets as version 0.1.0 made them."""
    for target in places.targets:
        schema.install_old(target)
    yield places
    for target in places.targets:
        schema.create_aggregate(target)


@pytest.fixture
def programs(places):
    """One of each version, of one branch of the guarded VPS."""
    schema.install_guard(places.vps)
    schema.enlist(places.vps, 7, PASSWORD)

    def link():
        return places.vps.connect("sucursal_7", PASSWORD, schema.GUARDED_DATABASE)

    return [program(link(), 7) for program in (OldProgram, Program)]


def test_programs_of_both_versions_write_one_branch_and_the_history_has_all_of_it(places, programs):
    source = random.Random(SEED)
    days = {day: {} for day in WEEK[:3]}
    for _ in range(STEPS):
        day = source.choice(list(days))
        known = bool(days[day])
        codes = source.sample(range(12), source.randrange(3, 9))
        days[day] = {f"u{number}": source.randrange(1, 9) for number in codes}
        source.choice(programs).write(day, days[day], reason="pos" if known else None, whole=source.random() < 0.3)
        assert oracle.history_differences(places.vps, 7) == []
        assert oracle.torn_days(places.vps, 7) == []
    assert places.vps.value("SELECT COUNT(*) FROM central.HistorialDias") > STEPS / 2
    for day, rows in days.items():
        assert programs[1].held(day) == rows


def test_a_new_program_goes_on_with_old_databases_and_says_what_they_lack(old_places, consolidador):
    pos.fill(old_places.pos)
    consolidador.once_for(WEEK[0], WEEK[-1]).expect(OK)
    pos.sell(old_places.pos, WEEK[1])
    change_an_amount(old_places.vps)
    consolidador.once_for(WEEK[0], WEEK[-1]).expect(OK)
    oracle.assert_agree(old_places, BRANCH, WEEK)
    log = consolidador.log.read_text()
    for name in ("local", "vps"):
        assert f"{name}: its schema is that of version 0.1.0" in log and "leaves no history" in log
    told = consolidador.check("--connect").stdout
    for table in ("HistorialDias", "HistorialCambios", "HistorialPendiente"):
        assert told.count(f"{table} is missing, or may not be read: what becomes of a closed day leaves no") == 2


def test_after_the_upgrade_the_history_begins(old_places, consolidador):
    pos.fill(old_places.pos)
    consolidador.once_for(WEEK[0], WEEK[-1]).expect(OK)
    for target in old_places.targets:
        upgrade(target)
    pos.sell(old_places.pos, WEEK[1])
    change_an_amount(old_places.vps)
    consolidador.once_for(WEEK[0], WEEK[-1]).expect(OK)
    oracle.assert_agree(old_places, BRANCH, WEEK)
    oracle.assert_remembered(old_places, BRANCH)
    for target in old_places.targets:
        assert target.query(ENTRIES, (WEEK[1],)) == (("pos",),)
    assert old_places.vps.query(ENTRIES, (WEEK[2],)) == (("danado",), ("danado",))
    assert "HistorialDias is missing" not in consolidador.check("--connect").stdout


def test_databases_are_upgraded_while_the_branch_sells(old_places, service):
    """No day is lost, none fails for good, and late changes have history from then on."""
    days = service.days(4)
    pos.fill(old_places.pos, days, empty=())
    service.consolidador.write_config()
    service.consolidador.once_for(days[0], days[-2]).expect(OK)
    service.start()
    with selling(old_places.pos, days[-1]) as till:
        for target in old_places.targets:
            service.wait_cycles(1)
            upgrade(target)
        service.wait_cycles(2)
        service.reload()
        service.wait_cycles(1)
    assert till.tickets
    service.wait_synced(days, seconds=90)
    pos.sell(old_places.pos, days[-2], upc="TARDE")
    service.wait_day(days[-2], seconds=90)
    for target in old_places.targets:
        assert target.query(ENTRIES, (days[-2],)) == (("pos",),)
    oracle.assert_agree(old_places, BRANCH, days)
    assert [line for line in service.consolidador.read_bitacora() if line["estado"] == "ERROR"] == []
