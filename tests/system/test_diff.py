# SPDX-License-Identifier: MIT
"""consolidadorctl diff: the rows in which the three places differ now, with the money that they move."""
import contextlib
import csv
import io
import json
from decimal import Decimal
from pathlib import Path

import pytest

from support import losses, oracle, pos
from support.accounts import NOBODY
from support.client import COLUMNS, Client
from support.daemon import BRANCH, DAY_IN_ERROR, OK, UNREACHABLE, USAGE
from support.waiting import wait_until

ROWS = "central.VentasAgrupadas"
FIGURES = ("Units", "Sales", "Cost")


class Till:
    """A branch with a week of proven days, the service running; the first of them are looked at by nobody."""

    def __init__(self, places, service, branch, folder):
        self.places = places
        self.service = service
        self.branch = branch
        self.days = service.days(7)
        self.day = self.days[1]
        pos.fill(places.pos, self.days, empty=())
        service.consolidador.write_config()
        service.consolidador.once_for(self.days[0], self.days[-1]).expect(OK)
        service.start()
        service.wait_cycles(1)  # the ledgers have been read
        self.state = Path(folder)
        self.client = Client(branch.bus.environment | {"XDG_STATE_HOME": str(folder)})

    def rows(self, target):
        """{key: (units, sales, cost)} of the day."""
        span = (str(self.day), str(self.day))
        found = {}
        for text in oracle.target_rows(target, BRANCH, span):
            _, _, *dimensions, units, sales, cost, code = oracle.unescape(text).split("|", 9)
            found[(code, *map(int, dimensions))] = tuple(map(Decimal, (units, sales, cost)))
        return found

    def diff(self, exit_code=DAY_IN_ERROR):
        """As JSON: {place: {key: difference}}, and all of it."""
        told = json.loads(self.client.pipe("diff", self.day, "--format=json").expect(exit_code).stdout)
        found = {place["Place"]: {} for place in told["Places"]}
        for line in told["Differences"]:
            found[line["Place"]][key_of(line)] = tuple(Decimal(line["Difference"][each]) for each in FIGURES)
        return found, told

    def audit(self):
        self.client.pipe("audit", self.day, self.day, "--wait").expect(OK)


def key_of(line):
    return (line["Code"], line["Supplier"], line["Department"], line["Category"], line["Subcategory"])


def money(rows):
    return tuple(sum((amounts[i] for amounts in rows.values()), Decimal()) for i in range(3))


def expected_difference(before, after):
    """{key: what there is more than there should be}"""
    zero = (Decimal(), Decimal(), Decimal())
    return {key: tuple(new - old for new, old in zip(after.get(key, zero), before.get(key, zero)))
            for key in before.keys() | after.keys() if before.get(key) != after.get(key)}


@pytest.fixture
def till(places, service, branch, tmp_path):
    return Till(places, service, branch, tmp_path)


def damage(till, target):
    """One amount edited, two swapped so that every sum stays, one row deleted, one foreign row, and the ledger
    edited to fit."""
    of_day = f"IdSucursal = {BRANCH} AND Fecha = '{till.day}'"
    codes = [(code, category) for (code, _, _, category, _), amounts in sorted(till.rows(target).items())
             if code.startswith("75020") and amounts[1] > 0]
    (one, one_category), (other, other_category), (edited, edited_category), (gone, gone_category) = codes[:4]
    at = f"UPDATE {ROWS} SET VentaTotal = %s WHERE {of_day} AND Upc = %s AND IdCategoria = %s"
    amount = f"SELECT VentaTotal FROM {ROWS} WHERE {of_day} AND Upc = %s AND IdCategoria = %s"
    low, high = (target.value(amount, each) for each in ((one, one_category), (other, other_category)))
    assert low != high
    target.query(at, (high, one, one_category))
    target.query(at, (low, other, other_category))
    target.query(f"UPDATE {ROWS} SET VentaTotal = VentaTotal + 7 WHERE {of_day} AND Upc = %s AND IdCategoria = %s",
                 (edited, edited_category))
    target.query(f"DELETE FROM {ROWS} WHERE {of_day} AND Upc = %s AND IdCategoria = %s", (gone, gone_category))
    target.query(f"INSERT INTO {ROWS} VALUES ('{till.day}', {BRANCH}, '=1+1', 1, 2, 3, 4, 5, 6, 7, '2026-01-01')")
    oracle.reseal(target, BRANCH, till.day)


