# SPDX-License-Identifier: MIT
"""Two branches on one machine."""
import pytest
from branch import Branch

from support.waiting import wait_until

NUMBERS = (98, 99)


@pytest.fixture(scope="module")
def both(machine, databases):
    branches = [Branch(machine, number) for number in NUMBERS]
    for branch in branches:
        branch.configure()
        branch.systemctl("enable", "--now")
    for number in NUMBERS:
        wait_until(lambda: databases.equal(days=2, branch=number), f"{number} is equal everywhere")
    return branches


def senders(machine, folder):
    bitacora = machine.run("cat", f"{folder}/bitacora_extraccion.csv").stdout
    return {line.split(",")[6] for line in bitacora.splitlines()[1:]}


def test_each_sends_its_own_sales_and_keeps_its_own_files(machine, both):
    for branch in both:
        assert branch.active
        wait_until(lambda: f"branch {branch.number}: ok" in branch.show("StatusText"), "all is well")
        folder = f"/var/log/consolidador-ventas/{branch.number}"
        wait_until(lambda: senders(machine, folder), "the days are told")
        assert senders(machine, folder) == {str(branch.number)}


def test_the_journal_tells_them_apart(machine, both):
    for branch in both:
        lines = machine.run("journalctl", "--output=json", f"BRANCH={branch.number}").stdout
        assert lines and all(branch.unit in line for line in lines.splitlines())


def test_the_client_shows_both_and_commands_the_one_that_is_named(machine, both):
    shown = machine.run("consolidadorctl").stdout
    assert all(f"Branch {number} " in shown for number in NUMBERS)
    assert machine.run("consolidadorctl", "sync", check=False).returncode == 64
    both[0].ctl("sync", "--wait")


def test_one_goes_on_while_the_other_is_reloaded_stopped_and_wrong(both, databases):
    wrong, other = both
    before = other.process
    wrong.systemctl("reload")
    wrong.systemctl("stop")
    wrong.configure(id="nada")
    assert wrong.systemctl("start", check=False).returncode != 0
    databases.sell()
    wait_until(lambda: databases.equal(days=2, branch=other.number),
               "the other is equal everywhere")
    assert other.process == before
