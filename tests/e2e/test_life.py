# SPDX-License-Identifier: MIT
"""What goes wrong around a running branch: it comes back by itself, and nothing is lost."""
from databases import DAYS

from support.waiting import wait_until


def wait_until_equal(databases, days=2):
    wait_until(lambda: databases.equal(days), f"the last {days} days are equal everywhere", 60)


def test_a_process_comes_back_however_often_it_is_killed(running, databases):
    for _ in range(7):
        before = running.process
        databases.sell()
        running.signal("KILL")
        running.wait_for_another_process(before)
    wait_until_equal(databases)


def test_a_process_that_hangs_is_killed_by_the_watchdog_and_started_again(running, databases):
    running.drop_in("WatchdogSec=3s")
    running.systemctl("restart")
    before = running.process
    running.signal("STOP")
    databases.sell()
    running.wait_for_another_process(before)
    journal = running.container.run("journalctl", f"--unit={running.unit}").stdout
    assert "Watchdog timeout" in journal
    wait_until_equal(databases)
    running.drop_in()
    running.systemctl("restart")


def test_the_branchs_server_may_stop_and_start(machine, running, databases):
    before = running.process
    machine.run("systemctl", "stop", "mariadb")
    wait_until(lambda: "operational down since" in running.show("StatusText"), "STATUS says so")
    assert running.active
    machine.run("systemctl", "start", "mariadb")
    databases.sell()
    wait_until_equal(databases)
    assert running.process == before


def test_the_vps_may_stop_and_start(machine, running, databases):
    machine.run("systemctl", "stop", "vps")
    databases.sell()
    wait_until(lambda: "vps down since" in running.show("StatusText"), "STATUS says so")
    machine.run("systemctl", "start", "vps")
    wait_until_equal(databases)


def test_a_reboot_in_the_middle_of_a_backfill_goes_on_by_itself(machine, running, databases):
    databases.slow_down()
    first = databases.sql("mariadb", f"SELECT CURRENT_DATE - INTERVAL {DAYS - 1} DAY")
    last = databases.sql("mariadb", "SELECT CURRENT_DATE")
    running.ctl("backfill", first, last)
    wait_until(lambda: databases.days_in_vps() >= DAYS // 4, "a quarter is done")
    machine.reboot()
    assert databases.days_in_vps() < DAYS
    wait_until_equal(databases, DAYS)
    wait_until(lambda: running.ctl("requests", "--format=json").stdout == "[]\n", "no job is left")
