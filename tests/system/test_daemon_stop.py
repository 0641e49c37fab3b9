# SPDX-License-Identifier: MIT
"""However the daemon ends, nothing is lost: the next start brings the three places together again."""
import contextlib
import os
import random
import signal
import time

import pytest

from support import oracle, pos, schema
from support.daemon import BRANCH, OK
from support.relay import BlackHole, Delay
from support.waiting import wait_until

MOMENTS = int(os.environ.get("CONSOLIDADOR_MOMENTS", 12))
SEED = int(os.environ.get("CONSOLIDADOR_SEED", random.randrange(1 << 32)))
BUSY_SECONDS = 0.7  # after READY there is work for about so long


@contextlib.contextmanager
def ledger_row_held(target, day):
    """Another client holds the day's row of the ledger: a transaction of the daemon that writes the day waits."""
    with target.connect() as holder, holder.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("SELECT * FROM central.SincronizacionDias WHERE Fecha = %s FOR UPDATE", (day,))
        yield holder


def waits_for_a_row(target):
    return target.status("Innodb_row_lock_current_waits")["Innodb_row_lock_current_waits"] > 0


def in_the_middle_of_a_day(places, service, days, stack):
    """The daemon waits in a transaction of the VPS with today's rows written."""
    pos.fill(places.pos, days, empty=())
    service.start(window={"reprocess_days": 1}, stop={"grace": "3s"})
    service.wait_synced(days)
    holder = stack.enter_context(ledger_row_held(places.vps, days[-1]))
    pos.sell(places.pos, days[-1], upc="a medias", amount="9.00")
    wait_until(lambda: waits_for_a_row(places.vps), "the daemon waits for the row")
    return holder


def let_the_server_find_out(places, holder):
    """It goes on with the statement until it cannot send the result; then the transaction is rolled back."""
    holder.rollback()
    clients = f"SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE USER IN {schema.ACCOUNTS}"
    wait_until(lambda: places.vps.value(clients) == 0, "the server has ended the dead client's transaction")


def assert_not_half_done(places, service, days):
    assert not any("a medias" in row for row in oracle.target_rows(places.vps, BRANCH))
    service.start()
    service.wait_synced(days)


def test_sigterm_at_rest_is_an_orderly_end(service):
    service.start()
    service.wait_synced(service.days(2))
    assert service.stop() == OK
    assert service.notify.messages[-1].get("STOPPING") or service.notify.count("STOPPING") == 1
    assert service.log_lines("SIGTERM received") and service.log_lines("consolidadord has stopped")


def test_sigint_ends_it_as_well(service):
    service.start()
    service.signal(signal.SIGINT)
    assert service.wait_end() == OK
    assert service.notify.count("STOPPING") == 1


def test_sigterm_waits_for_the_running_transaction(places, service):
    days = service.days(2)
    with contextlib.ExitStack() as stack:
        holder = in_the_middle_of_a_day(places, service, days, stack)
        service.signal(signal.SIGTERM)
        service.notify.wait_for("STOPPING")
        assert service.process.poll() is None
        holder.rollback()
        assert service.wait_end() == OK
    assert service.notify.count("EXTEND_TIMEOUT_USEC") >= 1
    oracle.assert_agree(places, BRANCH, days)


def test_after_the_grace_the_transaction_is_rolled_back(places, service):
    days = service.days(2)
    with contextlib.ExitStack() as stack:
        holder = in_the_middle_of_a_day(places, service, days, stack)
        assert service.stop() == OK
        let_the_server_find_out(places, holder)
    assert_not_half_done(places, service, days)


def test_a_second_sigterm_does_not_wait(places, service):
    days = service.days(2)
    with contextlib.ExitStack() as stack:
        holder = in_the_middle_of_a_day(places, service, days, stack)
        service.reload(stop={"grace": "1h"})
        service.signal(signal.SIGTERM)
        service.notify.wait_for("STOPPING")
        service.signal(signal.SIGTERM)
        assert service.wait_end() == OK
        let_the_server_find_out(places, holder)
    service.consolidador.configure(stop={"grace": "3s"})
    assert_not_half_done(places, service, days)


def test_it_stops_while_every_database_is_silent(places, service, relays):
    service.start(stop={"grace": "1s"}, timeouts={"connect": "60s"})
    service.wait_synced(service.days(2))
    with contextlib.ExitStack() as stack:
        for relay in relays.values():
            stack.enter_context(relay.fault(BlackHole()))
        pos.sell(places.pos, service.today)
        service.signal(signal.SIGTERM)
        assert service.wait_end() == OK


def end_with_sigterm(service, source):
    service.signal(signal.SIGTERM)
    assert service.wait_end() == OK
    assert service.notify.count("STOPPING") == 1


def end_with_two_sigterms(service, source):
    service.signal(signal.SIGTERM)
    time.sleep(source.uniform(0, 0.03))
    with contextlib.suppress(ProcessLookupError):
        service.signal(signal.SIGTERM)
    assert service.wait_end() in (OK, -signal.SIGTERM)


def end_with_sigkill(service, source):
    service.signal(signal.SIGKILL)
    assert service.wait_end() == -signal.SIGKILL


@pytest.mark.parametrize("end", [end_with_sigterm, end_with_two_sigterms, end_with_sigkill])
def test_at_any_moment_it_may_be_ended_and_nothing_is_lost(places, service, relays, end):
    """The three places agree, by the oracle, after each fresh start."""
    print(f"\nCONSOLIDADOR_SEED={SEED} CONSOLIDADOR_MOMENTS={MOMENTS}")
    source = random.Random(SEED)
    days = service.days(6)
    pos.fill(places.pos, days, empty=())
    with relays["vps"].fault(Delay(0.004)):
        for moment in range(MOMENTS):
            for day in days:
                pos.sell(places.pos, day, upc=f"momento {moment}", amount=f"{moment}.50")
            service.start(window={"reprocess_days": 5})
            time.sleep(source.uniform(0, BUSY_SECONDS))  # the moment, not a synchronisation
            end(service, source)
            service.start()
            service.wait_synced(days)
            service.kill()
