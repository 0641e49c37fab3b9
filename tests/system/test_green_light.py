# SPDX-License-Identifier: MIT
"""Every green light is earned: "ok" stands only where sales got through, and what does not get through is told."""
import contextlib
import datetime
import json
import signal

import pytest

from support import formats, oracle, pos, schema
from support.client import Client
from support.daemon import BRANCH, CONFIGURATION, OK
from support.mishaps import LIBRARY, can_move_clock, moved
from support.relay import CutAfter, Refuse
from support.waiting import wait_until

SOON = {"degraded_after": "3s", "failing_after": "1h"}


def told(service, estado, day=None):
    """The lines of the bitacora with this estado."""
    return [line for line in service.consolidador.read_bitacora()
            if line["estado"] == estado and (day is None or line["fecha"] == str(day))]


@contextlib.contextmanager
def locked(server, rows, *values):
    """Somebody's open transaction holds these rows of the branch."""
    connection = server.connect(database=schema.database_of(server))
    try:
        with connection.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute(f"SELECT * FROM {rows} FOR UPDATE", values)
            assert cursor.fetchall()
        yield
    finally:
        connection.close()


def row_locked(server, day):
    """The day's, in the ledger."""
    return locked(server, "SincronizacionDias WHERE IdSucursal = %s AND Fecha = %s", BRANCH, day)


CONTACT = "SELECT UltimoContacto FROM central.EstadoSucursales WHERE IdSucursal = %s"


def heartbeat(server):
    """Health and reasons, as head office reads them."""
    return server.query("SELECT Salud, Motivos FROM central.EstadoSucursales WHERE IdSucursal = %s", (BRANCH,))[0]


@pytest.fixture
def running(places, service):
    """Two days, everywhere."""
    pos.fill(places.pos, service.days(2), empty=())
    service.start(health=SOON, timeouts={"statement": "1s"})
    service.wait_synced(service.days(2))
    service.wait_log("health is ok")
    return service


@pytest.fixture
def days(places, service):
    """Two days, everywhere; the service that has brought them runs."""
    pos.fill(places.pos, service.days(2), empty=())
    service.start()
    service.wait_synced(service.days(2))
    return service.days(2)


# -- a success is a day ------------------------------------------------------------------------


def test_a_day_that_is_tried_again_is_a_reason_with_its_error_and_since_when(places, running):
    today = running.today
    with row_locked(places.vps, today):
        pos.sell(places.pos, today)
        line = running.wait_told(today, "PENDIENTE")
        assert (line["local"], line["vps"]) == ("cambiado", "pendiente")
        assert "not in vps yet" in line["error"]
        running.wait_log("health is degraded: .*today not in vps for .*: .*", seconds=90)
        assert "vps up" in running.notify.status  # the rest of it works
        running.wait_cycles(2)
        assert len(told(running, "PENDIENTE", today)) == 1
    running.wait_synced(running.days(2))
    running.wait_log("health is ok again", seconds=90)
    assert running.wait_told(today, "OK", after=1)["vps"] == "cambiado"


def test_a_day_says_why_it_is_not_in_a_place_that_was_never_reached(places, service, relays, branch):
    today = service.today
    pos.fill(places.pos, service.days(2), empty=())
    client = Client(branch.bus.environment)

    def says_why(*words):
        """On the bus, and to people."""
        why = branch.call("GetDay", "s", str(today))[0]["Waits"]
        shown = " ".join(client.pipe("day", today).expect(OK).stdout.split())
        return all(word in why for word in words) and why in shown

    with relays["vps"].fault(Refuse()):
        service.start(health=SOON, timeouts={"statement": "1s"})
        service.wait_synced(service.days(2), [places.local])
        wait_until(lambda: says_why("not in vps yet: vps (127.0.0.1:", "connect"), "the line is why")
    service.wait_synced(service.days(2))
    wait_until(lambda: branch.call("GetDay", "s", str(today))[0]["Waits"] == "", "it waits for nothing")
    with row_locked(places.local, today), relays["vps"].fault(Refuse()):
        relays["vps"].cut()
        pos.sell(places.pos, today)
        wait_until(lambda: says_why("not in local yet: ", "; not in vps yet: "), "each place has its own reason")