# -- what it finds ---------------------------------------------------------------------------------


@pytest.mark.parametrize("place", ("vps", "local"))
def test_it_names_exactly_the_altered_rows_and_history_keeps_them(till, place):
    target = getattr(till.places, place)
    before = till.rows(target)
    assert till.diff(OK)[0] == {"operational": {}, "local": {}, "vps": {}}
    damage(till, target)
    after = till.rows(target)
    wrong = expected_difference(before, after)
    assert len(wrong) == 5
    found, told = till.diff()
    assert found[place] == wrong and sum(map(len, found.values())) == 5
    totals = {each["Place"]: [Decimal(each[figure]) for figure in FIGURES] for each in told["Places"]}
    assert [new - old for new, old in zip(totals[place], totals["operational"])] == list(money(wrong))
    moved = [abs(Decimal(line["Difference"]["Sales"])) for line in told["Differences"]]
    assert moved == sorted(moved, reverse=True)
    assert all(each["Intact"] for each in told["Places"] if each["Place"] != "operational"), "edited to fit"

    left = till.client.pipe("diff", till.day, "--rerun").expect(DAY_IN_ERROR).stdout
    assert f"{till.day}: 0 of 5 differences are resolved; 5 rows differ now" in left
    till.audit()
    assert till.rows(target) == before
    assert "5 of 5 differences are resolved; 0 rows differ now" in till.client.pipe(
        "diff", till.day, "--rerun").expect(OK).stdout

    history = json.loads(till.client.pipe("history", till.day, "--from", place, "--format=json").expect(OK).stdout)
    assert history["Target"] == place
    assert [version["Reason"] for version in history["Versions"]] == ["", "danado", "danado"]
    evil, back = history["Versions"][1:]
    assert evil["Account"].startswith("root@") and not back["Account"].startswith("root@")
    assert (evil["SalesChange"], back["SalesChange"]) == (str(money(wrong)[1]), str(-money(wrong)[1]))
    for number, rows in ((1, before), (2, after), (3, before)):
        version = json.loads(till.client.pipe("history", till.day, "--revision", number, "--from", place,
                                              "--format=json").expect(OK).stdout)
        assert {key_of(row): tuple(Decimal(row[each]) for each in FIGURES) for row in version["RowsOfDay"]} == rows
        assert version["Huella"] == str(oracle.huella(f"{till.day}|{BRANCH}|" + "|".join(
            map(str, (*key[1:], *amounts, key[0]))) for key, amounts in rows.items()))


def test_rows_that_are_not_their_ledger_s_are_told(till):
    add_a_row = f"INSERT INTO {ROWS} VALUES ('{till.day}', {BRANCH}, 'CEROS', 0, 0, 0, 0, 0, 0, 0, '2026-01-01')"
    till.places.local.query(add_a_row)
    found, told = till.diff()
    assert found["local"] == {("CEROS", 0, 0, 0, 0): (0, 0, 0)} and not found["vps"]
    assert [each["Intact"] for each in told["Places"][1:]] == [False, True]
    text = till.client.pipe("diff", till.day).expect(DAY_IN_ERROR).stdout
    assert "its ledger says otherwise" in text and "as its ledger says" in text


def test_a_late_sale_differs_in_both_targets_until_it_is_brought(till):
    pos.sell(till.places.pos, till.day, upc="TARDE", amount="99.50")
    found, _ = till.diff()
    (sale,) = found["local"].values()
    assert sale == (-1, Decimal("-99.5"), -7) and found["vps"] == found["local"]
    till.audit()
    till.diff(OK)


def test_a_product_with_another_supplier_since_is_no_difference(till):
    till.places.pos.query("UPDATE superpos.productos SET IdProveedores = IdProveedores + 500")
    found, told = till.diff(OK)
    assert told["Reclassified"] > 0 and not any(found.values())


def test_a_day_that_the_pos_has_purged_is_compared_between_the_targets(till):
    losses.purge(till.places.pos, till.days[3])
    found, told = till.diff(OK)
    assert not any(found.values())
    assert [each["Archived"] for each in told["Places"]] == [True, False, False]
    add_a_row = f"INSERT INTO {ROWS} VALUES ('{till.day}', {BRANCH}, 'X', 0, 0, 0, 0, 1, 2, 3, '2026-01-01')"
    till.places.vps.query(add_a_row)
    assert till.diff()[0]["vps"] == {("X", 0, 0, 0, 0): (1, 2, 3)}


