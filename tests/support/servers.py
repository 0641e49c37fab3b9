# SPDX-License-Identifier: MIT
"""Private MariaDB servers for the tests.

Each server has its own data directory, socket and port on 127.0.0.1, in a temporary folder. They run as
the calling user, never read the machine's configuration, are ended by pid, and die with the process that
started them. Their defaults are deliberately those of three unlike installations (time zone, sql_mode,
collation): the product must name everything it relies on.
"""
import contextlib
import getpass
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import tempfile
from pathlib import Path

import pymysql

from . import mounts
from .waiting import wait_until

START_SECONDS = 60
STOP_SECONDS = 60
ROOM_BYTES = 4 * 1024**3

LEAN = (
    "--innodb-buffer-pool-size=64M",
    "--innodb-log-file-size=32M",
    "--innodb-flush-log-at-trx-commit=2",
    "--innodb-doublewrite=0",
    "--innodb-fast-shutdown=1",
    "--innodb-buffer-pool-dump-at-shutdown=0",
    "--innodb-buffer-pool-load-at-startup=0",
    "--key-buffer-size=1M",
    "--aria-pagecache-buffer-size=8M",
    "--tmp-memory-table-size=128M",
    "--max-heap-table-size=128M",
    "--performance-schema=OFF",
    "--skip-log-bin",
)

UNLIKE_DEFAULTS = {
    "pos": ("--default-time-zone=-06:00", "--sql-mode=", "--event-scheduler=OFF",
            "--character-set-server=latin1", "--collation-server=latin1_swedish_ci"),
    "local": ("--default-time-zone=-06:00", "--event-scheduler=ON",
              "--character-set-server=utf8mb4", "--collation-server=utf8mb4_general_ci"),
    "vps": ("--default-time-zone=+05:30", "--sql-mode=ANSI_QUOTES", "--event-scheduler=ON",
            "--character-set-server=utf8mb4", "--collation-server=utf8mb4_unicode_ci"),
}


def find_program(name):
    """The server's programs are in /usr/sbin, which is not on everybody's PATH."""
    path = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/bin:/sbin:/bin")
    if not path:
        raise FileNotFoundError(f"{name} is not installed; run: sudo packaging/dependencies")
    return path


def free_port():
    """A free port below the ephemeral range: an outgoing connection never occupies it meanwhile."""
    for port in random.sample(range(20000, 32000), 200):
        with socket.socket() as probe:
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", port))
                return port
    raise OSError("no free port on 127.0.0.1 between 20000 and 32000")


def scratch_folder(on_disk=False):
    """A new folder in memory when there is room for three servers, else on the disk."""
    memory = Path("/dev/shm")
    roomy = not on_disk and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > ROOM_BYTES
    parent = memory if roomy else Path(tempfile.gettempdir())
    remove_leftovers(parent)
    return Path(tempfile.mkdtemp(prefix=f"cv-{os.getpid()}-", dir=parent))


def remove_leftovers(parent):
    """The folders of sessions that were killed: the name holds the process that made it."""
    for folder in parent.glob("cv-*-*"):
        if not Path("/proc", folder.name.split("-")[1]).exists():
            shutil.rmtree(folder, ignore_errors=True)


def make_template(folder):
    """An empty data directory (root without password, no anonymous users) to be copied."""
    datadir = Path(folder) / "template"
    tmpdir = Path(folder) / "tmp"
    tmpdir.mkdir()
    done = subprocess.run(
        [find_program("mariadb-install-db"), "--no-defaults", "--force", f"--datadir={datadir}",
         f"--tmpdir={tmpdir}", f"--user={getpass.getuser()}",
         "--auth-root-authentication-method=normal", "--skip-test-db", *LEAN],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"mariadb-install-db failed:\n{done.stdout}")
    return datadir


class LogEntry:
    """One line of the general log: who did what."""

    def __init__(self, connection, user, command, text):
        self.connection = connection
        self.user = user
        self.command = command
        self.text = text

    def __repr__(self):
        return f"{self.user}#{self.connection} {self.command}: {self.text}"


LOG_LINE = re.compile(r"^(?:\d{6}\s+\d+:\d\d:\d\d)?\t\s*(\d+) ([A-Z][\w ]*)\t(.*)$")


def parse_general_log(text):
    """The entries of a general log; a statement's further lines are joined to its first."""
    users = {}
    entries = []
    for line in text.splitlines():
        match = LOG_LINE.match(line)
        if match:
            connection, command, argument = match.groups()
            if command == "Connect":
                users[connection] = argument.split("@")[0]
            entries.append(LogEntry(connection, users.get(connection, "?"), command, argument))
        elif entries:
            entries[-1].text += "\n" + line
    return entries