def test_a_line_that_drops_under_the_day_is_an_outage_until_a_day_gets_through(places, service, relays):
    pos.fill(places.pos, service.days(1), empty=(), lines=50)
    service.start(health=SOON, retry={"initial": "200ms", "max": "30s"}, window={"reprocess_days": 0})
    service.wait_synced([service.today])
    before = len(relays["vps"].attempts)
    pos.fill_evenly(places.pos, [service.today], lines=1500)
    with relays["vps"].fault(CutAfter(9000)) as line:
        service.wait_synced([service.today], [places.local])
        service.wait_log("health is degraded: .*vps: no success for", seconds=90)
        service.wait_cycles(5)
        assert line.drops >= 2
        assert len(relays["vps"].attempts) - before <= 30
        assert not service.log_lines("vps is back")
        assert len(service.log_lines("ERROR vps")) <= 3
        assert told(service, "PENDIENTE", service.today)
    service.wait_synced([service.today])
    service.wait_log("vps is back")


@pytest.mark.unguarded
@pytest.mark.parametrize("number", [1114, 1226])
def test_a_full_server_is_an_outage_and_not_sent_the_day_again_and_again(places, service, number):
    pos.fill(places.pos, service.days(1), empty=())
    service.start(health=SOON, retry={"initial": "200ms", "max": "30s"}, window={"reprocess_days": 0})
    service.wait_synced([service.today])
    places.vps.query("CREATE TRIGGER central.lleno BEFORE INSERT ON central.VentasAgrupadas FOR EACH ROW SIGNAL"
                     f" SQLSTATE 'HY000' SET MYSQL_ERRNO = {number}, MESSAGE_TEXT = 'there is no room'")
    try:
        for sale in range(3):
            pos.sell(places.pos, service.today, upc=f"lleno {sale}")
            service.wait_synced([service.today], [places.local])
        service.wait_place("vps", "down since", seconds=60)
        service.wait_log("health is degraded: .*vps: no success for", seconds=90)
        assert not service.log_lines("vps is back")
        assert len(service.log_lines("ERROR .*there is no room")) <= 3
        assert "there is no room" in told(service, "PENDIENTE", service.today)[0]["error"]
        wait_until(lambda: heartbeat(places.vps)[0] == "degradada", "the full server itself tells head office", 90)
        assert "vps: no success for" in heartbeat(places.vps)[1]
    finally:
        places.vps.query("DROP TRIGGER central.lleno")
    service.wait_synced([service.today], seconds=120)


def test_sales_do_not_wait_for_who_holds_the_heartbeat(places, running):
    with locked(places.vps, "EstadoSucursales WHERE IdSucursal = %s", BRANCH):
        pos.sell(places.pos, running.today)
        running.wait_synced(running.days(2))
        running.wait_log("INSERT INTO EstadoSucursales: .*the days are brought all the same")
        pos.sell(places.pos, running.today)
        running.wait_synced(running.days(2))


def test_head_office_reads_ok_as_soon_as_it_is_so_however_rare_the_cycles_are(places, service):
    pos.fill(places.pos, service.days(2), empty=())
    service.start(schedule={"every": "1d"}, health={"degraded_after": "2d", "failing_after": "9d"})
    for target in places.targets:
        wait_until(lambda: target.query("SELECT 1 FROM central.EstadoSucursales"), "a heartbeat")
        wait_until(lambda: heartbeat(target)[0] == "ok", "head office reads ok")


def test_a_pos_that_answers_and_gives_no_day_is_told(places, service):
    pos.fill(places.pos, service.days(2), empty=())
    service.start(health=SOON, timeouts={"statement": "1s"})
    service.wait_synced(service.days(2))
    schema.wrap_pos_procedure(places.pos, "DO SLEEP(3)", service.today)
    pos.sell(places.pos, service.today)
    line = service.wait_told(service.today, "PENDIENTE")
    assert (line["local"], line["vps"]) == ("pendiente", "pendiente") and "no column Fecha" in line["error"]
    service.wait_log("health is degraded: .*no success for", seconds=90)


# -- what is remembered -


def test_who_asks_is_answered_from_the_target_and_not_from_memory(places, service, branch):
    """The VPS was put back while the service ran: no connection was cut, nothing tells."""
    days = service.days(2)
    pos.fill(places.pos, days, empty=())
    service.start(schedule={"every": "1h"}, health={"degraded_after": "2h"})
    service.wait_synced(days)
    client = Client(branch.bus.environment)
    places.vps.query("CALL central.sp_delete_ventas_agrupadas(%s, %s)", (days[1], BRANCH))
    client.pipe("sync", "--wait").expect(OK)
    service.wait_synced(days)
    places.vps.query("DELETE FROM central.VentasAgrupadas WHERE IdSucursal = %s AND Fecha = %s LIMIT 1", (BRANCH, days[1]))
    client.pipe("sync", "--wait").expect(OK)
    service.wait_synced(days)


