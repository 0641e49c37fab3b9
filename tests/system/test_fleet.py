# SPDX-License-Identifier: MIT
"""consolidadorctl shows head office its branches: as a table, for machines, as a page."""
import contextlib
import datetime
import json
import re
import zoneinfo

import pytest

from support import fleet as fleets
from support import page, schema
from support.client import Client
from support.daemon import CONFIGURATION, DAY_IN_ERROR, OK, UNREACHABLE, USAGE
from support.fleet import (ANALYST, ANALYST_PASSWORD, DAYS, FAILED, GAPS, HELD, HELD_DAYS, NAMES,
                           NEVER, OVERNIGHT, SILENT, UNLISTED, UNWELL, WELL)

SHOWN_DAYS = 91
RANKING = (NEVER, UNWELL, SILENT, HELD, GAPS, FAILED, OVERNIGHT, WELL, UNLISTED)
LIGHTS = {NEVER: "red", UNWELL: "red", SILENT: "red", OVERNIGHT: "yellow", GAPS: "yellow",
          FAILED: "yellow", HELD: "yellow", WELL: "green", UNLISTED: "green"}


class Office:
    """An analyst at head office with their configuration file."""

    def __init__(self, fleet, folder):
        self.fleet = fleet
        self.page = folder / "sucursales.html"
        self.config = folder / "flota.yaml"
        self.password = folder / "ana.password"
        self.password.touch(mode=0o600)
        self.password.write_text(ANALYST_PASSWORD + "\n")
        self.configure()

    def configure(self, **settings):
        vps = {"host": "127.0.0.1", "port": self.fleet.server.port, "user": ANALYST,
               "database": "central", "password_file": str(self.password)} | settings
        self.config.write_text(f"databases:\n  vps: {json.dumps(vps)}\n")

    def fleet_command(self, *arguments):
        client = Client({"TZ": self.fleet.zone})
        return client.pipe("fleet", "--config", self.config, *arguments)


@pytest.fixture
def office(places, tmp_path):
    schema.install_guard(places.vps)
    fleet = fleets.Fleet(places.vps)
    with contextlib.ExitStack() as stack:
        stack.callback(fleet.clear)
        fleet.fill().analyst()
        yield Office(fleet, tmp_path)


def test_the_table_has_a_line_for_each_branch_those_that_need_attention_first(office):
    lines = office.fleet_command().expect(OK).stdout.splitlines()
    assert lines[0].split()[:5] == ["BRANCH", "NAME", "LIGHT", "CONTACT", "AUDITED"]
    assert [int(line.split()[0]) for line in lines[1:]] == list(RANKING)
    for branch, line in zip(RANKING, lines[1:]):
        assert NAMES[branch] in line and re.search(rf" {LIGHTS[branch]} ", line)
    assert lines[1].endswith("no contact, days never sent")
    held = lines[1 + RANKING.index(HELD)]
    first, second, third = (office.fleet.ago(day) for day in HELD_DAYS[:3])
    assert held.endswith(f"degraded, holds sales of {first}, {second}, {third} and 2 more")
    well = lines[1 + RANKING.index(WELL)]
    assert well.split() == ["1", "Centro", "green", *well.split()[3:6], str(office.fleet.ago(1)),
                            "5", "10", "40.00", "100.00", "0.1.0"]


def test_json_has_every_figure_and_the_gaps(office):
    told = json.loads(office.fleet_command("--format=json").expect(OK).stdout)
    fleet = office.fleet
    assert told["Today"] == str(fleet.today)
    branches = {branch["Branch"]: branch for branch in told["Branches"]}
    assert list(branches) == list(RANKING)
    assert branches[FAILED]["FailedDays"] == [str(fleet.ago(3))]
    assert branches[HELD]["HeldDays"] == [str(fleet.ago(day)) for day in HELD_DAYS]
    assert branches[HELD]["Causes"] == ["degradada", "retiene"]
    assert branches[FAILED]["Name"] == NAMES[FAILED]
    assert branches[WELL] | {"MinutesSilent": 1} == {
        "Branch": WELL, "Name": "Centro", "Light": "green", "Causes": [], "Reasons": "",
        "PendingDays": 0, "FailedDays": [], "HeldDays": [], "AbsentDays": 0, "MinutesSilent": 1,
        "LastAuditedDay": str(fleet.ago(1)), "Version": "0.1.0", "Rows": 5, "UsualRows": 10,
        "Sales": "40.00", "UsualSales": "100.00", "Percent": 40}
    assert {"Branch": GAPS, "From": str(fleet.ago(11)), "To": str(fleet.ago(10))} in told["Gaps"]
    assert "LastAuditedDay" not in branches[NEVER]


