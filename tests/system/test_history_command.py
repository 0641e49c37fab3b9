# SPDX-License-Identifier: MIT
"""consolidadorctl history: the versions of a day, and the rows of each as they were."""
import csv
import io
import json
import os
import pwd
import time
from datetime import timedelta
from decimal import Decimal

import pytest

from support import oracle, pos, schema
from support.accounts import NOBODY
from support.client import Client
from support.daemon import BRANCH, DAY_IN_ERROR, OK, UNREACHABLE, USAGE
from support.schema import POS_DATABASE
from support.waiting import wait_until

LINES = f"{POS_DATABASE}.ventasdiarias"


class Past:
    """A day of three months ago and the last three, proven; the service runs."""

    def __init__(self, places, service, branch):
        self.places = places
        self.service = service
        self.branch = branch
        self.recent = service.days(3)
        self.day = service.today - timedelta(days=91)
        self.days = [self.day, *self.recent]
        pos.fill(places.pos, self.days, empty=())
        service.consolidador.write_config()
        for first, last in ((self.day, self.day), (self.recent[0], self.recent[-1])):
            service.consolidador.once_for(first, last).expect(OK)
        service.start()
        self.client = Client(branch.bus.environment)

    def json(self, *arguments):
        return json.loads(self.client.pipe("history", *arguments, "--format=json").expect(OK).stdout)

    def audit(self):
        self.client.pipe("audit", self.day, self.day, "--wait").expect(OK)

    def rows(self, target="vps"):
        span = (str(self.day), str(self.day))
        return sorted(map(oracle.unescape, oracle.target_rows(getattr(self.places, target), BRANCH, span)))

    def version(self, number, *options):
        """Its rows, as the oracle writes them."""
        told = self.json(self.day, "--revision", number, *options)
        return sorted("|".join(map(str, (self.day, BRANCH, row["Supplier"], row["Department"], row["Category"],
                                         row["Subcategory"], row["Units"], row["Sales"], row["Cost"], row["Code"])))
                      for row in told["RowsOfDay"])


@pytest.fixture
def past(places, service, branch):
    return Past(places, service, branch)


def cancel_a_ticket(past):
    past.places.pos.query(f"DELETE FROM {LINES} WHERE Fecha = %s LIMIT 1", (past.day,))


def test_a_ticket_cancelled_after_three_months_makes_a_second_version(past):
    first = past.rows()
    assert [version["Version"] for version in past.json(past.day)["Versions"]] == [1]
    cancel_a_ticket(past)
    past.audit()
    second = past.rows()
    assert second != first
    for target in ("local", "vps"):
        told = past.json(past.day, "--from", target)
        before, after = told["Versions"]
        assert told["Target"] == target
        assert (before["Reason"], after["Reason"]) == ("", "pos")
        assert Decimal(before["Sales"]) + Decimal(after["SalesChange"]) == Decimal(after["Sales"])
        assert before["Since"] <= after["Since"]
        assert past.version(1, "--from", target) == first
        assert past.version(2, "--from", target) == second
        assert before["Huella"] == str(oracle.huella(first)) and after["Huella"] == str(oracle.huella(second))
    text = past.client.pipe("history", past.day).expect(OK).stdout
    assert text.startswith(f"As local remembers (times of {past.service.zone}):\n")
    assert "first proven" in text and "POS changed" in text
    text = past.client.pipe("history", past.day, "--revision", 1).expect(OK).stdout
    assert f"they add up to its Huella {oracle.huella(first)}" in text


def test_five_changes_make_six_versions_and_each_moment_has_its_own(past):
    rows = [past.rows()]
    for number in range(5):
        pos.sell(past.places.pos, past.day, upc=f"TARDE {number}")
        past.audit()
        rows.append(past.rows())
    versions = past.json(past.day)["Versions"]
    assert [version["Version"] for version in versions] == [1, 2, 3, 4, 5, 6]
    assert [past.version(number) for number in range(1, 7)] == rows
    last = past.json(past.day, "--as-of", versions[-1]["Since"])
    assert last["Version"] == 6
    now = past.json(past.day, "--as-of", past.service.today + timedelta(days=1))
    assert now["Version"] == 6
    past.client.pipe("history", past.day, "--as-of", "2020-01-01").expect(DAY_IN_ERROR)


