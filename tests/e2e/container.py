# SPDX-License-Identifier: MIT
"""A throw-away machine: systemd booted in a container (systemd-nspawn) over folders that it leaves
alone. Only for root in a mount namespace of its own, with which every mount made here vanishes.
"""
import os
import shutil
import signal
import subprocess
import uuid
from pathlib import Path

from support.service import noon_zone
from support.waiting import wait_until

CGROUPS = Path("/sys/fs/cgroup")
REBOOTED = 133
BOOT_SECONDS = 90
COMMAND_SECONDS = 300

NSPAWN = (
    "setpriv", "--pdeathsig", "TERM", "systemd-nspawn", "--quiet", "--boot", "--register=no",
    "--keep-unit", "--link-journal=no", "--console=pipe", "--machine=sucursal", "--private-network",
    # Without these two, IPAddressDeny= is silently open.
    "--capability=CAP_BPF,CAP_PERFMON", "--system-call-filter=bpf")


def prepare_namespace(folder):
    """Once: room in memory in `folder`, nspawn's own files apart from the machine's, and the
    unified hierarchy of control groups, whatever the machine has there."""
    for place in (folder, "/run"):
        subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=0755", "tmpfs", place], check=True)
    if not (CGROUPS / "cgroup.procs").exists():
        subprocess.run(["mount", "-t", "cgroup2", "cgroup2", CGROUPS], check=True)


class Container:
    """What it writes goes into `folder`/upper, over the folders `below`, the uppermost first."""

    def __init__(self, folder, *below):
        self.upper, work, self.root = (folder / name for name in ("upper", "work", "root"))
        for place in (self.upper, work, self.root):
            place.mkdir(parents=True)
        layers = ":".join(map(str, below))
        subprocess.run(["mount", "-t", "overlay", "overlay", self.root, "-o",
                        f"lowerdir={layers},upperdir={self.upper},workdir={work}"], check=True)
        self._console = folder / "console"
        self._group = CGROUPS / f"e2e-{uuid.uuid4().hex}"
        self._process = None
        self._leader = None

    def become_nobodys_machine(self):
        """Before the first boot over this machine's root: none of its own services, another id, and a
        day that goes on for hours."""
        shutil.rmtree(self.root / "etc/systemd/system")
        (self.root / "etc/systemd/system").mkdir()
        (self.root / "usr/sbin/policy-rc.d").unlink(missing_ok=True)
        (self.root / "etc/machine-id").write_text(f"{uuid.uuid4().hex}\n")
        (self.root / "etc/localtime").unlink(missing_ok=True)
        (self.root / "etc/localtime").symlink_to(f"/usr/share/zoneinfo/{noon_zone()[0]}")

    # -- life ------------------------------------------------------------------------------------

    def boot(self):
        self._group.mkdir(exist_ok=True)
        self._process = subprocess.Popen(
            ["sh", "-c", 'echo $$ >"$0/cgroup.procs"; exec "$@"', self._group, *NSPAWN,
             f"--directory={self.root}"],
            stdin=subprocess.DEVNULL, stdout=self._console.open("ab"), stderr=subprocess.STDOUT)
        self._leader = wait_until(self._find_leader, "systemd in the container", BOOT_SECONDS)
        wait_until(self._is_up, "the container is up", BOOT_SECONDS)
        return self

    def _find_leader(self):
        assert self._process.poll() is None, self._console.read_text()[-3000:]
        found = subprocess.run(["pgrep", "-P", str(self._process.pid), "-x", "systemd"],
                               capture_output=True, text=True, check=False).stdout.split()
        return found[0] if found else None

    def _is_up(self):
        state = self.run("systemctl", "is-system-running", check=False).stdout.strip()
        assert state != "degraded", self.run("systemctl", "--failed", check=False).stdout
        return state == "running"

    def reboot(self):
        self.run("systemctl", "reboot", check=False)
        assert self._process.wait(BOOT_SECONDS) == REBOOTED
        self.boot()

    def shut_down(self):
        if self._process is None:
            return
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(BOOT_SECONDS)
        self._process = None

    def close(self):
        self.shut_down()
        for group in sorted(self._group.rglob("**/"), reverse=True):
            os.rmdir(group)
        subprocess.run(["umount", self.root], check=True)

    # -- inside ----------------------------------------------------------------------------------

    def run(self, *command, stdin=None, check=True):
        """As root in a clean environment; returns CompletedProcess with text."""
        done = subprocess.run(
            ["nsenter", f"--target={self._leader}", "--all", "env", "-i", "LC_ALL=C.UTF-8",
             "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND=noninteractive",
             *map(str, command)],
            input=stdin, capture_output=True, text=True, timeout=COMMAND_SECONDS, check=False)
        assert not check or done.returncode == 0, \
            f"{command} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
        return done

    def write(self, file, text, owner="root", mode="0644"):
        self.run("install", "-D", "-o", owner, "-m", mode, "/dev/stdin", file, stdin=text)
