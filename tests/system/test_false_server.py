# SPDX-License-Identifier: MIT
"""A program that took the port of a stopped server gets no password, whatever way of logging in it asks for."""
import pytest

from support import false_server
from support.pos import WEEK


@pytest.mark.parametrize("switches", [False, True], ids=["at once", "by a switch"])
@pytest.mark.parametrize("place", ["operational", "local", "vps"])
def test_who_asks_for_the_password_by_a_key_of_its_own_gets_none(places, consolidador, tmp_path, place, switches):
    with false_server.running(tmp_path, switches) as thief:
        consolidador.settings["databases"][place]["port"] = thief.port
        run = consolidador.once_for(WEEK[0])
        checked = consolidador.check("--connect")
    assert thief.logins > 0 and thief.stolen == []
    assert run.exit_code != 0 and checked.exit_code != 0
    for said in (run.stdout + run.stderr + consolidador.log.read_text(), checked.stdout + checked.stderr):
        words = " ".join(said.split())
        assert "caching_sha2_password only over `socket:` or TLS" in words, words[-2000:]
