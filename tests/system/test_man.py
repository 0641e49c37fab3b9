# SPDX-License-Identifier: MIT
"""The manual pages can be read, and name every key, option and command that there is."""
import re
import subprocess

import pytest

from support.client import CLIENT
from support.daemon import run_binary
from support.schema import ROOT

PAGES = sorted((ROOT / "docs/man").iterdir())


def text_of(name):
    (page,) = (page for page in PAGES if page.name == name)
    return page.read_text().replace(" Ns = Ns Cm", "").replace("Fl -", "--")


def keys_of(example):
    """The dotted keys of the commented example, also of those that stand in comments."""
    path = []
    for line in example.splitlines()[13:]:
        found = re.match(r"^( *)(?:# ( *)(?=(?:hosts|socket|ca|cert|key|fingerprint|min_version|historical|from|to|hours):))?([a-z_]+):", line)
        if found:
            depth = (len(found[1]) + len(found[2] or "")) // 2
            path[depth:] = [found[3]]
            yield ".".join(path)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_is_set_without_a_warning(page):
    done = subprocess.run(["groff", "-mdoc", "-ww", "-z", "-Tutf8", "-k", page], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_every_key_of_the_configuration_has_its_entry():
    entries = set(re.findall(r"^\.It Li (\S+)", text_of("consolidador-ventas.yaml.5"), re.M))
    sections = {"branch", "databases", "window", "upsert", "retry", "audit", "timeouts", "pool", "schedule",
                "verification", "extraction", "lock", "health", "stop", "log", "paths"}
    for key in keys_of((ROOT / "etc/consolidador-ventas.yaml").read_text()):
        everywhere = re.sub(r"^databases\.\w+\.", "databases.*.", key)
        if not (key in sections or key.endswith(".tls")):
            assert everywhere in entries, key


@pytest.mark.parametrize("page", ["README.md", "README.es.md", "docs/installation.md", "docs/installation.es.md",
                                  "docs/man/consolidador-ventas.yaml.5", "etc/consolidador-ventas.yaml"])
def test_a_configuration_that_is_shown_names_the_schemas_that_the_scripts_make(page):
    """In the VPS the accounts of branches may enter that of the views alone."""
    text = (ROOT / page).read_text()
    for place, schema in {"operational": "superpos", "local": "central", "vps": "sucursales"}.items():
        named = re.search(rf"^ +{place}:(?:(?!^ +(?:operational|local|vps):).)*?\bdatabase: (\w+)", text, re.M | re.S)
        assert named and named[1] == schema, (page, place)
    scripts = (ROOT / "sql/vps/instalar.sql").read_text()
    assert "CREATE DATABASE IF NOT EXISTS sucursales" in scripts


@pytest.mark.parametrize("page", ["docs/installation.md", "docs/installation.es.md", "docs/migration.md", "docs/migration.es.md"])
def test_a_page_that_fills_the_local_schema_makes_it_first(page):
    before, used, _ = (ROOT / page).read_text().partition("cat sql/agregada/*.sql | ")
    assert used and "CREATE DATABASE central CHARACTER SET utf8mb4 COLLATE utf8mb4_bin" in before.replace("\n", " ")


def test_every_option_and_command_has_its_entry():
    client = subprocess.run([CLIENT, "--help"], capture_output=True, text=True).stdout
    commands = set(re.findall(r"^([a-z][a-z-]+)(?: |$)", client.split("\n\n", 1)[1], re.M))
    assert {"status", "backfill", "wait", "reload"} <= commands
    for page, usage in (("consolidadord.8", run_binary("--help")[1]), ("consolidadorctl.1", client)):
        text = text_of(page)
        for option in set(re.findall(r"--[a-z-]+", usage)) - {"--help", "--version"}:
            assert option in text, f"{page}: {option}"
    for command in commands:
        assert f".It Cm {command}" in text_of("consolidadorctl.1"), command