def test_a_paused_branch_is_named_so_for_people_and_among_the_causes(office):
    office.fleet.beat(UNLISTED, minutes=0, health="degradada", reasons="pausada; paused: a restore")
    (line,) = [line for line in office.fleet_command().expect(OK).stdout.splitlines() if line.split()[0] == str(UNLISTED)]
    told = json.loads(office.fleet_command("--format=json").expect(OK).stdout)
    (facts,) = [each for each in told["Branches"] if each["Branch"] == UNLISTED]
    assert "paused, degraded" in line and "pausada" not in line
    assert "under 1 min ago" in line or " 1 min ago" in line
    assert " 0 s ago" not in line
    assert facts["Causes"][:2] == ["pausada", "degradada"]


@pytest.fixture
def rejected(office):
    """Of a branch with a service and of one that runs only by cron; which are well but for that."""
    office.fleet.reject(WELL, 1, 2)
    office.fleet.reject(UNLISTED, 1, 1)
    return {WELL: "2 rows of the POS rejected", UNLISTED: "1 row of the POS rejected"}


def test_a_branch_with_rejected_rows_is_yellow_and_says_why_also_where_no_service_does(office, rejected):
    lines = office.fleet_command().expect(OK).stdout.splitlines()
    told = json.loads(office.fleet_command("--format=json").expect(OK).stdout)
    office.fleet_command("--html", office.page).expect(OK)
    articles = page.parse(office.page.read_text()).all("article")
    titles = {article: title.text() for article in articles for title in article.all("h2")}
    for branch, why in rejected.items():
        (line,) = [line for line in lines if line.split()[0] == str(branch)]
        assert " yellow " in line and line.endswith(why)
        (facts,) = [each for each in told["Branches"] if each["Branch"] == branch]
        assert (facts["Light"], facts["Causes"], f"{facts['RejectedRows']} ") == ("yellow", ["filas_rechazadas"], why[:2])
        (article,) = [each for each, title in titles.items() if title == f"{NAMES[branch]} {branch}, yellow"]
        assert article.attributes["class"] == "yellow" and f"{why}, of 1 day" in article.text()


def cells(article):
    """Days ago -> state, of the strip."""
    (strip,) = article.all("div", "days")
    states = [cell.attributes.get("class") for cell in strip.all("i")]
    assert len(states) == SHOWN_DAYS
    return {SHOWN_DAYS - 1 - place: state for place, state in enumerate(states)}


def test_the_page_shows_the_lights_and_each_day_of_each_branch(office):
    assert office.fleet_command("--html", office.page).expect(OK).stdout == ""
    tree = page.parse(office.page.read_text())
    assert [item.text() for item in tree.all("li")] == ["3red", "4yellow", "2green"]
    articles = dict(zip(RANKING, tree.all("article")))
    for branch, article in articles.items():
        (title,) = article.all("h2")
        assert title.text() == f"{NAMES[branch]} {branch}, {LIGHTS[branch]}"
        assert article.attributes["class"] == LIGHTS[branch]
    sent = dict.fromkeys(range(DAYS), "audited") | dict.fromkeys(range(DAYS, SHOWN_DAYS))
    assert cells(articles[WELL]) == sent
    assert cells(articles[FAILED]) == sent | {3: "failed"}
    assert cells(articles[HELD]) == sent | dict.fromkeys(HELD_DAYS, "held")
    assert f"{office.fleet.ago(44)} to {office.fleet.ago(41)} held" in articles[HELD].text()
    assert "holds sales of" in articles[HELD].text()
    assert cells(articles[GAPS]) == sent | dict.fromkeys((10, 11, 30), "absent")
    assert cells(articles[OVERNIGHT]) == sent | dict.fromkeys((0, 1), "pending")
    (strip,) = articles[GAPS].all("div", "days")
    assert strip.attributes["aria-label"] == "57 audited, 3 absent"
    assert f"{office.fleet.ago(11)} to {office.fleet.ago(10)} absent" in articles[GAPS].text()


def test_the_page_needs_nothing_else_and_runs_nothing(office):
    office.fleet_command("--html", office.page).expect(OK)
    text = office.page.read_text()
    tree = page.parse(text)
    for tag in ("script", "link", "img", "iframe", "object"):
        assert not list(tree.all(tag))
    assert not re.search(r"https?:|url\(|@import|javascript:| on\w+=", text)
    names = {name for element in _every(tree) for name in element.attributes}
    assert names <= {"class", "style", "title", "role", "aria-label", "lang", "charset", "name",
                     "content", "http-equiv"}
    assert "1 days in ERROR, such as <b>" in tree.text() and "such as <b>" not in text