def test_who_has_asked_for_a_reprocess_is_told_also_when_it_is_done_after_a_restart(past):
    login = pwd.getpwuid(os.getuid()).pw_name
    pos.sell(past.places.pos, past.day)
    past.client.pipe("reprocess", past.day, past.day, "--wait").expect(OK)
    past.client.pipe("pause").expect(OK)
    pos.sell(past.places.pos, past.day)
    past.client.pipe("reprocess", past.day, past.day).expect(OK)
    past.service.stop()
    past.service.start()
    past.client.pipe("resume").expect(OK)
    for target in ("local", "vps"):
        wait_until(lambda: len(past.json(past.day, "--from", target)["Versions"]) == 3, "it is carried out")
        told = past.json(past.day, "--from", target)["Versions"]
        assert [(each["Reason"], each["Actor"]) for each in told[1:]] == [("reproceso", login)] * 2


def test_a_reprocess_that_changes_nothing_is_no_version_and_no_warning(past):
    past.client.pipe("reprocess", past.day, past.day, "--wait").expect(OK)
    assert [version["Version"] for version in past.json(past.day)["Versions"]] == [1]
    assert not past.service.log_lines("closed day was")
    pos.sell(past.places.pos, past.day)
    past.client.pipe("reprocess", past.day, past.day, "--wait").expect(OK)
    assert past.service.log_lines("closed day was changed")


def test_a_range_shows_the_days_that_have_changed(past):
    span = (past.day, past.recent[-1])
    assert past.json(*span)["Versions"] == []
    assert "no day has changed" in past.client.pipe("history", *span).expect(OK).stdout
    pos.sell(past.places.pos, past.day)
    past.audit()
    assert [(each["Date"], each["Version"]) for each in past.json(*span)["Versions"]] == [
        (str(past.day), 1), (str(past.day), 2)]


def test_a_time_at_which_the_day_was_open_is_refused(past):
    today = past.recent[-1]
    said = past.client.pipe("history", today, "--as-of", f"{today} 23:59:59").expect(DAY_IN_ERROR).stderr
    assert f"{today} was open on {today} 23:59:59: how it grew is not remembered" in said


def test_a_time_before_the_memory_begins_is_refused(past):
    moment = past.service.today + timedelta(days=1)
    past.client.pipe("history", past.day, "--as-of", moment).expect(OK)
    began = past.places.local.value("SELECT MIN(Aplicada) FROM central.Esquema")
    past.places.local.query("UPDATE central.Esquema SET Aplicada = '2100-01-01'")
    try:
        said = past.client.pipe("history", past.day, "--as-of", moment).expect(DAY_IN_ERROR).stderr
        text = past.client.pipe("history", past.day).expect(OK).stdout
        past.client.pipe("history", past.day, "--as-of", moment, "--from=vps").expect(OK)
    finally:
        past.places.local.query("UPDATE central.Esquema SET Aplicada = %s", (began,))
    assert "the memory of local begins on " in said and " is not known" in said
    assert "version 1 is the day as it was found then" in text and "vps has a history of its own: --from vps" in text


def test_what_has_made_a_version_is_shown_and_adds_up(past):
    before = past.rows()
    pos.sell(past.places.pos, past.day, upc="=TARDE")
    past.places.pos.query(f"INSERT INTO {POS_DATABASE}.productos (Upc, Descripcion) VALUES ('=TARDE', 'Pan')")
    cancel_a_ticket(past)
    past.audit()
    told = past.json(past.day, "--revision", 2, "--changes", "--from=vps")
    version = past.json(past.day, "--from=vps")["Versions"][1]
    for figure in ("Units", "Sales", "Cost"):
        moved = sum(Decimal(row["Difference"][figure]) for row in told["Changes"])
        assert moved == Decimal(version[f"{figure}Change"])
    assert (told["Target"], told["Reason"], told["ChangedRows"]) == ("vps", "pos", len(told["Changes"]))
    assert {row["Code"]: row["Description"] for row in told["Changes"] if "Description" in row} == {"=TARDE": "Pan"}
    added = [row["Code"] for row in told["Changes"] if not row["Before"]]
    assert added == ["=TARDE"] and len(told["Changes"]) == len(set(past.rows()) ^ set(before)) - sum(
        bool(row["Before"] and row["After"]) for row in told["Changes"])
    last = past.client.pipe("history", past.day, "--as-of", past.service.today + timedelta(days=1), "--changes",
                            "--format=csv").expect(OK).stdout
    records = list(csv.DictReader(io.StringIO(last)))
    assert sum(Decimal(each["sales_difference"]) for each in records) == Decimal(version["SalesChange"])
    assert "'=TARDE" in [each["code"] for each in records]
    assert "TOTAL" in past.client.pipe("history", past.day, "--revision", 2, "--changes").expect(OK).stdout
    assert "version 1 is the first" in past.client.pipe("history", past.day, "--revision", 1,
                                                        "--changes").expect(DAY_IN_ERROR).stderr


