# SPDX-License-Identifier: MIT
"""No password is anywhere but where the operator put it: not in a log, an error, a process list or a server's log."""
import contextlib
import json
import os
import resource
import signal
import subprocess
from pathlib import Path

import pytest

from support.daemon import BINARY, CONFIGURATION, DAY_IN_ERROR, OK, UNREACHABLE
from support.pos import WEEK, sell
from support.schema import PASSWORDS
from support.waiting import wait_until
from test_configuration import bots_environment

SECRETS = (*PASSWORDS.values(), "otra-clave-secreta")


def spellings(secret):
    """A secret as it is, and as quoting or encoding would show it."""
    return {secret.encode(), json.dumps(secret)[1:-1].encode(), json.dumps(secret, ensure_ascii=False)[1:-1].encode(),
            secret.encode().hex().encode(), secret.replace("'", "''").encode()}


def leaks(texts):
    """(place, secret) for each secret found in any of the named texts."""
    return [(place, secret) for place, text in texts.items() for secret in SECRETS
            if any(spelling in text for spelling in spellings(secret))]


def said(run, consolidador):
    """Everything that a run said or wrote."""
    return {"stdout": run.stdout.encode(), "stderr": run.stderr.encode(), **consolidador.everything_written()}


def test_the_search_finds_a_secret():
    """Otherwise the tests below would prove nothing."""
    for secret in SECRETS:
        assert leaks({"texto": b"antes " + secret.encode() + b" despues"}) == [("texto", secret)]
        assert leaks({"texto": json.dumps({"clave": secret}).encode()}) == [("texto", secret)]
    assert leaks({"texto": b"nada"}) == []


def all_well(places, consolidador):
    return consolidador.once_for(WEEK[0], WEEK[-1]).expect(OK)


def wrong_password(places, consolidador):
    consolidador.write_password("vps", "otra-clave-secreta")
    return consolidador.once_for(WEEK[0]).expect(DAY_IN_ERROR)


def database_down(places, consolidador):
    with places.vps.down():
        return consolidador.once_for(WEEK[0]).expect(UNREACHABLE)


def day_in_error(places, consolidador):
    sell(places.pos, WEEK[0], upc="")
    return consolidador.once_for(WEEK[0]).expect(DAY_IN_ERROR)


def check_connect(places, consolidador):
    consolidador.write_password("local", "otra-clave-secreta")
    return consolidador.check("--connect").expect(DAY_IN_ERROR)


def password_in_the_file(places, consolidador):
    """Written into the configuration, where it must not be: the error must not repeat it."""
    consolidador.settings["databases"]["vps"]["password"] = "otra-clave-secreta"
    return consolidador.check().expect(CONFIGURATION)


def password_in_place_of_its_file(places, consolidador):
    consolidador.settings["databases"]["vps"]["password_file"] = "otra-clave-secreta"
    return consolidador.check().expect(CONFIGURATION)


def password_file_with_two_lines(places, consolidador):
    consolidador.write_password("vps", "otra-clave-secreta\notra-clave-secreta")
    return consolidador.check().expect(CONFIGURATION)


def broken_yaml_beside_a_password(places, consolidador):
    consolidador.write_config()
    consolidador.config.write_text(consolidador.config.read_text() + "password: [otra-clave-secreta\n")
    return consolidador.run("check").expect(CONFIGURATION)


@pytest.mark.parametrize("situation", [
    all_well, wrong_password, database_down, day_in_error, check_connect, password_in_the_file,
    password_in_place_of_its_file, password_file_with_two_lines, broken_yaml_beside_a_password,
], ids=lambda situation: situation.__name__)
def test_no_password_in_any_output_or_log(week, consolidador, situation):
    consolidador.configure(log={"level": "debug"})
    run = situation(week, consolidador)
    assert leaks(said(run, consolidador)) == []


def test_no_password_in_the_logs_when_it_comes_from_the_environment(week, consolidador):
    consolidador.settings = {"paths": consolidador.settings["paths"], "log": {"level": "debug"}}
    environment = bots_environment(week)
    assert leaks(said(consolidador.once_for(WEEK[0], environment=environment).expect(OK), consolidador)) == []
    environment |= {"passVps": "otra-clave-secreta"}
    run = consolidador.once_for(WEEK[0], environment=environment).expect(DAY_IN_ERROR)
    assert leaks(said(run, consolidador)) == []


