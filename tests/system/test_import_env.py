# SPDX-License-Identifier: MIT
"""consolidadorctl import-env: what the Python bot was told, the daemon is told too."""
import pytest

from support import pos, schema
from support.client import Client
from support.daemon import BRANCH, CONFIGURATION, OK, USAGE, run_binary
from support.schema import PASSWORDS, daemon_account

SETTINGS = """# config/settings.py
from datetime import date

HISTORICAL_MODE = {historical}
HISTORICAL_START_DATE = "2026-01-05"
HISTORICAL_END_DATE = None   # hasta hoy
REPROCESS_DAYS = 3
UPSERT_BATCH_SIZE = 500
MAX_RETRIES = 7
RETRY_DELAY_SECONDS = 5
ENABLE_AUDIT = True
AUDIT_TOLERANCE = 0.05
LOG_LEVEL = "INFO"
LOG_FILE = 'logs/otro.log'
DRY_RUN = False
RUN_LOCAL_ONLY = False
"""


@pytest.fixture
def bot(week, tmp_path):
    """The bot's folder; it gets at the databases of the tests."""
    folder = tmp_path / "bot"
    (folder / "config").mkdir(parents=True)
    lines = ["# CONEXIONES", f"export ID_SUCURSAL={BRANCH}", ""]
    for name, server in zip(("Sucursal", "Local", "Vps"), week):
        user, database = daemon_account(server)
        password = PASSWORDS[server.name]
        quote = '"' if "'" in password else "'"
        if quote in password:  # dotenv has no way to write it; another one will do
            password = "clave-del-bot #1"
            schema.create_target_account(server, password)
        lines += [f"ip{name}=127.0.0.1", f"user{name} = {user}",
                  f"pass{name}={quote}{password}{quote}", f"port{name}={server.port}  # puerto",
                  f"db{name}={database}"]
    (folder / ".env").write_text("\n".join(lines) + "\n")
    (folder / "config/settings.py").write_text(SETTINGS.format(historical=False))
    yield folder
    for server in week.targets:
        schema.create_target_account(server)


def imported(folder, into, *options):
    into.mkdir(exist_ok=True)
    return Client({}).pipe("import-env", folder, "--into", into, *options)


def test_the_daemon_runs_with_what_the_bot_was_told(bot, tmp_path):
    into = tmp_path / "etc"
    said = imported(bot, into).expect(OK).stdout
    config = into / f"{BRANCH}.yaml"
    assert "check --connect" in said and str(config) in said
    text = config.read_text()
    for part in ("window: {reprocess_days: 3}", "retry: {attempts: 7}", "tolerance: 0.05",
                 'file: "otro.log"'):
        assert part in text
    for word in ("upsert", "historical", "dry_run", "level", "clave"):
        assert word not in text
    passwords = sorted(into.glob("*.password"))
    assert [path.name for path in passwords] == [
        f"{BRANCH}.{name}.password" for name in ("local", "operational", "vps")]
    assert {path.stat().st_mode & 0o777 for path in passwords} == {0o600}
    config.write_text(text + f"paths: {{logs: {tmp_path}, state: {tmp_path}}}\n")
    days = ("--from", str(pos.WEEK[0]), "--to", str(pos.WEEK[-1]))
    for _ in range(2):
        code, stdout, stderr = run_binary("--config", str(config), "once", *days)
        assert code == OK, stdout + stderr
    assert stdout.count("up to date  ") >= len(pos.WEEK)


def test_history_goes_on_to_today(bot, tmp_path):
    (bot / "config/settings.py").write_text(SETTINGS.format(historical=True))
    imported(bot, tmp_path / "etc").expect(OK)
    assert "historical: {from: 2026-01-05, to: 20" in (tmp_path / f"etc/{BRANCH}.yaml").read_text()


def test_what_is_there_is_not_overwritten(bot, tmp_path):
    imported(bot, tmp_path / "etc").expect(OK)
    before = {path: path.read_bytes() for path in (tmp_path / "etc").iterdir()}
    assert "is there already" in imported(bot, tmp_path / "etc").expect(CONFIGURATION).stderr
    assert {path: path.read_bytes() for path in (tmp_path / "etc").iterdir()} == before


def test_a_folder_that_is_not_there_is_refused_with_the_remedy_before_anything_is_written(bot, tmp_path):
    into = tmp_path / "nada"
    said = Client({}).pipe("import-env", bot, "--into", into).expect(CONFIGURATION)
    assert f"--into: {into} is no folder; make it (sudo mkdir -p {into})" in said.stderr
    assert said.stdout == "" and not into.exists()


def test_what_cannot_be_read_is_named_without_its_value(bot, tmp_path):
    env = (bot / ".env").read_text()
    (bot / ".env").write_text(env.replace("ID_SUCURSAL", "OTRA"))
    assert "--branch" in imported(bot, tmp_path / "etc").expect(CONFIGURATION).stderr
    imported(bot, tmp_path / "etc", "--branch", "12").expect(OK)
    assert "branch: {id: 12}" in (tmp_path / "etc/12.yaml").read_text()
    (bot / ".env").write_text("passVps='secreta\n")
    said = imported(bot, tmp_path / "etc").expect(CONFIGURATION).stderr
    assert ".env:1: " in said and "secreta" not in said
    (bot / ".env").unlink()
    assert ".env: " in imported(bot, tmp_path / "etc").expect(CONFIGURATION).stderr
    Client({}).pipe("status", "--into", tmp_path).expect(USAGE)