def test_a_version_that_does_not_add_up_is_an_error_that_says_so(past):
    pos.sell(past.places.pos, past.day)
    past.audit()
    past.version(1)
    past.places.local.query("DELETE FROM central.HistorialCambios LIMIT 1")
    said = past.client.pipe("history", past.day, "--revision", 1).expect(DAY_IN_ERROR).stderr
    assert f"{past.day}: version 1 in local does not add up to what was recorded of it" in said
    said = past.client.pipe("history", past.day, "--revision", 2, "--changes").expect(DAY_IN_ERROR).stderr
    assert f"{past.day}: version 2 in local does not add up to what was recorded of it" in said
    past.version(1, "--from", "vps")


def damage(target, day):
    target.query("UPDATE central.VentasAgrupadas SET VentaTotal = VentaTotal + 1 WHERE Fecha = %s LIMIT 3", (day,))
    target.query("DELETE FROM central.VentasAgrupadas WHERE Fecha = %s ORDER BY Upc DESC LIMIT 2", (day,))


def test_versions_are_shown_also_while_rows_are_damaged(past):
    """Whose hands did it is noted: so is what was there before."""
    first = past.rows()
    pos.sell(past.places.pos, past.day)
    past.audit()
    second = past.rows()
    past.client.pipe("pause").expect(OK)
    damage(past.places.local, past.day)
    assert past.rows("local") != second
    assert past.version(1, "--from", "local") == first
    assert past.version(2, "--from", "local") == second


def test_hands_since_the_last_look_are_told_and_prove_nothing(past):
    """Also where the ledger was made to fit, which alone tells what a day was that has never changed."""
    proven = past.rows()
    past.client.pipe("pause").expect(OK)
    damage(past.places.local, past.day)
    made = oracle.target_rows(past.places.local, BRANCH, (str(past.day), str(past.day)))
    past.places.local.query(f"""
        UPDATE central.SincronizacionDias AS l
          JOIN (SELECT COUNT(*) AS f, SUM(Unidades) AS u, SUM(VentaTotal) AS v, SUM(CostoTotal) AS c
                  FROM central.VentasAgrupadas WHERE Fecha = '{past.day}') AS s
           SET Filas = f, TotalUnidades = u, TotalVenta = v, TotalCosto = c, Huella = {oracle.huella(made)}
         WHERE Fecha = '{past.day}'""")
    (first,) = [line for line in past.client.pipe("history", past.day, "--from=local").expect(OK).stdout.splitlines()
                if line.startswith(f"{past.day}  ")]
    assert "altered: proves nothing" in first and "first proven" not in first
    said = past.client.pipe("history", past.day, "--revision", 1, "--from=local").expect(DAY_IN_ERROR).stderr
    assert "and its entry in SincronizacionDias with them" in said
    (hands,) = past.json(past.day, "--from=local")["Hands"]
    assert (hands["Date"], hands["Rows"], hands["Accounts"].split("@")[0]) == (str(past.day), 5, "root")
    text = past.client.pipe("history", past.day, past.recent[-1], "--from=local").expect(OK).stdout
    assert f"{past.day}: 5 rows in local were changed by hand (root@" in text
    past.client.pipe("resume").expect(OK)
    past.audit()
    assert past.json(past.day, "--from=local")["Hands"] == []
    assert past.service.log_lines(f"{past.day} local: a closed day was repaired: rows of local were found altered")
    assert not past.service.log_lines("changed in the POS")
    assert past.service.wait_told(past.day, "OK", after=1)["local"] == "reparado"
    assert past.version(1, "--from=local") == past.version(3, "--from=local") == proven


def test_a_ledger_that_alone_was_changed_is_told(past):
    """No hand is noted of it: no row has changed."""
    assert past.json(past.day)["Altered"] is False
    past.client.pipe("pause").expect(OK)
    past.places.local.query("UPDATE central.SincronizacionDias SET TotalVenta = TotalVenta + 7 WHERE Fecha = %s",
                            (past.day,))
    told = past.json(past.day)
    assert (told["Altered"], told["Hands"]) == (True, [])
    text = past.client.pipe("history", past.day).expect(OK).stdout
    assert "altered: proves nothing" in text and "first proven" not in text
    assert f"{past.day}: the rows in local are not what its entry in SincronizacionDias says" in text
    past.client.pipe("resume").expect(OK)
    past.audit()
    text = past.client.pipe("history", past.day).expect(OK).stdout
    assert "first proven" in text and "altered" not in text
    assert "el libro decia" in text and "cambiado en el POS" not in text
    assert past.json(past.day)["Altered"] is False