def deleted(server, day):
    server.query("CALL central.sp_delete_ventas_agrupadas(%s, %s)", (day, BRANCH))


def gone(server, day):
    for table in ("VentasAgrupadas", "SincronizacionDias"):
        server.query(f"DELETE FROM central.{table} WHERE IdSucursal = %s AND Fecha = %s", (BRANCH, day))


def half_restored(server, day):
    """An older state of the day, with its ledger row."""
    server.query("DELETE FROM central.VentasAgrupadas WHERE IdSucursal = %s AND Fecha = %s LIMIT 1", (BRANCH, day))
    rows = oracle.target_rows(server, BRANCH, (str(day), str(day)))
    server.query(f"""
        UPDATE central.SincronizacionDias AS l
          JOIN (SELECT COUNT(*) AS f, SUM(Unidades) AS u, SUM(VentaTotal) AS v, SUM(CostoTotal) AS c
                  FROM central.VentasAgrupadas WHERE Fecha = '{day}') AS s
           SET Filas = f, TotalUnidades = u, TotalVenta = v, TotalCosto = c, Huella = {oracle.huella(rows)}
         WHERE Fecha = '{day}'""")


def altered(server, day):
    server.query("UPDATE central.SincronizacionDias SET TotalUnidades = TotalUnidades - 1, TotalVenta = TotalVenta + 1"
                 " WHERE IdSucursal = %s AND Fecha = %s", (BRANCH, day))


def exchanged(server, day):
    """Today and yesterday, in both tables."""
    today = server.value("SELECT MAX(Fecha) FROM central.SincronizacionDias")
    yesterday, aside = today - datetime.timedelta(days=1), datetime.date(2001, 1, 1)
    for table in ("VentasAgrupadas", "SincronizacionDias"):
        for old, new in ((today, aside), (yesterday, today), (aside, yesterday)):
            server.query(f"UPDATE central.{table} SET Fecha = %s WHERE IdSucursal = %s AND Fecha = %s", (new, BRANCH, old))


@pytest.mark.parametrize("harm", [deleted, gone, half_restored, altered, exchanged])
def test_a_cycle_notices_that_somebody_else_has_written_the_ledger(places, service, days, harm):
    """Today's and the window's days, though the POS says nothing new and no connection was cut."""
    service.wait_cycles(2)
    for target, day in ((places.vps, days[-1]), (places.local, days[-1]), (places.vps, days[-2])):
        harm(target, day)
        name = "vps" if target is places.vps else "local"
        service.wait_log(f"{name}: somebody else has written the ledger's row of {day}; it is looked at again")
        wait_until(lambda: not oracle.ledger_differences(target, BRANCH, days), "the ledger is as its rows are")
        service.wait_synced(days)


def test_who_else_writes_the_days_three_times_within_an_hour_is_a_reason_of_health(places, branch, running):
    for times, day in enumerate((*running.days(2), running.today), 1):
        assert branch.get("HealthReasons") == []
        deleted(places.vps, day)
        running.wait_log("vps: somebody else has written the ledger's row of", count=times)
        running.wait_synced(running.days(2))
        running.wait_cycles(2)
    (reason,) = branch.get("HealthReasons")
    assert reason.startswith("vps: somebody else has written this branch's days 3 times within an hour")
    wait_until(lambda: heartbeat(places.local) == ("degradada", reason), "head office reads of it")


def test_a_day_of_the_window_that_was_audited_in_the_future_is_audited_again(places, service):
    days = service.days(3)
    pos.fill(places.pos, days, empty=())
    service.start(window={"reprocess_days": 2})
    service.wait_synced(days)
    service.wait_cycles(2)
    verified = "UltimaVerificacion FROM central.SincronizacionDias WHERE Fecha = %s"
    for impossible in ("2136-01-01", "1970-01-02"):
        places.vps.query("UPDATE central.SincronizacionDias SET UltimaVerificacion = %s WHERE Fecha = %s", (impossible, days[0]))
        wait_until(lambda: not str(places.vps.value(f"SELECT {verified}", (days[0],))).startswith(impossible[:4]), "audited again")


def test_a_daemon_that_hangs_is_critical_before_the_monitoring_gives_up(places, service, branch):
    service.start()
    service.wait_log("cycle: ")
    client = Client(branch.bus.environment)
    service.signal(signal.SIGSTOP)
    said = client.pipe("status", "--format=nagios")
    assert said.exit_code == 2 and "does not answer" in said.stdout
    service.signal(signal.SIGCONT)


# -- up to where -


