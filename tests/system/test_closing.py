# SPDX-License-Identifier: MIT
"""The first look after a day's end closes it: what the POS sold between the last look and midnight is the day's
own; from then on every change is one after closing. Each target goes by its own ledger, and nobody can claim
it of a day that is closed."""
import datetime

import pymysql
import pytest

from support import oracle, pos, schema
from support.daemon import BRANCH, OK, UNCHANGED
from support.service import noon_zone

PASSWORD = "una clave bien larga"
HISTORY = "SELECT Motivo FROM central.HistorialDias WHERE Fecha = %s ORDER BY Cambio"
# It is noon in the branch: the day before ended about twelve hours ago.
LAST_LOOK_BEFORE_THE_END = """
UPDATE central.SincronizacionDias SET Cierre = NULL, UltimaSync = UTC_TIMESTAMP(3) - INTERVAL 14 HOUR,
       UltimaVerificacion = UTC_TIMESTAMP(3) - INTERVAL 14 HOUR WHERE Fecha = %s"""


class Evening:
    """A branch whose computer was switched off before the end of yesterday."""

    def __init__(self, places, consolidador):
        self.places = places
        self.consolidador = consolidador
        zone, today = noon_zone()
        consolidador.configure(branch={"id": BRANCH, "time_zone": zone})
        self.day = today - datetime.timedelta(days=1)
        pos.fill_evenly(places.pos, [self.day, today])
        self.look()

    def look(self):
        """Today and yesterday, as every cycle does."""
        return self.consolidador.once().expect(OK)

    def switch_off(self, *targets):
        for target in targets or self.places.targets:
            target.query(LAST_LOOK_BEFORE_THE_END, (self.day,))

    def sell(self, upc):
        pos.sell(self.places.pos, self.day, upc=upc, amount="12.50")

    def reasons(self, target):
        return [reason for (reason,) in target.query(HISTORY, (self.day,))]


@pytest.fixture
def evening(places, consolidador):
    return Evening(places, consolidador)


def test_what_was_sold_before_midnight_is_no_change_and_what_comes_later_is(evening):
    evening.switch_off()
    evening.sell("NOCHE")
    line = evening.look().day(evening.day)
    assert (line["local"], line["vps"], line["cambio"]) == ("cambiado", "cambiado", "")
    assert [evening.reasons(target) for target in evening.places.targets] == [[], []]
    evening.sell("TARDE")
    assert "12.5" in evening.look().day(evening.day)["cambio"]
    assert [evening.reasons(target) for target in evening.places.targets] == [["pos"], ["pos"]]
    oracle.assert_remembered(evening.places, BRANCH)


def test_a_first_look_that_finds_nothing_new_closes_the_day_too_and_writes_once(evening):
    evening.switch_off()
    assert evening.look().outcomes() == UNCHANGED
    seen = "SELECT UltimaVerificacion FROM central.SincronizacionDias WHERE Fecha = %s"
    closed = [target.value(seen, (evening.day,)) for target in evening.places.targets]
    evening.look()
    assert [target.value(seen, (evening.day,)) for target in evening.places.targets] == closed
    evening.sell("TARDE")
    evening.look()
    assert [evening.reasons(target) for target in evening.places.targets] == [["pos"], ["pos"]]


def test_a_target_that_was_away_at_the_end_closes_the_day_when_it_is_back(evening):
    evening.switch_off(evening.places.vps)
    evening.sell("NOCHE")
    evening.look()
    assert (evening.reasons(evening.places.local), evening.reasons(evening.places.vps)) == (["pos"], [])
    evening.sell("TARDE")
    evening.look()
    assert (evening.reasons(evening.places.local), evening.reasons(evening.places.vps)) == (["pos", "pos"], ["pos"])
    oracle.assert_remembered(evening.places, BRANCH)


def test_a_first_look_that_finds_damage_tells_everything(evening):
    """Also what was sold in the evening, as a change of its own."""
    evening.switch_off()
    evening.places.vps.query("UPDATE central.VentasAgrupadas SET VentaTotal = VentaTotal + 1 WHERE Fecha = %s LIMIT 1",
                             (evening.day,))
    evening.sell("NOCHE")
    evening.look()
    assert [evening.reasons(target) for target in evening.places.targets] == [
        [], ["danado", "danado", "pos"]]
    oracle.assert_remembered(evening.places, BRANCH)