def _every(element):
    for child in element.children:
        yield child
        yield from _every(child)


@pytest.mark.skipif(not page.BROWSER, reason="no browser: packaging/dependencies browser")
@pytest.mark.parametrize("width", [360, 1280])
def test_a_browser_shows_it_as_wide_as_a_telephone_or_a_desk_without_scrolling(office, width,
                                                                               tmp_path):
    office.fleet_command("--html", office.page).expect(OK)
    sideways, scripts, articles, narrowest, smallest = page.measured(office.page.read_text(), width,
                                                                     tmp_path)
    assert (sideways, scripts, articles) == (0, 0, len(RANKING))
    assert narrowest >= 2 and smallest >= 12


def test_a_page_is_replaced_whole_or_stays(office):
    office.page.write_text("the old one")
    office.configure(port=1)
    said = office.fleet_command("--html", office.page).expect(UNREACHABLE)
    assert "vps (127.0.0.1:1)" in said.stderr
    assert office.page.read_text() == "the old one"
    office.configure()
    office.fleet_command("--html", office.page).expect(OK)
    assert office.page.read_text().endswith("</html>\n")
    assert not list(office.page.parent.glob(".*")), "nothing half-written lies about"


def test_what_is_wrong_is_said_with_the_exit_code_for_it(office):
    office.configure(user="nadie")
    assert "denied" in office.fleet_command().expect(DAY_IN_ERROR).stderr
    office.configure(database=schema.GUARDED_DATABASE)
    office.fleet_command().expect(DAY_IN_ERROR)
    office.configure(host="vps.example.org", tls={"ca": "/no/such/file"})
    assert "/no/such/file" in office.fleet_command().expect(CONFIGURATION).stderr
    office.config.write_text("branch: {id: 7}\n")
    assert f"{office.config}:1: " in office.fleet_command().expect(CONFIGURATION).stderr
    office.configure()
    office.password.chmod(0o644)
    said = office.fleet_command().expect(CONFIGURATION)
    assert "chmod 600" in said.stderr and ANALYST_PASSWORD not in said.stderr
    assert "fleet" in Client({}).pipe("status", "--html", "x").expect(USAGE).stderr


def test_a_fleet_without_branches_is_shown_too(office):
    for table in ("Sucursales", "EstadoSucursales", "SincronizacionDias"):
        office.fleet.server.query(f"DELETE FROM central.{table}")
    assert office.fleet_command().expect(OK).stdout == "no branches\n"
    assert json.loads(office.fleet_command("--format=json").expect(OK).stdout)["Branches"] == []
    office.fleet_command("--html", office.page).expect(OK)
    assert not list(page.parse(office.page.read_text()).all("article"))


# -- changed after closing -------------------------------------------------------------------------

MANY = {f"750{number}": (number, number * 2) for number in range(1, 8)} | {"<b>": (None, 90), "=1+1": (80, None)}
ACCOUNT = "sucursal_1@10.0.0.1"
LARGEST = ["<b>", "=1+1", "7507", "7506", "7505"]  # they move most sales


def clock(office):
    """Head office's, as it names itself."""
    offset = datetime.datetime.now(zoneinfo.ZoneInfo(office.fleet.zone)).strftime("%z")
    return f"UTC{offset[:3]}:{offset[3:]}"


def query_of(office, branch, day, number=1):
    return (f"SELECT * FROM v_cambios WHERE IdSucursal = {branch} AND Fecha = '{office.fleet.ago(day)}'"
            f" AND Cambio = {number}")


@pytest.fixture
def changed(office):
    """The well branch has a change of many rows, the one with gaps seven small ones."""
    fleet = office.fleet
    fleet.change(WELL, 40, MANY, reason="aprobado", actor="ana <b>", note="caja 2")
    for number in range(1, 8):
        fleet.change(GAPS, 50, {"1": (number, number + 1)}, number=number, minutes=100 - number)
    fleet.change(SILENT, 50, {"1": (1, 2)}, minutes=60 * 24 * (SHOWN_DAYS + 1))
    fleet.change(UNWELL, 50, {}, reason="recortado")  # what was trimmed has not changed
    return office


