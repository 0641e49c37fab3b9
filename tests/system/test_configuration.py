# SPDX-License-Identifier: MIT
"""Configuration errors through the real binary (exit 78: file, line, key, remedy), and the Python bot's variables.

The whole table of wrong configurations is in tests/unit/config_test.cpp; here is what only a real file
system and a real environment can show.
"""
import pytest

from support import oracle
from support.daemon import BRANCH, CONFIGURATION, OK
from support.pos import WEEK
from support.schema import PASSWORDS, daemon_account

VARIABLES = {"Sucursal": "pos", "Local": "local", "Vps": "vps"}


def lines_with(consolidador, replaced, by):
    """The configuration with one piece of text replaced; returns the number of the changed line."""
    consolidador.write_config()
    text = consolidador.config.read_text()
    assert replaced in text
    consolidador.config.write_text(text.replace(replaced, by, 1))
    return text[:text.index(replaced)].count("\n") + 1


@pytest.mark.parametrize("replaced, by, key, remedy", [
    ("branch:", "brnach:", "brnach", "branch"),
    ('"id": 99', '"id": "noventa"', "branch.id", "1"),
    ('"id": 99', '"id": 0', "branch.id", "1"),
    ('"id": 99', '"id": 99, "time_zone": "America/Mejico"', "branch.time_zone", "timedatectl"),
    ('"port": ', '"port": 1', "databases.operational.port", "65535"),
    ('"user": "bot"', '"user": ""', "databases.operational.user", ""),
    ('"host": "127.0.0.1"', '"host": "127.0.0.1:3306"', "databases.operational.host", "port"),
    ('"host": "127.0.0.1"', '"host": "127.0.0.1", "socket": "/run/s"', "databases.operational.socket", "keep one"),
    ('"attempts": 2', '"attempts": 0', "retry.attempts", "1"),
    ('"initial": "5ms"', '"initial": "5"', "retry.initial", "ms"),
    ("retry:", "retry: [", "", ""),
], ids=lambda value: str(value)[:20])
def test_a_wrong_value_is_named_with_file_line_key_and_remedy(consolidador, replaced, by, key, remedy):
    line = lines_with(consolidador, replaced, by)
    for command in ("check", "once"):
        run = consolidador.run(command).expect(CONFIGURATION)
        assert f"{consolidador.config}:{line}" in run.stderr
        assert key in run.stderr and remedy in run.stderr
        assert run.stdout == ""
    assert not consolidador.bitacora.exists()


def test_a_password_file_that_others_can_read_is_refused(consolidador):
    (consolidador.folder / "vps.password").chmod(0o640)
    run = consolidador.check().expect(CONFIGURATION)
    assert "databases.vps.password_file" in run.stderr and "chmod 600" in run.stderr


def test_a_missing_password_file_is_named(consolidador):
    (consolidador.folder / "vps.password").unlink()
    run = consolidador.check().expect(CONFIGURATION)
    assert "databases.vps.password_file" in run.stderr and "vps.password" in run.stderr


def test_a_folder_for_the_logs_that_cannot_be_made_is_named(places, consolidador):
    (consolidador.folder / "fichero").touch()
    consolidador.configure(paths={"logs": str(consolidador.folder / "fichero/logs")})
    run = consolidador.once_for(WEEK[0]).expect(CONFIGURATION)
    assert "fichero/logs" in run.stderr


def test_a_folder_for_the_logs_is_made(week, consolidador):
    consolidador.logs = consolidador.folder / "otra/carpeta"
    consolidador.bitacora = consolidador.logs / "bitacora_extraccion.csv"
    consolidador.configure(paths={"logs": str(consolidador.logs)})
    assert consolidador.once_for(WEEK[0]).expect(OK).day(WEEK[0])["estado"] == "OK"


def bots_environment(servers):
    """What the Python bot's .env holds."""
    environment = {"ID_SUCURSAL": str(BRANCH)}
    for ending, name in VARIABLES.items():
        server = getattr(servers, name)
        user, database = daemon_account(server)
        environment |= {
            f"ip{ending}": "127.0.0.1", f"port{ending}": str(server.port), f"user{ending}": user,
            f"pass{ending}": PASSWORDS[name], f"db{ending}": database}
    return environment


def test_the_variables_of_the_python_bot_are_enough(week, consolidador):
    consolidador.settings = {"paths": consolidador.settings["paths"]}
    run = consolidador.once_for(WEEK[0], WEEK[-1], environment=bots_environment(week)).expect(OK)
    assert {line["sucursal"] for line in run.days} == {str(BRANCH)}
    oracle.assert_agree(week, BRANCH, WEEK)


def test_the_variables_win_over_the_file_but_the_password_file_over_its_variable(week, consolidador):
    for database in consolidador.settings["databases"].values():
        database |= {"host": "192.0.2.1", "port": 1, "user": "nadie", "database": "nada"}
    consolidador.configure(branch={"id": 1})
    environment = bots_environment(week) | {f"pass{ending}": "no es esta" for ending in VARIABLES}
    consolidador.once_for(WEEK[0], WEEK[-1], environment=environment).expect(OK)
    oracle.assert_agree(week, BRANCH, WEEK)


def test_a_wrong_variable_is_named(consolidador):
    run = consolidador.check(environment={"portVps": "tres mil"}).expect(CONFIGURATION)
    assert "portVps" in run.stderr and "65535" in run.stderr


def test_a_systemd_credential_wins_over_the_password_file(week, consolidador):
    credentials = consolidador.folder / "credenciales"
    credentials.mkdir()
    (credentials / "vps.password").write_text(PASSWORDS["vps"])
    consolidador.write_password("vps", "no es esta")
    environment = {"CREDENTIALS_DIRECTORY": str(credentials)}
    consolidador.once_for(WEEK[0], environment=environment).expect(OK)


def test_sockets_work_in_place_of_host_and_port(week, consolidador):
    for name, server in {"operational": week.pos, "local": week.local, "vps": week.vps}.items():
        database = consolidador.settings["databases"][name]
        del database["host"], database["port"]
        database["socket"] = str(server.socket)
    consolidador.once_for(WEEK[0], WEEK[-1]).expect(OK)
    oracle.assert_agree(week, BRANCH, WEEK)


def test_plaintext_to_another_machine_needs_to_be_accepted_in_so_many_words(week, consolidador):
    """The servers offer no TLS; a name that is not loopback (127.0.0.1 under another name) makes it required."""
    consolidador.settings["databases"]["vps"]["tls"] = {"required": True}
    run = consolidador.once_for(WEEK[0])
    assert run.exit_code != OK
    assert "TLS" in run.day(WEEK[0])["error"] or "SSL" in run.day(WEEK[0])["error"]
    assert oracle.target_rows(week.vps, BRANCH) == []
    consolidador.settings["databases"]["vps"]["tls"] = {"required": False}
    consolidador.once_for(WEEK[0]).expect(OK)
