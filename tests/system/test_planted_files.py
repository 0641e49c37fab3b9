# SPDX-License-Identifier: MIT
"""What the service's account may plant in its folders for root, who runs `once` there by hand or by cron: it gains
nothing by it."""
import os
import socket
import tempfile
from pathlib import Path

import pytest

from support.accounts import NOBODY
from support.daemon import CONFIGURATION, OK
from support.pos import WEEK

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
INTERNAL = 70
REFUSED = {"bot.log": CONFIGURATION, "bitacora_extraccion.csv": INTERNAL}


@pytest.fixture
def theirs(consolidador):
    """The folder of the logs, the service account's; beside it one of root's."""
    with tempfile.TemporaryDirectory(prefix="planted-") as folder:
        os.chmod(folder, 0o755)
        consolidador.logs = Path(folder, "logs")
        consolidador.log, consolidador.bitacora = (consolidador.logs / name for name in REFUSED)
        consolidador.logs.mkdir()
        os.chown(consolidador.logs, *NOBODY)
        Path(folder, "roots").mkdir()
        consolidador.configure(paths={"logs": str(consolidador.logs)})
        yield consolidador


def look(path):
    status = path.stat()
    return status.st_uid, status.st_gid, status.st_mode, path.read_bytes()


@pytest.fixture
def secret(theirs):
    path = theirs.logs.parent / "roots" / "shadow"
    path.write_text("root's\n")
    os.chmod(path, 0o666)
    return path


@pytest.mark.parametrize("name", REFUSED)
def test_a_planted_link_makes_no_file_of_root(week, theirs, name):
    target = theirs.logs.parent / "roots" / "ld.so.preload"
    (theirs.logs / name).symlink_to(target)
    run = theirs.once_for(WEEK[0]).expect(REFUSED[name])
    assert not target.exists()
    assert f"{name} is a link" in run.stderr and "remove it" in run.stderr


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("plant", [os.symlink, os.link])
def test_a_planted_name_of_roots_file_changes_it_in_nothing(week, theirs, secret, name, plant):
    before = look(secret)
    plant(secret, theirs.logs / name)
    theirs.once_for(WEEK[0]).expect(REFUSED[name])
    assert look(secret) == before


def test_a_rotation_moves_planted_names_and_follows_none(week, theirs, secret):
    before = look(secret)
    theirs.bitacora.write_text("another header\n")
    os.chown(theirs.bitacora, *NOBODY)
    for number in (1, 2):
        (theirs.logs / f"bitacora_extraccion.{number}.csv").symlink_to(secret)
    theirs.once_for(WEEK[0]).expect(OK)
    assert look(secret) == before
    assert (theirs.logs / "bitacora_extraccion.1.csv").read_text() == "another header\n"
    assert (theirs.logs / "bitacora_extraccion.3.csv").is_symlink()


def test_a_pipe_holds_nobody_up(week, theirs):
    os.mkfifo(theirs.log)
    os.chown(theirs.log, *NOBODY)
    os.mkfifo(theirs.folder / "state" / "paused")
    run = theirs.once_for(WEEK[0]).expect(CONFIGURATION)
    assert "is not a regular file" in run.stderr


def test_once_works_as_the_folders_owner_and_says_who_has_run_it(week, theirs):
    """Before it opens anything there, and before it talks to anybody."""
    with socket.create_server(("127.0.0.1", 0)) as mute:
        theirs.configure(databases={"operational": theirs.settings["databases"]["operational"]
                                    | {"port": mute.getsockname()[1]}})
        theirs.write_config()
        process = theirs.spawn("once", "--from", str(WEEK[0]), "--to", str(WEEK[0]))
        try:
            mute.accept()[0].detach()
            status = dict(line.split(":\t", 1) for line in
                          Path(f"/proc/{process.pid}/status").read_text().splitlines() if ":\t" in line)
        finally:
            process.kill()
            process.communicate()
    assert status["Uid"].split() == [str(NOBODY[0])] * 4
    assert status["Gid"].split() == [str(NOBODY[1])] * 4
    assert int(status["CapEff"], 16) == int(status["CapPrm"], 16) == 0
    assert theirs.log.stat().st_uid == NOBODY[0]


def test_what_once_leaves_is_the_folders_owners(week, theirs):
    theirs.once_for(WEEK[0]).expect(OK)
    assert {path.stat().st_uid for path in theirs.logs.iterdir()} == {NOBODY[0]}


def test_root_stays_root_in_a_folder_of_roots(week, consolidador):
    consolidador.once_for(WEEK[0]).expect(OK)
    assert {path.stat().st_uid for path in consolidador.logs.iterdir()} == {0}