def test_audited_up_to_is_the_last_closed_day_without_a_gap(places, service, branch):
    days = service.days(6)
    pos.fill(places.pos, days, empty=())
    pos.sell(places.pos, days[2], upc="")  # cannot be accepted
    service.start(window={"reprocess_days": 5})
    client = Client(branch.bus.environment)
    for day in (*days[:2], *days[3:]):
        service.wait_day(day)
    service.wait_told(days[2], "ERROR")
    wait_until(lambda: branch.get("LastAuditedDay") == str(days[1]), "audited up to the day before the gap")
    assert f"audited {days[1]}" in " ".join(client.pipe("status").expect(OK).stdout.split())
    def waited_in_vain():
        said = client.pipe("wait", "--audited", days[-2], "--timeout", "1s")
        assert said.exit_code == 1
        return "days before it are not" in said.stdout
    wait_until(waited_in_vain, "the day is audited, and those before it are not")
    client.pipe("wait", "--audited", days[1], "--timeout", "1min").expect(OK)
    wait_until(lambda: places.vps.value("SELECT UltimoDiaAuditado FROM central.EstadoSucursales"
                                        " WHERE IdSucursal = %s", (BRANCH,)) == days[1], "the heartbeat says the same")
    places.pos.query("DELETE FROM superpos.ventasdiarias WHERE Upc = ''")
    client.pipe("wait", "--audited", days[-2], "--timeout", "1min").expect(OK)
    assert branch.get("LastAuditedDay") == str(days[-2])


def test_a_held_day_and_one_in_error_are_gaps_wherever_it_is_told(places, service, branch):
    days = service.days(5)
    pos.fill_evenly(places.pos, days, 40)
    service.start(window={"reprocess_days": 4})
    client = Client(branch.bus.environment)
    beats = "SELECT UltimoDiaAuditado FROM central.EstadoSucursales WHERE IdSucursal = %s"

    def told_everywhere(day):
        wait_until(lambda: branch.get("LastAuditedDay") == str(day), f"audited up to {day}")
        for target in (places.local, places.vps):
            wait_until(lambda server=target: server.value(beats, (BRANCH,)) == day, "the heartbeat says the same")
        client.pipe("wait", "--audited", day, "--timeout", "1min").expect(OK)
        said = client.pipe("wait", "--audited", day + datetime.timedelta(days=1), "--timeout", "1s")
        assert said.exit_code == 1

    service.wait_synced(days)
    told_everywhere(days[-2])
    for number in range(12):
        pos.sell(places.pos, days[-2], upc="", category=number)
    service.wait_told(days[-2], "ERROR")
    told_everywhere(days[-3])
    said = client.pipe("wait", "--audited", days[-2], "--timeout", "1s")
    assert f"{days[-2]} is in ERROR: " in said.stdout and f"consolidadorctl backfill {days[-2]}" in said.stdout
    places.pos.query("DELETE FROM superpos.ventasdiarias WHERE Fecha = %s LIMIT 30", (days[2],))
    service.wait_told(days[2], "RETENIDO")
    told_everywhere(days[1])
    said = client.pipe("wait", "--audited", days[3], "--timeout", "1s")
    assert said.exit_code == 1
    service.stop()
    service.start(window={"reprocess_days": 4})
    told_everywhere(days[1])


def test_a_wait_for_a_day_of_a_target_that_was_not_reached_says_so(places, service, branch, relays):
    days = service.days(5)
    pos.fill(places.pos, days, empty=())
    service.start(window={"reprocess_days": 4})
    service.wait_synced(days)
    service.stop()
    with relays["vps"].fault(Refuse()):
        service.start(window={"reprocess_days": 1})
        client = Client(branch.bus.environment)
        service.wait_log("cycle: .*local up")
        said = client.pipe("wait", "--audited", days[1], "--timeout", "1s").expect(1)
        assert "nobody knows whether vps has it" in said.stdout and "not ended" not in said.stdout


# -- over restarts -----------------------------------------------------------------------------


def test_the_age_of_the_last_success_survives_a_restart(places, service, relays):
    pos.fill(places.pos, service.days(2), empty=())
    service.start(health={"degraded_after": "30min", "failing_after": "24h"})
    service.wait_synced(service.days(2))
    assert service.stop() == OK
    kept = service.consolidador.folder / "state/last_successes"
    ages = dict(line.split() for line in kept.read_text().splitlines())
    assert set(ages) == {"operational", "local", "vps"}
    three_days_ago = int(ages["vps"]) - 3 * 86400
    kept.write_text(kept.read_text().replace(f"vps {ages['vps']}", f"vps {three_days_ago}"))
    with relays["vps"].fault(Refuse()):
        service.start()
        service.wait_log("health is failing: vps: no success for 3 d")
    service.wait_log("health is ok")


