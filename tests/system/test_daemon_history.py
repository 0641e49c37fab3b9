# SPDX-License-Identifier: MIT
"""A long backfill: resumes where it was, ends as if never interrupted, and always gives way to today's sales."""
import datetime
import random
import signal

from support import oracle, pos, schema
from support.daemon import BRANCH
from support.service import registered_days
from support.waiting import wait_until

DAYS = 400
INTERRUPTIONS = 10
LEDGER = """SELECT Fecha, Filas, TotalUnidades, TotalVenta, TotalCosto, Huella, Revision
            FROM central.SincronizacionDias WHERE IdSucursal = %s ORDER BY Fecha"""


def held(target):
    return target.value("SELECT COUNT(*) FROM central.SincronizacionDias WHERE IdSucursal = %s", (BRANCH,))


def content(places):
    """Everything that both targets hold, ledgers and their revisions included."""
    return [(oracle.target_rows(target, BRANCH), target.query(LEDGER, (BRANCH,))) for target in places.targets]


def history(service, count=DAYS):
    days = service.days(count)
    pos.fill(service.servers.pos, days, empty=days[10:13], lines=4)
    service.consolidador.configure(window={"reprocess_days": 1},
                                   historical={"from": str(days[0]), "to": str(days[-1])})
    return days


def test_ten_interruptions_end_with_the_same_rows_as_none(places, service):
    days = history(service)
    source = random.Random(400)
    for number in range(INTERRUPTIONS):
        service.start()
        enough = min(held(places.vps) + source.randrange(15, 35), DAYS)
        wait_until(lambda: held(places.vps) >= enough, "some more days", 60)
        service.signal(signal.SIGKILL if number % 2 else signal.SIGTERM)
        service.wait_end()
    assert held(places.vps) < DAYS, "it was interrupted ten times before its end"
    service.start()
    service.wait_synced(days)
    service.stop()
    interrupted = content(places)
    for target in places.targets:
        schema.empty_aggregate(target)
    service.start()
    service.wait_synced(days)
    assert content(places) == interrupted


def test_todays_sales_wait_for_one_job_at_most(places, service):
    """With one worker, which is held in a day of history while today's sale happens: today is next."""
    days = history(service, 60)
    service.consolidador.configure(pool={"size": 1})
    blocked = days[30]
    with places.vps.connect() as holder, holder.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("INSERT INTO central.SincronizacionDias VALUES (%s, %s, 0, 0, 0, 0, 0, 0, NOW(), NOW(), NOW())",
                       (BRANCH, blocked))
        service.start()
        wait_until(lambda: places.vps.status("Innodb_row_lock_current_waits")["Innodb_row_lock_current_waits"],
                   "the VPS's worker is held in a day of history")
        pos.sell(places.pos, days[-1], upc="hoy", amount="77.00")
        sold = "SELECT COUNT(*) FROM central.VentasAgrupadas WHERE Upc = 'hoy'"
        wait_until(lambda: places.local.value(sold), "a cycle has seen the sale: local has it")
        holder.rollback()
        service.wait_synced(days)
    between = places.vps.value("""
        SELECT COUNT(*) FROM central.SincronizacionDias AS d
        JOIN central.SincronizacionDias AS held ON held.Fecha = %s
        JOIN central.SincronizacionDias AS today ON today.Fecha = %s
        WHERE d.PrimeraSync > held.PrimeraSync AND d.PrimeraSync < today.UltimaSync AND d.Fecha <> today.Fecha""",
                               (blocked, days[-1]))
    assert between == 0, "days of history that went before today's sale"


def test_today_is_current_all_the_time_while_history_is_filled(places, service):
    """With as many days waiting as there are, a sale is in both targets before the backfill has gone far."""
    days = history(service)
    service.start()
    for number in range(3):
        behind = DAYS - held(places.vps)
        pos.sell(places.pos, days[-1], upc=f"hoy {number}", amount="5.00")
        sold = f"SELECT COUNT(*) FROM central.VentasAgrupadas WHERE Upc = 'hoy {number}'"
        for target in places.targets:
            wait_until(lambda: target.value(sold), "today's sale has arrived")
        print(f"\n{behind} days of history waited when it was sold, {DAYS - held(places.vps)} when it had arrived")
    service.wait_synced(days)


def test_days_without_sales_are_days_too(places, service):
    """Every day of the range has its row in the ledger, and is not asked for again."""
    days = history(service, 30)
    service.start()
    service.wait_synced(days)
    for target in places.targets:
        empty = target.query("SELECT Fecha FROM central.SincronizacionDias WHERE Filas = 0 ORDER BY Fecha")
        assert [day for (day,) in empty] == days[10:13]
    service.stop()
    with places.vps.recording() as entries:
        service.start()
        service.wait_log("cycle: ", count=len(service.log_lines("cycle: ")) + 2)
        service.stop()
    yesterday = days[-1] - datetime.timedelta(days=1)
    assert set(registered_days(entries)) <= {str(days[-1]), str(yesterday)}
