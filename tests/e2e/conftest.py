# SPDX-License-Identifier: MIT
"""One machine for each file of tests: the package installed by apt, and databases.

run.sh names the folder of the package, the root that the machines stand on, and where journals go.
"""
import os
import shutil
from pathlib import Path

import pytest
from branch import PACKAGE, Branch, prepare_site
from container import Container, prepare_namespace
from databases import Databases

from support.waiting import wait_until

PACKAGES = Path(os.environ["E2E_PACKAGES"])
OUT = Path(os.environ["E2E_OUT"])
ROOT = Path(os.environ["E2E_ROOT"])


@pytest.fixture(scope="session")
def installed():
    """The layer that every machine stands on."""
    memory = OUT / "memory"
    memory.mkdir(exist_ok=True)
    prepare_namespace(memory)
    container = Container(memory / "installed", ROOT)
    container.become_nobodys_machine()
    container.boot()
    (package,) = PACKAGES.glob("consolidador-ventas_*.deb")
    shutil.copy(package, container.root / PACKAGE[1:])
    container.run("apt-get", "install", "-y", PACKAGE)
    Databases(container).install()
    prepare_site(container)
    container.close()
    return container


@pytest.fixture(scope="module")
def machine(installed, request):
    name = request.module.__name__
    container = Container(installed.upper.parent.parent / name, installed.upper, ROOT).boot()
    yield container
    if request.session.testsfailed:
        (OUT / f"{name}.journal").write_text(container.run("journalctl", "--no-pager").stdout)
    container.close()


@pytest.fixture(scope="module")
def databases(machine):
    return Databases(machine)


@pytest.fixture(scope="module")
def branch(machine):
    """Branch 99, configured."""
    branch = Branch(machine)
    branch.configure()
    return branch


@pytest.fixture(scope="module")
def running(branch, databases):
    """Branch 99, enabled, with its first cycle done."""
    branch.systemctl("enable", "--now")
    wait_until(lambda: databases.equal(days=2), "today and yesterday are equal everywhere")
    return branch
