# SPDX-License-Identifier: MIT
"""The configuration is read again while the daemon works: what is good is used, what is not is refused by name."""
import json
import os
import time

import pytest

from support import oracle, pos, schema
from support.daemon import BRANCH, OK
from support.relay import Relay
from support.service import sanitized
from support.waiting import wait_until

RELOADS = int(os.environ.get("CONSOLIDADOR_RELOADS", 1000))
GROWTH = 8 << 20  # bytes; an honest leak of a thousand connections or configurations is more

BROKEN = (
    "branch: {id: 99\n",                       # not YAML
    "sucursal: {id: 99}\n",                    # not a key
    "",                                        # nothing
    json.dumps({"branch": {"id": 99}}) + "\n",  # not enough
)


def answered(messages):
    """RELOADING with the monotonic time in one message, then READY."""
    (reloading,), (ready,) = ([message for message in messages if name in message] for name in ("RELOADING", "READY"))
    assert reloading["RELOADING"] == ready["READY"] == "1"
    assert 0 < int(reloading["MONOTONIC_USEC"]) <= time.monotonic_ns() // 1000
    assert messages.index(reloading) < messages.index(ready)


def test_a_changed_configuration_is_used_from_then_on(places, service):
    days = service.days(5)
    pos.fill(places.pos, days, empty=())
    service.start(window={"reprocess_days": 1})
    service.wait_synced(days[-2:])
    answered(service.reload(window={"reprocess_days": 4}))
    service.wait_synced(days)


def test_a_bad_configuration_is_refused_and_everybody_is_told(places, service):
    days = service.days(2)
    pos.fill(places.pos, days, empty=())
    service.start()
    service.wait_synced(days)
    for number, text in enumerate(BROKEN):
        service.consolidador.config.write_text(text)
        answered(service.hang_up())
        assert "configuration not reloaded" in service.notify.status
        assert len(service.log_lines("configuration not reloaded")) >= number + 1
    pos.sell(places.pos, days[-1])
    service.wait_synced(days)
    status = "SELECT Salud, Motivos FROM central.EstadoSucursales WHERE IdSucursal = 99"
    wait_until(lambda: "configuration" in places.vps.query(status)[0][1], "the heartbeat tells of it")
    assert places.vps.query(status)[0][0] == "degradada"
    answered(service.reload())
    assert "configuration" not in service.notify.status
    wait_until(lambda: places.vps.query(status) == (("ok", ""),), "the heartbeat is well again")


@pytest.mark.parametrize("prefix", ["", "x"])
def test_a_long_reason_reaches_the_vps_cut_after_a_whole_letter(places, service, prefix):
    consolidador = service.consolidador
    consolidador.config = consolidador.folder / ("ñ" * 120) / (prefix + "ñ" * 119) / "sucursal.yaml"
    consolidador.config.parent.mkdir(parents=True)
    service.start()
    consolidador.config.unlink()
    answered(service.hang_up())
    reasons = "SELECT COALESCE(MAX(Motivos), '') FROM central.EstadoSucursales WHERE IdSucursal = 99"
    wait_until(lambda: "ññ" in places.vps.value(reasons), "the heartbeat tells of it")


def test_a_file_that_is_gone_or_unreadable_is_a_bad_configuration(service):
    service.start()
    service.consolidador.config.unlink()
    answered(service.hang_up())
    assert str(service.consolidador.config) in service.notify.status
    answered(service.reload())
    assert "configuration" not in service.notify.status


def test_the_branch_cannot_change_while_running(places, service):
    days = service.days(2)
    pos.fill(places.pos, days, empty=())
    service.start()
    service.wait_synced(days)
    answered(service.reload(branch={"id": 98}))
    assert "branch.id" in service.notify.status
    pos.sell(places.pos, days[-1])
    service.wait_synced(days)
    assert oracle.target_rows(places.vps, 98) == []


def test_a_new_password_is_used(places, service, consolidador):
    days = service.days(2)
    pos.fill(places.pos, days, empty=())
    service.start(pool={"max_age": "1s"})
    service.wait_synced(days)
    schema.create_target_account(places.vps, "otra clave, larga")
    wait_until(lambda: sell_one_more(places, days[-1]) and "down since" in service.place_status("vps"),
               "the old password is no good any more")
    consolidador.write_password("vps", "otra clave, larga")
    answered(service.reload())
    pos.sell(places.pos, days[-1])
    service.wait_synced(days)
    service.wait_place("vps", "up")


