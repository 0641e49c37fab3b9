# SPDX-License-Identifier: MIT
"""A branch on the machine, as a technician deals with it: its file in /etc and its unit."""
from databases import PASSWORDS, VPS_ADDRESS, VPS_HOST

from support.waiting import wait_until

PACKAGE = "/root/consolidador-ventas.deb"
FOLDER = "/etc/consolidador-ventas"
DROP_IN = "/etc/systemd/system/consolidador-ventas@.service.d/site.conf"

CONFIGURATION = """
branch: {{id: {id}}}
databases:
  operational:
    {{host: 127.0.0.1, user: bot, password_file: {folder}/pos.password, database: superpos}}
  local:
    {{host: 127.0.0.1, user: agregado, password_file: {folder}/local.password, database: central}}
  vps:
    host: {vps}
    user: sucursal_{branch}
    password_file: {folder}/vps.password
    database: sucursales
    tls: {{ca: {folder}/ca.pem}}
schedule: {{every: 1s}}
retry: {{initial: 100ms, max: 1s}}
"""


def prepare_site(container):
    """What all branches of the machine share: the passwords, the authority, the VPS's address."""
    for name, password in PASSWORDS.items():
        container.write(f"{FOLDER}/{name}.password", password, owner="consolidador", mode="0600")
    container.run("install", "-m", "0644", "/etc/vps/cert.pem", f"{FOLDER}/ca.pem")
    allow(container, VPS_ADDRESS)


def allow(container, address):
    container.write(DROP_IN, f"[Service]\nIPAddressAllow={address}\nRestartSec=1s\n")
    container.run("systemctl", "daemon-reload")


class Branch:
    def __init__(self, container, number=99):
        self.container = container
        self.number = number
        self.unit = f"consolidador-ventas@{number}.service"
        self.file = f"{FOLDER}/{number}.yaml"

    def configure(self, id=None):
        self.container.write(self.file, CONFIGURATION.format(
            branch=self.number, id=id or self.number, folder=FOLDER, vps=VPS_HOST))

    def systemctl(self, verb, *arguments, check=True):
        return self.container.run("systemctl", verb, *arguments, self.unit, check=check)

    def drop_in(self, *lines):
        """What the technician writes in `systemctl edit`."""
        self.container.write(f"/etc/systemd/system/{self.unit}.d/override.conf",
                             "\n".join(("[Service]", *lines, "")))
        self.container.run("systemctl", "daemon-reload")

    def show(self, field):
        return self.systemctl("show", "--value", f"--property={field}").stdout.strip()

    @property
    def active(self):
        return self.show("ActiveState") == "active"

    def status(self):
        """What systemctl shows the technician."""
        return self.systemctl("status", "--no-pager", "--full", check=False).stdout

    @property
    def process(self):
        return self.show("MainPID")

    def signal(self, name):
        self.container.run("kill", f"-{name}", self.process)

    def wait_for_another_process(self, before):
        wait_until(lambda: self.active and self.process not in ("0", before), "another process")

    def wait_for_state(self, state):
        wait_until(lambda: self.show("ActiveState") == state, f"{self.unit} is {state}")

    def ctl(self, *arguments, check=True):
        return self.container.run("consolidadorctl", f"--branch={self.number}", *arguments,
                                  check=check)
