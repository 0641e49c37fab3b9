#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Runs a command beside three private MariaDB servers and ends with the command's exit code.

    with_servers.py -- build/dev/tests/integration_tests [ARGUMENTS...]

The servers are empty, vanish with the command, and touch nothing else on the machine. pos holds an empty
database `superpos`, local and vps an empty database `central` each. Exported to the command, for each
PLACE of POS, LOCAL, VPS:

    CONSOLIDADOR_TEST_<PLACE>_SOCKET     path of the server's Unix socket
    CONSOLIDADOR_TEST_<PLACE>_PORT       its TCP port on 127.0.0.1
    CONSOLIDADOR_TEST_<PLACE>_LOG        path of its general log; SET GLOBAL general_log=ON starts it
    CONSOLIDADOR_TEST_<PLACE>_PID        its process id
    CONSOLIDADOR_TEST_<PLACE>            both addresses: socket=PATH;port=N

and once:

    CONSOLIDADOR_TEST_PASSWORD_FILE      a 0600 file with bot's password

Accounts: `root` without a password over the socket; `bot` with the password `s3creto-prueba` over TCP (and
the socket), with all privileges on `superpos` (pos) or `central` (local, vps).
"""
import os
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support.schema import AGGREGATE_DATABASE, BOT, POS_DATABASE, create_account  # noqa: E402
from support.servers import Servers  # noqa: E402

PASSWORD = "s3creto-prueba"
USAGE = 64


def prepare(server):
    """The server's database and its account."""
    database = POS_DATABASE if server.name == "pos" else AGGREGATE_DATABASE
    server.query(f"CREATE DATABASE {database}")
    create_account(server, BOT, PASSWORD, [f"GRANT ALL PRIVILEGES ON {database}.* TO '{BOT}'@'%'"])


def exported(servers):
    """The variables of this file's head."""
    password_file = servers.folder / "password"
    password_file.touch(mode=0o600)
    password_file.write_text(PASSWORD + "\n")
    variables = {"CONSOLIDADOR_TEST_PASSWORD_FILE": str(password_file)}
    for server in servers:
        name = f"CONSOLIDADOR_TEST_{server.name.upper()}"
        variables[name] = f"socket={server.socket};port={server.port}"
        variables[f"{name}_SOCKET"] = str(server.socket)
        variables[f"{name}_PORT"] = str(server.port)
        variables[f"{name}_LOG"] = str(server.general_log)
        variables[f"{name}_PID"] = str(server.pid)
    return variables


def main(arguments):
    command = arguments[1:] if arguments[:1] == ["--"] else arguments
    if not command:
        print(__doc__, file=sys.stderr)
        return USAGE
    with Servers() as servers:
        for server in servers:
            prepare(server)
        return subprocess.run(command, env=os.environ | exported(servers)).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