def test_json_names_the_newest_changes_and_of_each_the_rows_that_move_most(changed):
    told = json.loads(changed.fleet_command("--format=json").expect(OK).stdout)
    by_branch = {each["Branch"]: each for each in told["ChangedAfterClosing"]}
    assert sorted(by_branch) == [WELL, GAPS], "what was changed before the calendar begins is left out"
    (change,) = by_branch[WELL]["Newest"]
    assert [row["Code"] for row in change["Largest"]] == LARGEST
    assert change["Largest"][0] == {"Code": "<b>", "SalesAfter": "90.0000"}
    assert change["Largest"][1] == {"Code": "=1+1", "SalesBefore": "80.0000"}
    assert (change["Date"], change["Reason"], change["Actor"], change["Note"], change["ChangedRows"]) == (
        str(changed.fleet.ago(40)), "aprobado", "ana <b>", "caja 2", len(MANY))
    assert (change["SalesChange"], change["UnitsChange"]) == ("38.0000", "2.0000")
    assert (told["Clock"], by_branch[GAPS]["Changes"]) == (clock(changed), 7)
    assert [each["Change"] for each in by_branch[GAPS]["Newest"]] == [7, 6, 5, 4, 3]


def test_the_table_says_what_was_changed_and_how_all_of_it_is_seen(changed):
    text = changed.fleet_command().expect(OK).stdout
    changes = text[text.index(f"Changed after closing (times {clock(changed)}):"):]
    assert "approved by ana <b>" in changes and "+38.0000" in changes
    assert "<b>: - -> 90.0000, =1+1: 80.0000 -> -, 7507: 7.0000 -> 14.0000" in changes and "and 4 more rows" in changes
    assert "SELECT * FROM v_cambios WHERE IdSucursal = BRANCH AND Fecha = 'DATE' AND Cambio = CHANGE" in changes
    assert f"Branch {GAPS}: and 2 more changes: SELECT * FROM v_cambios_resumen WHERE IdSucursal = {GAPS}" in changes


def test_whose_hands_a_change_is_of_is_told_where_no_person_gave_a_reason(changed):
    changed.fleet.change(WELL, 41, {"1": (5, 6)}, reason="danado", note="hallado antes de reparar")
    changed.fleet.change(WELL, 42, {"1": (5, 6)})
    told = json.loads(changed.fleet_command("--format=json").expect(OK).stdout)
    (memory,) = [each for each in told["ChangedAfterClosing"] if each["Branch"] == WELL]
    by_day = {change["Date"]: change["Actor"] for change in memory["Newest"]}
    assert by_day[str(changed.fleet.ago(41))] == ACCOUNT
    assert by_day[str(changed.fleet.ago(42))] == "", "the branch's own account is no person"
    assert f"damage found by {ACCOUNT}" in changed.fleet_command().expect(OK).stdout


def test_the_page_folds_the_changes_away_under_their_branch(changed):
    changed.fleet_command("--html", changed.page).expect(OK)
    text = changed.page.read_text()
    articles = dict(zip(RANKING, page.parse(text).all("article")))
    (folded,) = articles[WELL].all("details", "changes")
    assert "1 changed after closing" in folded.text() and "approved by ana <b>" in folded.text()
    assert clock(changed) in folded.text()
    assert "ana <b>" not in text and "<td><b>" not in text
    assert [row.text() for row in folded.all("tr")][1:3] == ["<b>-90.0000", "=1+180.0000-"]
    assert f"and 4 more rows: {query_of(changed, WELL, 40)}" in folded.text()
    assert "7 changed after closing" in articles[GAPS].text()
    assert not list(articles[SILENT].all("details", "changes"))
    rows = changed.fleet.server.query(query_of(changed, WELL, 40).replace("v_cambios", "central.v_cambios"))
    assert len(rows) == len(MANY)


def test_a_database_without_a_memory_is_shown_and_what_is_missing_is_named(changed):
    server = changed.fleet.server
    server.query("RENAME TABLE central.HistorialDias TO central.Apartado")
    try:
        said = changed.fleet_command().expect(OK).stdout
        told = json.loads(changed.fleet_command("--format=json").expect(OK).stdout)
        changed.fleet_command("--html", changed.page).expect(OK)
    finally:
        server.query("RENAME TABLE central.Apartado TO central.HistorialDias")
    assert "What was changed after closing cannot be told:" in said and "HistorialDias" in said
    assert len(told["Branches"]) == len(RANKING) and "HistorialDias" in told["ChangesUnknown"]
    assert "What was changed after closing cannot be told" in changed.page.read_text()
