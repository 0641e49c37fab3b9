# SPDX-License-Identifier: MIT
"""The package is installed, a branch configured and started."""
from support.waiting import wait_until

MANAGER = ("org.consolidador.Ventas1.Sucursal99", "/org/consolidador/Ventas1",
           "org.consolidador.Ventas1.Manager")


def test_a_check_as_the_services_user_opens_every_database(machine, branch):
    check = machine.run("setpriv", "--reuid=consolidador", "--regid=consolidador", "--init-groups",
                        "consolidadord", "--config", branch.file, "check", "--connect")
    assert check.stdout.count("ok") >= 3


def test_an_enabled_branch_is_active_and_fills_the_vps(branch, databases):
    branch.systemctl("enable", "--now")
    assert branch.active
    wait_until(lambda: databases.equal(days=2), "today and yesterday are equal everywhere")


def test_systemctl_status_says_how_each_place_is(running):
    wait_until(lambda: "Status: \"branch 99: ok" in running.status(), "STATUS says ok")


def as_user(machine, name, *command, check=True):
    return machine.run("setpriv", f"--reuid={name}", "--regid=nogroup", "--init-groups", *command,
                       check=check)


def test_everybody_may_ask(machine, running):
    assert "health       ok" in as_user(machine, "nobody", "consolidadorctl").stdout
    answer = as_user(machine, "nobody", "busctl", "get-property", *MANAGER, "Health")
    assert answer.stdout == 's "ok"\n'


def test_only_members_of_the_group_command(machine, running):
    refused = as_user(machine, "nobody", "consolidadorctl", "sync", check=False)
    assert refused.returncode == 1 and "sync: only root and members of the group" in refused.stderr
    machine.run("useradd", "operadora")
    machine.run("usermod", "--append", "--groups=consolidador", "operadora")
    as_user(machine, "operadora", "consolidadorctl", "sync", "--wait")
    as_user(machine, "operadora", "busctl", "call", *MANAGER, "SyncNow")


def test_the_log_level_changes_through_systemctl(machine, running):
    machine.run("systemctl", "service-log-level", running.unit, "debug")
    assert running.systemctl("service-log-level").stdout == "debug\n"


def test_the_journal_finds_a_days_lines(machine, databases, running):
    today = databases.sql("mariadb", "SELECT CURRENT_DATE")

    def found():
        lines = machine.run("journalctl", "--quiet", "--output=cat", f"DAY={today}").stdout
        return f"{today}: " in lines and "vps nuevo" in lines
    wait_until(found, "the journal has today's lines")