class Server:
    """One private mariadbd. Lives in the main thread; a thread that wants to talk calls `connect`."""

    def __init__(self, name, folder, template, options=(), disk=None):
        self.name = name
        self.options = options
        self.folder = Path(folder) / name
        self.folder.mkdir(parents=True)
        if disk:
            mounts.mount_disk(self.folder, disk)
        self.datadir = self.folder / "data"
        self.tmpdir = self.folder / "tmp"
        self.tmpdir.mkdir()
        self.socket = self.folder / "s"
        self.general_log = self.folder / "general.log"
        self.error_log = self.folder / "error.log"
        self.port = free_port()
        self._process = None
        self._root = None
        subprocess.run(["cp", "-a", str(template), str(self.datadir)], check=True)

    # -- life ------------------------------------------------------------------------------------

    def start(self):
        # setpriv ends the server with the process that started it, whatever happens to the latter.
        self._process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", find_program("mariadbd"), "--no-defaults",
             f"--user={getpass.getuser()}", f"--datadir={self.datadir}", f"--socket={self.socket}",
             # A server that starts removes the temporary tables that it finds in its tmpdir.
             f"--tmpdir={self.tmpdir}",
             f"--port={self.port}", "--bind-address=127.0.0.1", "--skip-name-resolve",
             f"--pid-file={self.folder}/pid", f"--log-error={self.error_log}",
             f"--general-log-file={self.general_log}", "--log-output=FILE", "--general-log=OFF",
             "--local-infile=ON", "--secure-file-priv=", "--userstat=ON", "--max-connections=100",
             *LEAN, *UNLIKE_DEFAULTS.get(self.name, ()), *self.options],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_until(self._answers, f"server {self.name} answers", START_SECONDS)
        return self

    def _answers(self):
        if self._process.poll() is not None:
            raise RuntimeError(f"server {self.name} ended at start:\n{self.error_log.read_text()[-3000:]}")
        try:
            self.connect().close()
        except pymysql.err.OperationalError:
            return False
        return True

    @property
    def running(self):
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self):
        return self._process.pid

    def stop(self):
        """An orderly shutdown."""
        self._end(signal.SIGTERM)

    def kill(self):
        """What a power cut leaves of the server."""
        self._end(signal.SIGKILL)

    def _end(self, how):
        self._root = None
        if self.running:
            self._process.send_signal(how)
            self._process.wait(STOP_SECONDS)
        self._process = None

    def restart(self):
        self.stop()
        return self.start()

    @contextlib.contextmanager
    def down(self):
        """The server is shut down inside the block and up again after it."""
        self.stop()
        try:
            yield
        finally:
            self.start()

    @contextlib.contextmanager
    def frozen(self):
        """The server accepts connections (the kernel does) but says nothing inside the block."""
        self._process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)

    @contextlib.contextmanager
    def out_of_room(self):
        """Its disk, which must be its own, is full inside the block. Not every server survives that:
        it is up again after it."""
        with mounts.full(self.folder):
            yield
        if not self.running:
            self.kill()
            self.start()

    # -- talk ------------------------------------------------------------------------------------

    def connect(self, user="root", password="", database=None, **options):
        """A new connection over the socket, autocommit, utf8mb4, UTC."""
        return pymysql.connect(unix_socket=str(self.socket), user=user, password=password,
                               database=database, charset="utf8mb4", autocommit=True,
                               init_command="SET time_zone='+00:00'", **options)

    def query(self, sql, arguments=None):
        """Runs one statement as root and returns the rows; names are qualified by their database."""
        if self._root is None:
            self._root = self.connect(local_infile=True)
        with self._root.cursor() as cursor:
            cursor.execute(sql, arguments)
            return cursor.fetchall()

    def value(self, sql, arguments=None):
        """The only value of the only row."""
        ((value,),) = self.query(sql, arguments)
        return value

    def client(self, script, database="", *options, cwd=None):
        """Runs a script (with DELIMITER, SOURCE...) with the `mariadb` client; returns its output."""
        command = [find_program("mariadb"), "--no-defaults", "--user=root", f"--socket={self.socket}",
                   "--default-character-set=utf8mb4", *options]
        done = subprocess.run([*command, database] if database else command, input=script,
                              cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"{self.name}: {done.stderr.strip()}\nin: {script[:500]}")
        return done.stdout

    def set_mode(self, mode):
        """The sql_mode of all sessions that begin from now on, root's next included."""
        self.query("SET GLOBAL sql_mode = %s", (mode,))
        self._root.close()
        self._root = None

    def status(self, *names):
        """The server's counters of these names, as numbers."""
        rows = dict(self.query("SHOW GLOBAL STATUS"))
        return {name: int(rows[name]) for name in names}

    @contextlib.contextmanager
    def recording(self):
        """Gives a list that holds, after the block, what clients asked of the server inside it."""
        entries = []
        self.general_log.unlink(missing_ok=True)
        self.query("SET GLOBAL general_log = ON")
        try:
            yield entries
        finally:
            self.query("SET GLOBAL general_log = OFF")
            entries += parse_general_log(self.general_log.read_text(errors="replace"))


class Servers:
    """The three places: pos, local, vps; to be used as a context manager. `options`: mariadbd's, for all;
    `disk`: the size of a disk for each (support.mounts)."""

    def __init__(self, options=(), on_disk=False, disk=None):
        self._has_disks = disk is not None
        self.folder = scratch_folder(on_disk)
        template = make_template(self.folder)
        self.pos, self.local, self.vps = (Server(name, self.folder, template, options, disk)
                                          for name in ("pos", "local", "vps"))
        shutil.rmtree(template)

    def __iter__(self):
        return iter((self.pos, self.local, self.vps))

    @property
    def targets(self):
        return (self.local, self.vps)

    def __enter__(self):
        try:
            for server in self:
                server.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for server in self:
            server.kill()
            if self._has_disks:
                mounts.unmount(server.folder)
        shutil.rmtree(self.folder, ignore_errors=True)
