# SPDX-License-Identifier: MIT
"""What somebody who has taken the process over can reach: a probe in the daemon's place says."""
import json
from pathlib import Path

import pytest
from branch import Branch
from databases import VPS_ADDRESS

ELSEWHERE = "192.0.2.99"
PROBE = "/usr/local/lib/probe.py"
STATE, LOGS = (f"/var/{kind}/consolidador-ventas/99" for kind in ("lib", "log"))
ALLOWED = {f"write {STATE}", f"write {LOGS}", "connect 127.0.0.1", f"connect {VPS_ADDRESS}"}


@pytest.fixture(scope="module")
def answers(machine):
    """What the probe could do, and what it could not, with the errno."""
    machine.write(PROBE, Path(__file__).with_name("probe.py").read_text())
    machine.run("ip", "address", "add", f"{ELSEWHERE}/32", "dev", "lo")
    branch = Branch(machine)
    branch.drop_in("Type=oneshot", "Restart=no", "ExecStart=",
                   f"ExecStart=/usr/bin/python3 {PROBE} 127.0.0.1 {VPS_ADDRESS} {ELSEWHERE}")
    branch.systemctl("start")
    return json.loads(machine.run("cat", f"{STATE}/probe").stdout)


def outcomes(answers, kind):
    return {answer for name, answer in answers.items()
            if name.startswith(kind) and name not in ALLOWED}


def test_its_exposure_is_at_most_0_9(machine):
    """As it ships: a copy by another name, for which no drop-in counts."""
    shipped = Branch(machine).show("FragmentPath")
    machine.run("cp", shipped, "/root/shipped@.service")
    machine.run("systemd-analyze", "security", "--offline=true", "--threshold=9",
                "/root/shipped@.service")


def test_it_may_write_in_its_own_folders_and_reach_its_databases(answers):
    assert {name for name, answer in answers.items() if answer == "ok"} == ALLOWED


def test_it_cannot_write_anywhere_else(answers):
    assert outcomes(answers, "write") == {"EROFS", "EACCES"}


def test_it_cannot_listen(answers):
    assert outcomes(answers, "listen") == {"EPERM"}


def test_it_cannot_call_what_it_does_not_need(answers):
    assert outcomes(answers, "call") == {"EPERM"}


def test_it_cannot_use_any_other_address_family(answers):
    assert outcomes(answers, "socket") == {"EAFNOSUPPORT"}


def test_it_cannot_reach_an_address_that_is_not_allowed(answers):
    """Nobody listens there, which an allowed one would be told: ECONNREFUSED."""
    assert outcomes(answers, "connect") <= {"ETIMEDOUT", "EPERM"}