def test_a_range_has_a_line_a_day(till):
    damage(till, till.places.vps)
    lines = till.client.pipe("diff", till.days[0], till.days[2]).expect(DAY_IN_ERROR).stdout.splitlines()
    assert [line.split()[:2] for line in lines[1:]] == [
        [str(day), "5" if day == till.day else "0"] for day in till.days[:3]]


# -- how it is shown -------------------------------------------------------------------------------


def test_the_formats_say_the_same_and_are_harmless(till):
    damage(till, till.places.vps)
    till.places.vps.query(f"UPDATE {ROWS} SET Upc = '<b>\"&' WHERE Fecha = '{till.day}' AND Upc <> '=1+1'"
                          " ORDER BY Upc DESC LIMIT 1")  # whatever was sold on that day
    found, _ = till.diff()
    text = till.client.pipe("diff", till.day, "--format=csv").expect(DAY_IN_ERROR).stdout
    records = list(csv.DictReader(io.StringIO(text)))
    assert len(records) == sum(map(len, found.values()))
    assert sum(Decimal(record["sales_difference"]) for record in records) == money(found["vps"])[1]
    assert "'=1+1" in [record["code"] for record in records]
    assert {record["expected_sales"] for record in records if record["code"] == "'=1+1"} == {""}
    page = till.client.pipe("diff", till.day, "--format=html").expect(DAY_IN_ERROR).stdout
    assert "<b>" not in page and "&lt;b&gt;&quot;&amp;" in page and "default-src 'none'" in page
    few = till.client.pipe("diff", till.day, "--limit", 2).expect(DAY_IN_ERROR).stdout
    assert "the 2 that move most sales are shown, the totals are of all" in few
    shown = till.client.terminal("diff", till.day).expect(DAY_IN_ERROR).stdout
    assert "TOTAL" in shown and max(map(len, shown.splitlines())) < COLUMNS * 2


def test_the_last_diff_is_kept_for_its_user_alone(till):
    till.client.pipe("diff", till.day, "--rerun").expect(DAY_IN_ERROR)
    till.diff(OK)
    (kept,) = till.state.glob("consolidador-ventas/*")
    assert kept.stat().st_mode & 0o777 == 0o600


def test_options_that_do_not_belong_are_refused(till):
    for words in (("diff",), ("diff", till.days[0], till.days[1], "--limit", "3"), ("diff", till.day, "--limit=0"),
                  ("diff", till.day, "--from=vps"), ("days", "--rerun"), ("status", "--format=csv")):
        till.client.pipe(*words).expect(USAGE)
    till.client.pipe("diff", "2999-01-01").expect(DAY_IN_ERROR)


# -- a place is down; who may, and how often --------------------------------------------------------


def test_with_a_place_down_the_others_are_compared(till):
    damage(till, till.places.vps)
    till.places.local.stop()
    found, told = till.diff()
    assert len(found["vps"]) == 5
    assert [(each["Place"], each["Compared"]) for each in told["Places"]] == [
        ("operational", True), ("local", False), ("vps", True)]
    till.places.local.start()
    till.audit()
    till.places.pos.stop()
    _, told = till.diff(UNREACHABLE)
    assert [each["Compared"] for each in told["Places"]] == [False, True, True]
    assert "operational" in told["Places"][0]["Error"]
    till.places.pos.start()


def test_old_days_are_read_from_the_pos_at_the_allowed_hours_only(till):
    till.service.stop()
    till.service.start(extraction={"hours": "03:00-03:01"})
    _, told = till.diff(UNREACHABLE)
    assert not told["Places"][0]["Compared"] and "old days wait" in told["Places"][0]["Error"]


def test_anybody_reads_and_many_at_once_are_refused(till):
    till.branch.call("GetDifferences", "s", str(till.day), user=NOBODY)
    with contextlib.ExitStack() as stack:
        with till.places.local.frozen():  # so that the first takes its time
            clients = [stack.enter_context(till.client.running("diff", till.day)) for _ in range(14)]
            wait_until(lambda: any("inquiries wait already" in client.text() for client in clients),
                       "one is refused")
        till.service.wait_cycles(2)


def test_a_stopping_service_waits_for_no_inquiry(till):
    threads = till.service.threads()
    with contextlib.ExitStack() as stack:
        for _ in range(5):
            stack.enter_context(till.client.running("diff", till.day))
        wait_until(lambda: till.service.threads() > threads, "the first is being answered")
        assert till.service.stop() == 0