def test_nothing_is_ok_before_its_first_success_and_starting_ends(places, service, relays):
    pos.fill(places.pos, service.days(2), empty=())
    with relays["vps"].fault(Refuse()):
        service.start(health={"degraded_after": "30min", "failing_after": "24h"})
        wait_until(lambda: service.notify.status.startswith(f"branch {BRANCH}: starting"), "starting")
        service.wait_log("health is degraded: vps: no day has got through since the start")
        assert not service.log_lines("health is ok")
    service.wait_log("health is ok")


def test_a_pause_survives_a_crash_and_the_branch_goes_on_with_heartbeats(places, service, branch):
    pos.fill(places.pos, service.days(2), empty=())
    service.start(health=SOON)
    service.wait_synced(service.days(2))
    client = Client(branch.bus.environment)
    client.pipe("pause", "the VPS is being restored").expect(OK)
    service.kill()
    pos.sell(places.pos, service.today)
    service.start()
    service.wait_log("paused since before the start: the VPS is being restored")
    beats = "SELECT UltimoContacto, Salud, Motivos FROM central.EstadoSucursales WHERE IdSucursal = %s"

    def beat():
        return places.vps.query(beats, (BRANCH,))[0]

    first = wait_until(lambda: "paused: the VPS is being restored" in (beat()[2] or "") and beat(), "a heartbeat")
    wait_until(lambda: beat()[0] > first[0], "another heartbeat")
    assert beat()[1] == "degradada" and "no success" not in beat()[2]
    code = client.pipe("status", "--format=nagios")
    assert code.exit_code == 1 and "paused: the VPS is being restored" in code.stdout
    assert oracle.differences(places, BRANCH, (str(service.today),) * 2)  # nothing was written
    client.pipe("resume").expect(OK)
    service.wait_synced(service.days(2))
    service.kill()
    before = len(service.log_lines("health is ok"))
    service.start()
    service.wait_log("health is ok", count=before + 1)
    assert len(service.log_lines("paused since before the start")) == 1


# -- modes ---------------------------------------------------------------------------------------


def test_what_a_branch_leaves_out_is_shown_wherever_its_state_is(places, service, branch):
    pos.fill(places.pos, service.days(2), empty=())
    service.start(audit={"enabled": False}, lock={"enabled": False}, extraction={"hours": "00:00-23:59"})
    service.wait_synced(service.days(2))
    service.wait_log("health is ok")
    client = Client(branch.bus.environment)
    modes = ["audit off", "lock off", "old days 00:00 to 23:59"]
    assert branch.get("Modes") == modes
    assert json.loads(client.pipe("status", "--format=json").expect(OK).stdout)["Modes"] == modes
    table = client.pipe("status").expect(OK).stdout
    assert "audit off, lock off" in " ".join(table.split())
    code = client.pipe("status", "--format=nagios").expect(OK)
    assert "modes: audit off, lock off" in formats.nagios(code.stdout)[1]
    metrics = client.pipe("status", "--format=prometheus").expect(OK).stdout
    assert f'consolidador_mode{{branch="{BRANCH}",mode="lock off"}} 1' in metrics
    assert "[audit off, lock off, " in service.notify.status
    wait_until(lambda: "modes: audit off, lock off" in (places.vps.value(
        "SELECT Motivos FROM central.EstadoSucursales WHERE IdSucursal = %s", (BRANCH,)) or ""), "the heartbeat says so")


def test_a_dry_run_is_never_ok(places, service):
    pos.fill(places.pos, service.days(2), empty=())
    service.start(dry_run=True)
    service.wait_log("health is degraded: dry run: nothing is written")
    assert "[dry run]" in service.notify.status
    service.reload(dry_run=False)
    service.wait_log("health is ok")


def test_a_target_that_lacks_the_day_makes_it_pending_and_not_ok(places, service, relays):
    pos.fill(places.pos, service.days(2), empty=())
    service.start(window={"reprocess_days": 1})
    service.wait_synced(service.days(2))
    yesterday = service.days(2)[0]
    with relays["vps"].fault(Refuse()):
        service.wait_place("vps", "down since")
        pos.sell(places.pos, service.today)
        line = service.wait_told(service.today, "PENDIENTE")
        assert (line["local"], line["vps"]) == ("cambiado", "pendiente") and "not in vps yet" in line["error"]
        service.wait_cycles(2)
        assert not told(service, "PENDIENTE", yesterday)  # which the VPS has
    service.wait_synced(service.days(2))
    service.wait_told(service.today, "OK", after=len(service.consolidador.read_bitacora()) - 1)


