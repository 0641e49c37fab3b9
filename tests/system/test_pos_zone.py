# SPDX-License-Identifier: MIT
"""A day is what the POS's own clocks call so, whatever the type of its column."""
import contextlib
import json

import pytest

from support import schema
from support.daemon import OK
from support.pos import WEEK

DAYS = WEEK[:3]
TIMES = ("00:00:00", "05:00:00", "20:00:00", "23:59:59")


@contextlib.contextmanager
def tills_in(server, zone):
    """The POS's server keeps this zone, and gives it to who does not ask for another: the tills."""
    before = server.value("SELECT @@global.time_zone")
    server.query("SET GLOBAL time_zone = %s", (zone,))
    try:
        with server.connect(database=schema.POS_DATABASE) as till, till.cursor() as cursor:
            cursor.execute("SET SESSION time_zone = @@global.time_zone")
            yield cursor
    finally:
        server.query("SET GLOBAL time_zone = %s", (before,))


@pytest.mark.parametrize("zone", ["-06:00", "+05:30"])
@pytest.mark.parametrize("date_type", ["DATE", "DATETIME", "TIMESTAMP", "TIMESTAMP(6)"])
def test_a_day_is_the_days_of_the_tills(date_type, zone, places, consolidador):
    schema.create_pos(places.pos, date_type=date_type)
    with tills_in(places.pos, zone) as till:
        for number, day in enumerate(DAYS):
            for time in TIMES:
                till.execute("INSERT INTO ventasdiarias VALUES (%s, %s, 1, 2, 3, %s, 10, 7)",
                             (f"{day} {time}", f"a las {time}", number + 1))
        consolidador.once_for(DAYS[0], DAYS[-1]).expect(OK)
    for target in places.targets:
        held = target.query("SELECT CAST(Fecha AS CHAR), Upc, CAST(Unidades AS CHAR) FROM central.VentasAgrupadas")
        assert sorted(held) == sorted((str(day), f"a las {time}", f"{number + 1}.0000")
                                      for number, day in enumerate(DAYS) for time in TIMES)


@pytest.mark.parametrize("zone, branch, result, words", [
    ("-06:00", "Etc/GMT+6", "ok", ["UTC-06:00"]),
    ("-06:00", "Etc/GMT+5", "warning", ["UTC-06:00", "(Etc/GMT+5) UTC-05:00", "-60 min"]),
    ("+00:00", "Etc/GMT+6", "warning", ["UTC+00:00", "UTC-06:00", "360 min"]),
    ("+05:30", "Asia/Kolkata", "ok", ["UTC+05:30"]),
])
def test_check_compares_the_servers_zone_with_the_branchs(zone, branch, result, words, places, consolidador):
    consolidador.configure(branch={"time_zone": branch})
    with tills_in(places.pos, zone):
        run = consolidador.check("--connect", "--format=json").expect(OK)
    (found,) = (each for each in json.loads(run.stdout)["findings"]
                if each["place"] == "operational" and each["check"] == "time_zone")
    assert found["result"] == result
    assert all(word in found["text"] for word in words), found
    assert (result == "ok") == (found["remedy"] == ""), found
    assert result == "ok" or ("branch.time_zone" in found["remedy"] and "default_time_zone" in found["remedy"])