@contextlib.contextmanager
def held_up(places, consolidador, environment=None):
    """Gives a `once` that is running: the POS's till lines are locked, so that it waits for them."""
    waiting = "SELECT ID FROM information_schema.PROCESSLIST WHERE STATE LIKE 'Waiting for table%'"
    consolidador.write_config()
    cashier = places.pos.connect()
    cashier.cursor().execute("LOCK TABLES superpos.ventasdiarias WRITE")
    process = consolidador.spawn("once", "--from", str(WEEK[0]), "--to", str(WEEK[0]), environment=environment)
    try:
        wait_until(lambda: places.pos.query(waiting), "the run waits")
        yield process
    finally:
        cashier.close()
    consolidador.finish(process).expect(OK)


def visible_to_the_machine(process):
    """What `ps`, `ps e` and a look into /proc show of the process."""
    proc = Path(f"/proc/{process.pid}")
    return {name: (proc / name).read_bytes() for name in ("cmdline", "environ", "comm", "status")}


def test_no_password_in_the_process_list_of_the_machine_or_of_a_server(week, consolidador):
    with contextlib.ExitStack() as stack:
        logs = [stack.enter_context(server.recording()) for server in week]
        with held_up(week, consolidador) as process:
            seen = visible_to_the_machine(process)
            for server in week:
                seen[server.name] = repr(server.query("SHOW FULL PROCESSLIST")).encode()
    assert b"--config" in seen["cmdline"]
    assert leaks(seen) == []
    assert leaks({server.name: repr(log).encode() for server, log in zip(week, logs)}) == []


def test_a_password_in_the_environment_stays_there_alone(week, consolidador):
    """The operator put it into the environment, so it is there; it must not get into the arguments."""
    consolidador.settings = {"paths": consolidador.settings["paths"]}
    with held_up(week, consolidador, bots_environment(week)) as process:
        seen = visible_to_the_machine(process)
    assert {place for place, _ in leaks(seen)} == {"environ"}


def test_no_password_in_anything_said_over_the_bus(week, service, branch):
    """Captured while the daemon starts, fails for a wrong password, is asked and reads a bad file."""
    service.consolidador.write_password("vps", "otra-clave-secreta")
    with branch.bus.captured() as capture:
        service.start()
        wait_until(lambda: "Access denied" in str(branch.call("GetStatus")), "the refusal is told")
        branch.properties()
        branch.call("GetDay", "s", str(service.today))
        branch.jobs()
        service.consolidador.configure(password="otra-clave-secreta")
        service.consolidador.write_config()
        assert "password" in branch.refusal("Reload")
    said_there = capture.read_bytes()
    assert b"Access denied" in said_there and b"Reload" in said_there
    assert leaks({"bus": said_there}) == []


def allowed_a_core(command, folder):
    """The process, with no limit on core dumps."""
    allow = lambda: resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    return subprocess.Popen(command, cwd=folder, preexec_fn=allow, stdout=subprocess.DEVNULL,
                            stderr=subprocess.DEVNULL)


def died_with_a_core(process):
    process.send_signal(signal.SIGABRT)  # which no sanitizer catches
    _, status = os.waitpid(process.pid, 0)
    process.returncode = 0  # it is waited for
    assert os.WTERMSIG(status) == signal.SIGABRT
    return os.WCOREDUMP(status)


def test_a_crash_leaves_no_memory_behind(week, consolidador, tmp_path):
    if not died_with_a_core(allowed_a_core(["/bin/sleep", "60"], tmp_path)):
        pytest.skip("this machine makes no core dumps")
    consolidador.write_config()
    daemon = allowed_a_core([str(BINARY), "--config", str(consolidador.config), "--bus=none"], tmp_path)
    wait_until(lambda: "starts: branch" in (consolidador.log.read_text() if consolidador.log.exists() else ""),
               "the daemon runs")
    assert not died_with_a_core(daemon)
