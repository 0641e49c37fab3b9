# SPDX-License-Identifier: MIT
"""The package around a running branch: upgraded, downgraded, reinstalled, removed, purged."""
import subprocess
import sys
from pathlib import Path

import pytest
from branch import FOLDER, PACKAGE

from support.waiting import wait_until

NEWER = "/root/newer.deb"
HARDENING = Path(__file__).parents[1] / "unit/hardening.py"
NAME = "consolidador-ventas"
BITACORA = "/var/log/consolidador-ventas/99/bitacora_extraccion.csv"
KEPT = (f"{FOLDER}/99.yaml", f"{FOLDER}/vps.password", BITACORA)


@pytest.fixture(scope="module")
def newer(machine):
    """The same package as a later version."""
    machine.run("sh", "-ec", f"""
        dpkg-deb --raw-extract {PACKAGE} /root/newer
        sed -i 's/^Version: .*/Version: 99/' /root/newer/DEBIAN/control
        dpkg-deb --build /root/newer {NEWER}
        rm -r /root/newer""")
    return NEWER


def apt(machine, *arguments):
    machine.run("apt-get", "--assume-yes", *arguments)


def contents(machine):
    return machine.run("head", "--quiet", "--lines=3", *KEPT).stdout


def expect_restarted(machine, branch, databases, action):
    """The action puts another process in place, which works; configuration and history stay."""
    before, kept = branch.process, contents(machine)
    action()
    branch.wait_for_another_process(before)
    databases.sell()
    wait_until(lambda: databases.equal(days=2), "today and yesterday are equal everywhere")
    assert contents(machine).startswith(kept)  # the bitacora goes on


def test_what_it_installs_is_hardened(machine):
    installed = (f"{machine.root}/usr/{name}" for name in ("sbin/consolidadord", "bin/consolidadorctl"))
    subprocess.run([sys.executable, HARDENING, *installed], check=True)


def test_an_upgrade_restarts_the_branch(machine, running, databases, newer):
    expect_restarted(machine, running, databases, lambda: apt(machine, "install", newer))


def test_a_downgrade_restarts_the_branch(machine, running, databases):
    expect_restarted(machine, running, databases,
                     lambda: apt(machine, "install", "--allow-downgrades", PACKAGE))


def test_a_reinstallation_restarts_the_branch(machine, running, databases):
    expect_restarted(machine, running, databases,
                     lambda: apt(machine, "install", "--reinstall", PACKAGE))


def test_a_removal_stops_the_branch_and_a_new_installation_starts_it(machine, running, databases):
    def remove_and_install():
        apt(machine, "remove", NAME)
        assert not running.active
        apt(machine, "install", PACKAGE)

    expect_restarted(machine, running, databases, remove_and_install)


def test_it_starts_with_the_machine_after_all_this(machine, running, databases):
    expect_restarted(machine, running, databases, machine.reboot)


def test_a_purge_leaves_nothing(machine, running):
    running.drop_in("Nice=5")
    machine.write("/etc/credstore.encrypted/consolidador-ventas.99.vps.password", "x")
    apt(machine, "purge", NAME)
    left = machine.run("find", "/etc", "/run", "/usr", "/var/lib", "/var/log",
                       "-name", "*consolidador*").stdout
    assert left == ""
    units = machine.run("systemctl", "list-units", "--all", "--no-legend", "consolidador*").stdout
    assert units == ""