# -- a stolen account ----------------------------------------------------------------------------------


class Claimant:
    """A session of a branch's account that says of each day that it closes it."""

    def __init__(self, vps):
        schema.install_guard(vps)
        schema.enlist(vps, 7, PASSWORD)
        self._vps = vps
        self._link = vps.connect("sucursal_7", PASSWORD, schema.GUARDED_DATABASE)
        self._link.autocommit(False)
        with self._link.cursor() as cursor:
            cursor.execute("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED")  # as the program

    def write(self, day, amount, says="@consolidador_cierra"):
        row = f"{day}|7|1|2|3|4|1.0000|{amount}.0000|1.0000|a"
        with self._link.cursor() as cursor:
            cursor.execute(f"SET {says} = 1")
            cursor.execute("""INSERT INTO VentasAgrupadas VALUES (%s, 7, 'a', 1, 2, 3, 4, 1, %s, 1, UTC_TIMESTAMP(3))
                              ON DUPLICATE KEY UPDATE VentaTotal = VALUES(VentaTotal)""", (day, amount))
            cursor.execute("CALL sp_registrar_dia(%s, 7, 1, 1, %s, 1, %s)", (day, amount, oracle.huella([row])))
        self._link.commit()

    def looked_at(self, day, hours):
        """The ledger says that the last look was so many hours after the day's beginning, UTC."""
        self._vps.query("UPDATE central.SincronizacionDias SET Cierre = NULL, UltimaVerificacion = Fecha +"
                        " INTERVAL %s HOUR, UltimaSync = UltimaVerificacion WHERE Fecha = %s", (hours, day))

    def history(self, day):
        return [reason for (reason,) in self._vps.query(HISTORY, (day,))]


@pytest.fixture
def claimant(places):
    return Claimant(places.vps)


def days_ago(server, count):
    return str(server.value("SELECT UTC_DATE() - INTERVAL %s DAY", (count,)))


def test_a_day_is_closed_once(places, claimant):
    day = days_ago(places.vps, 2)
    claimant.write(day, 10)
    claimant.looked_at(day, 20)
    claimant.write(day, 11)
    assert claimant.history(day) == [], "as an honest program does in the morning"
    for count in (1, 2):
        claimant.write(day, 11 + count)
        assert claimant.history(day) == ["pos"] * count
    assert oracle.history_differences(places.vps, 7) == []


@pytest.mark.parametrize("age, hours", [(2, None), (2, 36), (10, 20), (300, 20)])
def test_a_day_that_was_looked_at_after_its_end_or_is_old_cannot_be_said_to_close(places, claimant, age, hours):
    day = days_ago(places.vps, age)
    claimant.write(day, 10)
    if hours:
        claimant.looked_at(day, hours)
    claimant.write(day, 11)
    assert claimant.history(day) == ["pos"]
    assert oracle.history_differences(places.vps, 7) == []


def test_what_closes_a_day_is_not_the_branchs_to_write(places, claimant):
    with places.vps.connect("sucursal_7", PASSWORD, schema.GUARDED_DATABASE) as link, link.cursor() as cursor:
        with pytest.raises(pymysql.Error):
            cursor.execute("UPDATE SincronizacionDias SET Cierre = NULL, UltimaVerificacion = '2020-01-01'")


def test_a_program_that_does_not_say_that_a_day_is_closed_has_its_rows_noted_all_the_same(places, claimant):
    """Within a day and a half of the day's beginning, when it could be the open day's growth."""
    day = str(places.vps.value("SELECT DATE(UTC_TIMESTAMP() - INTERVAL 11 HOUR)"))
    claimant.write(day, 10)
    places.vps.query("UPDATE central.SincronizacionDias SET Cierre = UTC_TIMESTAMP(3) WHERE Fecha = %s", (day,))
    claimant.write(day, 11, says="@consolidador_memoria")
    assert claimant.history(day) == ["pos"]
    assert oracle.history_differences(places.vps, 7) == []
    assert places.vps.value("SELECT COUNT(*) FROM central.HistorialCambios WHERE Fecha = %s", (day,)) == 1