# -- the bitacora -


def test_a_bitacora_whose_folder_is_gone_loses_no_line(places, service, days):
    logs = service.consolidador.logs
    logs.rename(logs.with_name("moved"))
    logs.write_text("a file in the way")
    pos.sell(places.pos, service.today)
    service.wait_synced(days)
    wait_until(lambda: "degraded" in service.notify.status, "the status says that something is wrong")
    assert not list(logs.parent.glob("logs/*"))
    logs.unlink()
    service.wait_told(service.today, "OK")
    wait_until(lambda: service.notify.status.startswith(f"branch {BRANCH}: ok"), "all is well again")


# -- clocks -------------------------------------------------------------------------------------


needs_a_clock = pytest.mark.skipif(not can_move_clock(), reason="needs libfaketime, a clock not moved yet, and no sanitizer")


def test_while_the_targets_have_sales_of_days_to_come_nothing_is_written(places, service, days):
    today, to_come = service.today, service.today + datetime.timedelta(days=3)
    places.vps.query("INSERT INTO central.SincronizacionDias (IdSucursal, Fecha, Filas, TotalUnidades, TotalVenta,"
                     " TotalCosto, Huella, Revision, PrimeraSync, UltimaSync, UltimaVerificacion)"
                     " SELECT IdSucursal, %s, Filas, TotalUnidades, TotalVenta, TotalCosto, Huella, Revision,"
                     " PrimeraSync, UltimaSync, UltimaVerificacion FROM central.SincronizacionDias WHERE Fecha = %s",
                     (to_come, today))
    service.stop()
    service.start()
    service.wait_log(f"health is failing: vps has sales of {to_come}, and it is {today} here")
    pos.sell(places.pos, today)
    assert "a clock is wrong" in service.wait_told(today, "PENDIENTE")["error"]
    assert oracle.differences(places, BRANCH, (str(today), str(today)))
    places.vps.query("DELETE FROM central.SincronizacionDias WHERE Fecha = %s", (to_come,))
    service.wait_synced(days)
    service.wait_log("health is ok")


@pytest.mark.parametrize("ahead", [1, 2, 40, 4000])
def test_while_the_pos_sells_on_days_to_come_nothing_is_written_and_it_ends_by_itself(places, service, days, ahead):
    today = service.today
    pos.sell(places.pos, today + datetime.timedelta(days=ahead), upc="manana")
    pos.sell(places.pos, today)
    service.wait_log(f"health is failing: the POS has sales of {today + datetime.timedelta(days=ahead)}, .*branch.time_zone")
    said = service.consolidador.check("--connect")
    assert said.exit_code != OK and "days_to_come" in said.stdout
    service.wait_told(today, "PENDIENTE")
    assert oracle.differences(places, BRANCH, (str(today), str(today)))
    places.pos.query("DELETE FROM superpos.ventasdiarias WHERE Upc = 'manana'")
    service.wait_synced(days)
    service.wait_log("health is ok again")


@pytest.mark.parametrize("ahead", [1, 5])
def test_a_pos_that_cannot_tell_its_newest_sale_is_looked_through_day_by_day(places, service, ahead):
    to_come = service.today + datetime.timedelta(days=ahead)
    pos.fill(places.pos, service.days(2), empty=())
    places.pos.query("DROP PROCEDURE superpos.sp_ultima_venta")
    try:
        service.start()
        service.wait_synced(service.days(2))
        pos.sell(places.pos, to_come, upc="manana")
        service.wait_log(f"health is failing: the POS has sales of {to_come}", seconds=90)
        wait_until(lambda: len(told(service, "PENDIENTE")) > 0, "told in the bitacora")
        assert not service.log_lines("health is ok again")
        places.pos.query("DELETE FROM superpos.ventasdiarias WHERE Upc = 'manana'")
        service.wait_log("health is ok again")
    finally:
        schema.create_pos(places.pos)


@needs_a_clock
@pytest.mark.parametrize("offset", ["+3h", "-3h", "+3650d"])
def test_a_clock_that_is_hours_or_years_from_the_vps_writes_nothing(places, service, offset):
    pos.fill(places.pos, service.days(2), empty=())
    right = dict(service.environment)
    service.environment |= moved(offset)
    service.start()
    service.wait_log("health is failing: .*timedatectl")
    wait_until(lambda: "timedatectl" in (told(service, "PENDIENTE") or [{"error": ""}])[0]["error"], "told in the bitacora")
    for target in places.targets:
        assert target.value("SELECT COUNT(*) FROM central.SincronizacionDias") == 0
        assert target.value("SELECT COUNT(*) FROM central.VentasAgrupadas") == 0
    service.stop()
    service.environment = right
    service.start()
    service.wait_synced(service.days(2))


