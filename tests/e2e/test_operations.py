# SPDX-License-Identifier: MIT
"""What docs/operations tells people to do."""
import pytest
from branch import FOLDER
from databases import DAYS

from support.waiting import wait_until

BACKUP = "/root/backup.sql"
NEW_PASSWORD = "otra-clave-larga"


@pytest.fixture(scope="module")
def last_weeks_backup(machine, running, databases):
    """Of the VPS: the older half of the days is in it."""
    running.ctl("backfill", day(databases, DAYS - 1), day(databases, DAYS // 2), "--wait")
    machine.run("sh", "-c", "mariadb-dump --no-defaults --socket=/run/vps/socket --routines "
                f"--events --databases central >{BACKUP}")


@pytest.fixture(scope="module")
def complete(last_weeks_backup, running, databases):
    """The branch with all days in both targets."""
    running.ctl("backfill", day(databases, DAYS - 1), day(databases, 0), "--wait")
    assert databases.equal(DAYS)
    return running


def day(databases, ago):
    return databases.sql("mariadb", f"SELECT CURRENT_DATE - INTERVAL {ago} DAY")


def wait_until_complete(databases):
    databases.sell()
    wait_until(lambda: databases.equal(DAYS), "all days are equal everywhere")


def test_a_password_of_the_vps_is_rotated_while_the_branch_works(machine, complete, databases):
    databases.sql("vps", f"CALL central.sp_rotar_clave(99, '{NEW_PASSWORD}')")
    wait_until_complete(databases)
    machine.write(f"{FOLDER}/vps.password", NEW_PASSWORD, owner="consolidador", mode="0600")
    complete.systemctl("reload")
    databases.sql("vps", "CALL central.sp_terminar_rotacion(99)")
    complete.systemctl("restart")
    wait_until_complete(databases)
    wait_until(lambda: "health       ok" in complete.ctl().stdout, "a day got through since the start")


def test_a_restored_vps_is_refilled_by_the_branch(machine, complete, databases):
    machine.run("sh", "-c", f"mariadb --no-defaults --socket=/run/vps/socket <{BACKUP}")
    assert not databases.equal(DAYS)
    machine.run("systemctl", "restart", "vps")
    wait_until_complete(databases)


def test_a_new_machine_goes_on_where_the_old_one_stopped(machine, complete, databases):
    complete.systemctl("stop")
    machine.run("rm", "-r", "/var/lib/consolidador-ventas", "/var/log/consolidador-ventas")
    databases.sql("mariadb", "DROP USER agregado@'127.0.0.1'; DROP DATABASE central")
    databases.create_local()
    complete.systemctl("start")
    wait_until_complete(databases)
