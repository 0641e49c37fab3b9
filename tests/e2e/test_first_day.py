# SPDX-License-Identifier: MIT
"""The package is installed, a branch configured and started."""
from support.waiting import wait_until


def test_an_enabled_branch_is_active_and_fills_the_vps(branch, databases):
    branch.systemctl("enable", "--now")
    assert branch.active
    wait_until(lambda: databases.days_in_vps() >= 2, "today and yesterday are in the VPS")


def test_systemctl_status_says_how_each_place_is(running):
    wait_until(lambda: "Status: \"branch 99: ok" in running.status(), "STATUS says ok")
