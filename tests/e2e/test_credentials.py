# SPDX-License-Identifier: MIT
"""Passwords as credentials of systemd, plain and encrypted for this machine."""
import pytest
from branch import Branch
from databases import PASSWORDS

from support.waiting import wait_until

CREDENTIALS = dict(zip(("operational", "local", "vps"), PASSWORDS.values()))
ENCRYPTED = "/etc/credstore.encrypted"


@pytest.fixture(scope="module", autouse=True)
def no_password_files(branch):
    text = branch.container.run("sed", "s/password_file: [^,}]*/port: 3306/", branch.file).stdout
    branch.container.write(branch.file, text)


def wait_until_working(branch, databases):
    assert branch.active
    databases.sell()
    wait_until(lambda: databases.equal(days=1), "today is equal everywhere")


def test_a_missing_credential_fails_the_start_once_with_its_message(branch):
    assert branch.systemctl("start", check=False).returncode != 0
    branch.wait_for_state("failed")
    assert "pass the systemd credential operational.password" in branch.status()


def test_encrypted_ones_need_no_more_than_to_be_there(machine, branch, databases):
    machine.run("mkdir", "-p", ENCRYPTED)
    for name, password in CREDENTIALS.items():
        machine.run("systemd-creds", "encrypt", f"--name={name}.password", "-",
                    f"{ENCRYPTED}/consolidador-ventas.99.{name}.password", stdin=password)
    branch.systemctl("start")
    wait_until_working(branch, databases)
    machine.run("rm", "-r", ENCRYPTED)


def test_plain_ones_come_by_a_drop_in(machine, branch, databases):
    for name, password in CREDENTIALS.items():
        machine.write(f"/etc/credstore/{name}", password, mode="0600")
    branch.drop_in(*(f"LoadCredential={name}.password:/etc/credstore/{name}"
                     for name in CREDENTIALS))
    branch.systemctl("restart")
    wait_until_working(branch, databases)
