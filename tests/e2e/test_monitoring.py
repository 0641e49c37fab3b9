# SPDX-License-Identifier: MIT
"""The recipes for monitoring, as the package's examples have them."""
import json
import re

import pytest

from support.waiting import wait_until

EXAMPLES = "/usr/share/doc/consolidador-ventas/examples"
FIGURES = "/var/lib/prometheus/node-exporter/consolidador-99.prom"


@pytest.fixture
def stopped(running):
    running.systemctl("stop")
    yield running
    running.systemctl("start")


def setting(machine, file, name):
    """What stands behind NAME= in an example."""
    lines = machine.run("cat", f"{EXAMPLES}/{file}").stdout.splitlines()
    (value,) = (line.removeprefix(f"{name}=") for line in lines if line.startswith(f"{name}="))
    return value


def as_nobody(machine, command):
    return machine.run("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "sh", "-c",
                       command, check=False)


def test_nagios_sees_a_branch_that_works(machine, running):
    command = setting(machine, "nagios.cfg", "command[check_consolidador_99]")
    answer = wait_until(lambda: (said := as_nobody(machine, command)).returncode == 0 and said, "it is OK")
    # Yesterday is audited for good some hours after its end, so at night none may be yet.
    assert re.match("CONSOLIDADOR OK - branch 99: (audited up to |no day audited yet)", answer.stdout)


def test_nagios_sees_a_branch_that_does_not_run(machine, stopped):
    answer = as_nobody(machine, setting(machine, "nagios.cfg", "command[check_consolidador_99]"))
    assert answer.returncode == 2


def test_zabbix_gets_the_branch_as_json(machine, running):
    command = setting(machine, "zabbix-agent.conf", "UserParameter").partition(",")[2]
    wait_until(lambda: json.loads(as_nobody(machine, command.replace("$1", "99")).stdout)["Health"] == "ok", "it is ok")


@pytest.fixture(scope="module")
def prometheus(machine):
    """The examples' units, installed as they say; runs the service at once."""
    machine.run("sh", "-c", f"cp {EXAMPLES}/consolidador-prometheus@.* /etc/systemd/system")
    machine.run("sh", "-ec", """
        useradd --system --user-group --no-create-home prometheus
        mkdir -p /var/lib/prometheus/node-exporter
        chown -R prometheus: /var/lib/prometheus""")  # as the exporter's package does
    machine.run("systemctl", "enable", "--now", "consolidador-prometheus@99.timer")

    def figures():
        machine.run("systemctl", "start", "consolidador-prometheus@99.service")
        return machine.run("cat", FIGURES).stdout
    return figures


def test_prometheus_gets_figures_that_its_exporter_may_read(machine, running, prometheus):
    assert 'consolidador_up{branch="99"} 1' in prometheus()
    assert machine.run("stat", "--format=%U", FIGURES).stdout.strip() == "prometheus"
    as_nobody(machine, f"cat {FIGURES}").check_returncode()


def test_prometheus_is_told_that_the_branch_does_not_run(stopped, prometheus):
    assert 'consolidador_up{branch="99"} 0' in prometheus()