def test_another_server_gets_everything_from_the_beginning(places, service):
    """vps and local change places: each finds itself missing nothing or everything, by its own ledger."""
    days = service.days(6)
    pos.fill(places.pos, days, empty=())
    service.start(window={"reprocess_days": 5})
    service.wait_synced(days)
    schema.empty_aggregate(places.vps)
    with Relay(places.vps.port) as other:
        service.through(vps=other)
        answered(service.reload(window={"reprocess_days": 1}))
        service.wait_synced(days)
        assert other.links > 0


def test_a_server_replaced_in_the_middle_of_a_day_gets_that_day_too(places, service, relays):
    """What was written to the old server while it was replaced says nothing about the new one."""
    days = service.days(2)
    pos.fill(places.pos, days, empty=())
    service.start()
    service.wait_synced(days)
    with places.vps.connect() as holder, holder.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("SELECT * FROM central.SincronizacionDias WHERE Fecha = %s FOR UPDATE", (days[-1],))
        pos.sell(places.pos, days[-1], amount="3.00")
        service.wait_synced(days, [places.local])
        wait_until(lambda: places.vps.status("Innodb_row_lock_current_waits")["Innodb_row_lock_current_waits"],
                   "the daemon waits for the row")
        # The new VPS: the same server under another name of the database.
        places.vps.client("CREATE DATABASE otra")
        schema.run_scripts(places.vps, schema.AGGREGATE_SCRIPTS, "otra")
        places.vps.query(f"GRANT ALL ON otra.* TO {schema.grantee(places.vps)}")
        service.consolidador.settings["databases"]["vps"]["database"] = "otra"
        answered(service.reload())
        holder.rollback()
    count = "SELECT COUNT(*), SUM(VentaTotal) FROM {}.VentasAgrupadas WHERE Fecha IN (%s, %s)"
    try:
        expected = places.local.query(count.format("central"), days)
        wait_until(lambda: places.vps.query(count.format("otra"), days) == expected, "the new database has both days")
    finally:
        service.close()
        places.vps.query("DROP DATABASE otra")


def sell_one_more(places, day):
    pos.sell(places.pos, day)
    return True


def variants(service, number):
    """The configuration file of the n-th reload: good, changed, bad by turns; whether it is good."""
    kind = number % 5
    if kind == 1:
        service.consolidador.config.write_text(BROKEN[number // 5 % len(BROKEN)])
        return False
    if kind == 2:
        service.consolidador.configure(pool={"size": 1 + number // 5 % 3})
    if kind == 3:
        service.consolidador.configure(local_only=number // 5 % 2 == 0)
    if kind == 4:
        service.consolidador.configure(window={"reprocess_days": 1 + number // 5 % 2},
                                       schedule={"every": f"{1 + number // 5 % 2}s"})
    service.consolidador.write_config()
    return True


def test_a_thousand_reloads_under_load_lose_nothing_and_leak_nothing(places, service):
    days = service.days(3)
    pos.fill(places.pos, days, empty=())
    service.start(window={"reprocess_days": 2})
    service.wait_synced(days)
    early = None
    for number in range(RELOADS):
        if number % 5 == 0:
            pos.sell(places.pos, days[number // 5 % 3], upc=f"carga {number % 50}", amount="1.25")
        good = variants(service, number)
        answered(service.hang_up())
        assert ("configuration not reloaded" in service.notify.status) == (not good)
        if number == RELOADS // 5:
            early = service.memory(), service.threads(), service.descriptors()
    answered(service.reload(local_only=False, pool={"size": 2}, window={"reprocess_days": 2},
                            schedule={"every": "1s"}))
    pos.sell(places.pos, days[-1], amount="2.50")
    service.wait_synced(days)
    late = service.memory(), service.threads(), service.descriptors()
    print(f"\n{RELOADS} reloads: memory {early[0] >> 10} -> {late[0] >> 10} KB, "
          f"threads {early[1]} -> {late[1]}, descriptors {early[2]} -> {late[2]}")
    assert late[1] <= early[1] + 8 and late[2] <= early[2] + 16
    if not sanitized():
        assert late[0] - early[0] < GROWTH
    assert service.stop() == OK
    assert {line["estado"] for line in service.consolidador.read_bitacora()} == {"OK"}
