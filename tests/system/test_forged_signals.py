# SPDX-License-Identifier: MIT
"""Signals that another user of the machine sends to the client himself, past every match rule: it believes the
daemon's alone."""
import json

import pytest

from support.accounts import NOBODY
from support.bus import JOB, MANAGER, MANAGER_PATH, name_of
from support.client import Client
from support.daemon import BRANCH, DAY_IN_ERROR

DONE = ("a{sv}", "9", "Id", "t", "1", "Kind", "s", "audit", "From", "s", "2026-01-01", "To", "s", "2026-01-02",
        "Total", "t", "4", "Done", "t", "4", "Failed", "t", "0", "State", "s", "done", "Error", "s", "")


@pytest.fixture
def waiting(service, branch):
    """A client that waits for a request, which the daemon does not begin."""
    service.start()
    days = service.days(2)
    service.wait_synced(days)
    branch.call("Pause", "s", "so that requests stay")
    path = branch.request("Audit", days[0], days[-1])
    with Client(branch.bus.environment).running("wait", path.rsplit("/", 1)[1]) as shown:
        shown.wait_for("0/4 day tasks")
        shown.request = path
        yield shown


def names(bus):
    return {entry["name"] for entry in json.loads(bus.output("busctl", "--json=short", "list", "--unique"))}


def forge(bus, path, interface, member, *arguments):
    """To everybody on the bus, the client among them."""
    for name in names(bus):
        bus.run("busctl", "emit", f"--destination={name}", path, interface, member, *arguments, user=NOBODY)


def end(branch, shown):
    """The daemon's own word counts."""
    branch.call("Cancel", path=shown.request, interface=JOB)
    assert shown.wait() == DAY_IN_ERROR
    assert ": cancelled, 0 of 4 day tasks" in shown.text()


def test_nobody_else_ends_a_request(branch, waiting):
    types, *details = DONE
    forge(branch.bus, MANAGER_PATH, MANAGER, "JobRemoved", f"os{types}", waiting.request, "done", *details)
    end(branch, waiting)
    assert "done, 4 of 4" not in waiting.text()


def test_nobody_else_says_how_far_it_is(branch, waiting):
    forge(branch.bus, waiting.request, "org.freedesktop.DBus.Properties", "PropertiesChanged", "sa{sv}as",
          JOB, "1", "Done", "t", "3", "0")
    end(branch, waiting)
    assert "3/4" not in waiting.text()


def test_nobody_else_says_that_the_daemon_has_left(branch, waiting):
    name = name_of(BRANCH)
    forge(branch.bus, "/org/freedesktop/DBus", "org.freedesktop.DBus", "NameOwnerChanged", "sss", name, ":1.1", "")
    end(branch, waiting)
    assert "has left the bus" not in waiting.text()


def test_what_cannot_be_read_ends_nobodys_waiting(branch, waiting):
    forge(branch.bus, MANAGER_PATH, MANAGER, "JobRemoved")
    forge(branch.bus, MANAGER_PATH, MANAGER, "JobRemoved", "v", "a{ss}", "0")
    end(branch, waiting)