@needs_a_clock
@pytest.mark.parametrize("offset", ["+1d", "+3650d"])
def test_a_clock_that_was_ahead_for_some_seconds_leaves_no_day_to_come(places, service, offset):
    """What was wanted by the wrong clock is forgotten when it is right again."""
    clock = service.consolidador.folder / "clock"

    def set_clock(moved_by):
        new = clock.with_suffix(".new")
        new.write_text(moved_by)
        new.rename(clock)

    pos.fill(places.pos, service.days(2), empty=())
    set_clock("+0s")
    service.environment |= {"LD_PRELOAD": str(LIBRARY), "FAKETIME_TIMESTAMP_FILE": str(clock), "FAKETIME_NO_CACHE": "1",
                            "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
    service.start()
    service.wait_synced(service.days(2))
    service.wait_log("health is ok")
    set_clock(offset)
    service.wait_told(service.today + datetime.timedelta(days=int(offset.strip("+d"))), "PENDIENTE")
    set_clock("+0s")
    service.wait_log("health is ok again")
    pos.sell(places.pos, service.today)
    service.wait_synced(service.days(2))
    service.wait_cycles(2)
    for target in places.targets:
        assert target.value("SELECT MAX(Fecha) FROM central.SincronizacionDias") == service.today
    assert not [line for line in service.consolidador.read_bitacora()
                if line["estado"] == "OK" and line["fecha"] > str(service.today)]


# -- contradictions ------------------------------------------------------------------------------


def test_cycles_that_would_always_be_late_are_refused_with_both_keys(consolidador):
    consolidador.configure(schedule={"every": "21min"}, health={"degraded_after": "30min"})
    said = consolidador.check().expect(CONFIGURATION)
    assert "health.degraded_after" in said.stderr and "schedule.every" in said.stderr


def test_a_ledger_with_days_and_times_that_cannot_be_is_mended_or_told_without_flapping(places, service, days):
    service.stop()
    places.vps.client(f"""
        SET SESSION sql_mode = '';
        UPDATE SincronizacionDias SET UltimaVerificacion = '0000-00-00' WHERE Fecha = '{days[0]}';
        UPDATE SincronizacionDias SET UltimaVerificacion = '2300-01-01' WHERE Fecha = '{days[1]}';
        INSERT INTO SincronizacionDias
          SELECT IdSucursal, d.Dia, Filas, TotalUnidades, TotalVenta, TotalCosto, Huella, 1, PrimeraSync, UltimaSync,
                 UltimaVerificacion
            FROM SincronizacionDias JOIN (SELECT '0000-00-00' AS Dia UNION SELECT '1999-01-01') AS d
           WHERE Fecha = '{days[0]}'""", schema.database_of(places.vps))
    service.start()
    service.wait_log("1999-01-01 held: the POS has it no longer, the rows in vps are not those of its ledger")
    service.wait_cycles(3)
    assert not service.log_lines("is down") and not service.log_lines("is back")
    held = places.vps.value("SELECT MIN(UltimaVerificacion) FROM central.SincronizacionDias WHERE Fecha = %s", (days[0],))
    assert held > datetime.datetime(2000, 1, 1)


STRAY = ("INSERT INTO central.VentasAgrupadas (Fecha, IdSucursal, Upc, IdProveedor, IdDepartamento, IdCategoria,"
         " IdSubcategoria, Unidades, VentaTotal, CostoTotal, UltimaSync)"
         f" VALUES (%s, {BRANCH}, 'ajena', 0, 1, 10, 100, 1, 2, 1, UTC_TIMESTAMP())")


@pytest.mark.parametrize("name", ["local", "vps"])
def test_rows_before_the_first_day_that_no_ledger_knows_are_told_without_flapping(places, service, days, name):
    service.stop()
    getattr(places, name).query(STRAY, ("1999-01-01",))
    service.start()
    service.wait_log("1999-01-01 held: ")
    service.wait_told("1999-01-01", "RETENIDO")
    service.wait_log("health is degraded: .*1999-01-01")
    service.wait_cycles(3)
    assert not service.log_lines("is down") and not service.log_lines("is back")
    assert len(told(service, "RETENIDO")) <= 2  # once more when the other target has looked at it
    getattr(places, name).query("DELETE FROM central.VentasAgrupadas WHERE Fecha = '1999-01-01'")
    service.wait_log("health is ok again", seconds=90)


@pytest.mark.parametrize("name", ["local", "vps"])
def test_rows_of_a_day_to_come_that_no_ledger_knows_are_told_until_they_are_gone(places, service, days, name):
    later = service.today + datetime.timedelta(days=40)
    target = getattr(places, name)
    service.stop()
    with schema.before_days_were_refused(target):
        target.query(STRAY, (later,))
    service.start()
    service.wait_log(f"health is degraded: .*{name}: rows of {later}, a day to come")
    pos.sell(places.pos, service.today, upc="despues")
    service.wait_day(service.today)  # nobody's sales wait for that
    service.wait_cycles(3)
    assert not service.log_lines("is down") and not service.log_lines("is back")
    target.query("DELETE FROM central.VentasAgrupadas WHERE Fecha = %s", (later,))
    service.wait_log("health is ok again", seconds=90)


# -- and what was found by trying -----------------------------------------------------------------


def test_a_day_in_error_is_told_though_today_takes_longer_than_a_cycle(places, running):
    """By then the next cycle wants today again."""
    today = running.today
    schema.surround_pos_procedure(places.pos, before=f"IF p_fecha = '{today}' THEN DO SLEEP(2); END IF")
    try:
        for number in range(12):
            pos.sell(places.pos, today, upc="", category=number)
        running.wait_log("health is degraded: 1 day in ERROR, such as", seconds=60)
        assert running.wait_told(today, "ERROR")
    finally:
        schema.create_pos(places.pos)


def test_a_heartbeat_that_cannot_be_left_is_told_and_the_ledger_watched_without_it(places, running):
    today = running.today
    places.vps.client("CREATE TRIGGER no_latido BEFORE UPDATE ON EstadoSucursales FOR EACH ROW SIGNAL SQLSTATE '45000' "
                      "SET MESSAGE_TEXT = 'broken heart'", schema.AGGREGATE_DATABASE)
    try:
        running.wait_log("health is degraded: vps: it takes no heartbeat for .*broken heart")
        places.vps.query("DELETE FROM central.VentasAgrupadas WHERE IdSucursal = %s AND Fecha = %s", (BRANCH, today))
        places.vps.query("DELETE FROM central.SincronizacionDias WHERE IdSucursal = %s AND Fecha = %s", (BRANCH, today))
        running.wait_synced(running.days(2))
    finally:
        places.vps.client("DROP TRIGGER no_latido", schema.AGGREGATE_DATABASE)
    running.wait_log("health is ok again")


def test_what_only_local_has_after_a_restart_is_pending_and_not_audited(places, service, relays, branch):
    """The VPS has not been asked: what it lacks nobody knows."""
    days = service.days(8)
    pos.fill(places.pos, days, empty=())
    service.start(window={"reprocess_days": 1})
    service.wait_synced(days[-2:])
    client = Client(branch.bus.environment)
    with relays["vps"].fault(Refuse()):
        relays["vps"].cut()
        service.wait_place("vps", "down")
        client.pipe("backfill", days[0], days[1]).expect(OK)
        wait_until(lambda: places.local.value(
            "SELECT COUNT(*) FROM central.SincronizacionDias WHERE Fecha <= %s", (days[1],)) == 2, "local has them")
        wait_until(lambda: f"audited up to {days[-2]}" not in client.pipe("status", "--format=nagios").stdout,
                   "the gap is seen")
        service.kill()
        service.start()
        service.wait_synced(days, [places.local])
        assert not told(service, "OK", days[3])
        assert service.wait_told(days[3], "PENDIENTE")["local"] == "nuevo"
    service.wait_synced(days)
    assert service.wait_told(days[3], "OK")


def test_a_paused_branch_is_not_failing_for_what_it_lacks(places, service, branch):
    days = service.days(6)
    pos.fill(places.pos, days, empty=())
    service.start(window={"reprocess_days": 1}, health={"degraded_after": "2s", "failing_after": "3s"})
    service.wait_synced(days[-2:])
    client = Client(branch.bus.environment)
    client.pipe("pause", "a restore").expect(OK)
    client.pipe("backfill", days[0], days[0]).expect(OK)
    service.kill()
    service.start()
    service.wait_log("paused since before the start")
    service.wait_log("health is degraded: .*paused: a restore")
    for _ in range(4):
        last = places.vps.value(CONTACT, (BRANCH,))
        wait_until(lambda: places.vps.value(CONTACT, (BRANCH,)) != last, "a heartbeat")
    assert not service.log_lines("health is failing")
