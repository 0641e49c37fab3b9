# SPDX-License-Identifier: MIT
"""The judge of what is told finds silence and false alarms, in each of the places where people look."""
import dataclasses

import pytest

from liveness import Told, false_alarms, missing, unsaid

DAYS = ["2026-03-01", "2026-03-02"]
SOLD = {"2026-02-01": [1, 2, 3], "2026-03-01": [1, 2, 3], "2026-03-02": [4, 5, 6]}
LACK = {("vps", "2026-03-02")}
QUIET = Told({"STATUS": "ok", "D-Bus": "ok"}, [], {"local": ("ok", "")}, {"2026-03-02": "OK"})
ALARM = Told({"STATUS": "degraded", "D-Bus": "failing"}, ["vps: no success for 9 s: it is down"],
             {"local": ("degradada", "vps: no success for 9 s")}, {"2026-03-02": "PENDIENTE"})


def test_what_is_missing_is_told_and_what_is_not_is_not():
    assert not unsaid(LACK, ALARM)
    assert not unsaid(set(), QUIET)
    assert not false_alarms(QUIET)


@pytest.mark.parametrize("silence", [
    {"words": {"STATUS": "ok", "D-Bus": "failing"}}, {"words": {"STATUS": "degraded", "D-Bus": "ok"}},
    {"words": {"STATUS": "starting"}}, {"words": {"STATUS": "nothing"}},
    {"beats": {"local": ("ok", "")}},
    {"reasons": []}, {"reasons": ["local: no success for 9 s"]}, {"reasons": ["2026-03-01 not in local"]}])
def test_a_light_that_is_green_where_something_is_missing_is_found(silence):
    assert unsaid(LACK, dataclasses.replace(ALARM, **silence))


@pytest.mark.parametrize("reasons", [
    ["2026-03-02 not in local for 9 s: locked"], ["operational: no success for 9 s"],
    ["2 days are held, such as 2026-03-01: all"], ["this machine's clock is not trusted"], None])
def test_a_reason_names_the_place_or_the_day_or_stands_for_all(reasons):
    assert not unsaid(LACK, dataclasses.replace(ALARM, reasons=reasons))


@pytest.mark.parametrize("noise", [
    {"words": {"STATUS": "ok", "D-Bus": "degraded"}}, {"words": {"STATUS": "starting"}},
    {"reasons": ["vps: no success for 9 s"]}, {"beats": {"local": ("ok", "paused")}},
    {"beats": {"local": ("ok", ""), "vps": ("degradada", "")}}, {"days": {"2026-03-02": "PENDIENTE"}},
    {"days": {"2026-03-02": "nothing"}}])
def test_an_alarm_without_a_cause_is_found(noise):
    assert false_alarms(dataclasses.replace(QUIET, **noise))


def test_a_day_that_differs_is_missing():
    less = SOLD | {"2026-03-02": [3, 5, 6]}
    assert missing(SOLD, {"local": SOLD, "vps": less}, DAYS) == LACK
    assert missing(SOLD, {"local": SOLD, "vps": {"2026-03-01": [1, 2, 3]}}, DAYS) == LACK
    assert not missing(SOLD, {"local": SOLD, "vps": SOLD}, DAYS)


def test_who_cannot_be_asked_lacks_today():
    assert missing(SOLD, {"local": SOLD, "vps": None}, DAYS) == LACK
    assert missing(None, {"local": SOLD, "vps": SOLD}, DAYS) == {("operational", "2026-03-02")}


def test_what_the_pos_has_purged_is_not_missing():
    begins = {"2026-03-02": SOLD["2026-03-02"]}
    assert not missing(begins, {"local": SOLD, "vps": SOLD}, DAYS)
    assert not missing({}, {"local": {}, "vps": {}}, DAYS)