def test_a_first_version_that_went_round_the_triggers_is_not_called_proven(past):
    """The repair alone has a word of it, in which the ledger says what had been proven."""
    proven = past.rows()
    began = past.json(past.day, "--from=vps")["Versions"][0]["Since"]
    time.sleep(1.1)  # of two versions within a second the last is shown
    past.client.pipe("pause").expect(OK)
    past.places.vps.query("DROP TRIGGER central.tr_ventas_cambio")
    damage(past.places.vps, past.day)
    schema.run_scripts(past.places.vps, schema.AGGREGATE_SCRIPTS, "central")
    past.places.vps.query("DELETE FROM central.HistorialPendiente")
    past.client.pipe("resume").expect(OK)
    past.audit()
    text = past.client.pipe("history", past.day, "--from=vps").expect(OK).stdout
    assert "found altered" in text and "first proven" not in text and "el libro decia" in text
    assert past.json(past.day, "--from=vps")["Versions"][0]["Reason"] == "hallado"
    shown = past.client.pipe("history", past.day, "--revision", 1, "--from=vps").expect(OK).stdout
    assert "found altered" in shown and "first proven" not in shown
    said = past.client.pipe("history", past.day, "--as-of", began, "--from=vps").stderr
    assert "found altered" in said and "is version 2, after the repair" in said
    assert past.version(2, "--from=vps") == proven


def test_of_damage_that_nobody_noted_the_way_out_is_said_and_leads_out(past):
    pos.sell(past.places.pos, past.day)
    first = past.version(1)
    past.audit()
    past.client.pipe("pause").expect(OK)
    damage(past.places.local, past.day)
    past.places.local.query("DELETE FROM central.HistorialPendiente")
    said = past.client.pipe("history", past.day, "--revision", 1).expect(DAY_IN_ERROR).stderr
    assert f"{past.day}: version 1 in local cannot be shown now" in said and "are damaged" in said
    assert f"`consolidadorctl audit {past.day} {past.day}` repairs them" in said
    past.client.pipe("resume").expect(OK)
    past.audit()
    assert past.version(1) == first


def test_a_database_of_version_0_1_0_has_no_memory_and_says_so(past):
    schema.install_old(past.places.local)
    said = past.client.pipe("history", past.day, "--from=local").expect(DAY_IN_ERROR).stderr
    assert "local: this database has no memory yet: apply the scripts of sql/ first" in said
    schema.create_aggregate(past.places.local)


@pytest.mark.unguarded
def test_a_day_that_alone_needs_a_procedure_that_is_gone_is_in_error_and_the_others_go_on(past):
    """A request for it ends; with the procedure there again it gets through by itself."""
    past.places.vps.query("DROP PROCEDURE central.sp_sumar_cambio")
    pos.sell(past.places.pos, past.day)
    said = past.client.pipe("audit", past.day, past.day, "--wait").expect(DAY_IN_ERROR)
    assert "PROCEDURE central.sp_sumar_cambio does not exist" in said.stderr + said.stdout
    past.service.wait_cycles(3)
    assert len(past.service.log_lines("vps is (down|back)")) <= 2, past.service.log_lines("vps is (down|back)")
    told = json.loads(past.client.pipe("status", "--format=json").expect(OK).stdout)
    told = past.client.pipe("status").expect(OK).stdout
    assert "down" not in told and "in ERROR     1 day" in told
    schema.run_scripts(past.places.vps, schema.AGGREGATE_SCRIPTS, schema.AGGREGATE_DATABASE)
    schema.create_target_account(past.places.vps)
    past.service.wait_day(past.day)
    assert past.version(2, "--from=vps") == past.rows()


def test_what_is_not_there_is_refused(past):
    for words, code in ((("--revision", 2), DAY_IN_ERROR), (("--revision", "x"), USAGE), (("--as-of", "ayer"), USAGE),
                        (("--revision", 1, "--as-of", "2026-01-01"), USAGE), (("--limit", 3), USAGE)):
        past.client.pipe("history", past.day, *words).expect(code)
    past.client.pipe("history", past.day - timedelta(days=1)).expect(DAY_IN_ERROR)
    past.client.pipe("history", past.day, past.recent[0], "--revision", 1).expect(USAGE)
    past.client.pipe("history").expect(USAGE)


def test_when_local_is_down_the_vps_is_asked_and_it_is_said(past):
    past.places.local.stop()
    try:
        assert past.json(past.day)["Target"] == "vps"
        assert past.client.pipe("history", past.day).expect(OK).stdout.startswith("As vps remembers (times of ")
        past.client.pipe("history", past.day, "--from=local").expect(UNREACHABLE)
    finally:
        past.places.local.start()


def test_anybody_may_read(past):
    told = past.branch.call("GetHistory", "sss", str(past.day), str(past.day), "local", user=NOBODY)[0]
    assert told["Target"] == "local"
    assert past.branch.call("GetVersion", "sus", str(past.day), "1", "vps", user=NOBODY)[0]["Target"] == "vps"
