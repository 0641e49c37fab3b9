# SPDX-License-Identifier: MIT
"""The two database servers in the container: the branch's own, with POS and local, and the VPS."""
from support.schema import ROOT

SQL = "/usr/share/consolidador-ventas/sql"
VPS_HOST = "vps.example.com"
VPS_ADDRESS = "192.0.2.10"
BRANCHES = (98, 99)
PASSWORDS = {name: f"clave-larga-de-{name}" for name in ("pos", "local", "vps")}
DAYS = 30  # with sales, today the last

# Like the machine's own mariadb.service, as far as a branch can tell.
UNIT = """
[Unit]
Description=Database server {name}
[Service]
Type=notify
DynamicUser=yes
User=mysql
RuntimeDirectory={name}
StateDirectory={name}
ExecStartPre=+ip address replace {address}/32 dev lo
ExecStartPre=sh -c 'test -d "$STATE_DIRECTORY/mysql" || mariadb-install-db --no-defaults \\
  --datadir="$STATE_DIRECTORY" --skip-test-db --force --auth-root-authentication-method=socket'
ExecStart=mariadbd --no-defaults --datadir=/var/lib/{name} --socket=/run/{name}/socket \\
  --bind-address={address} --skip-name-resolve --event-scheduler=ON --performance-schema=OFF \\
  --innodb-buffer-pool-size=64M --innodb-log-file-size=32M {options}
Restart=on-failure
[Install]
WantedBy=multi-user.target
"""

TLS = "--ssl-cert=/etc/vps/cert.pem --ssl-key=/etc/vps/key.pem"
SERVERS = {
    "mariadb": {"address": "127.0.0.1", "options": ""},
    "vps": {"address": VPS_ADDRESS, "options": TLS},
}


def demo(script, **variables):
    """A script of the demo, with these variables."""
    values = "".join(f"SET @{name} = {value};\n" for name, value in variables.items())
    return values + (ROOT / f"packaging/demo/{script}.sql").read_text()


class Databases:
    def __init__(self, container):
        self.container = container

    def sql(self, server, text, database=""):
        return self.container.run(
            "mariadb", "--no-defaults", f"--socket=/run/{server}/socket", "--batch", "--raw",
            "--skip-column-names", database, stdin=text).stdout.strip()

    def install(self):
        """Servers with all databases, and the accounts of the branches."""
        self._make_certificate()
        for name, of_server in SERVERS.items():
            self.container.write(f"/etc/systemd/system/{name}.service",
                                 UNIT.format(name=name, **of_server))
        with (self.container.root / "etc/hosts").open("a") as hosts:
            hosts.write(f"{VPS_ADDRESS} {VPS_HOST}\n")
        self.container.run("systemctl", "enable", "--now", *SERVERS)
        self._create_pos()
        self.create_local()
        self._create_vps()

    def _make_certificate(self):
        self.container.run("mkdir", "/etc/vps")
        self.container.run(
            "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={VPS_HOST}",
            "-addext", f"subjectAltName=DNS:{VPS_HOST}", "-keyout", "/etc/vps/key.pem",
            "-out", "/etc/vps/cert.pem")
        self.container.run("chmod", "0644", "/etc/vps/key.pem")  # the server's user is dynamic

    def _scripts(self, folder):
        return self.container.run("sh", "-c", f"cat {SQL}/{folder}/*.sql").stdout

    def _create_pos(self):
        self.sql("mariadb", "CREATE DATABASE superpos")
        self.sql("mariadb", demo("pos_schema") + self._scripts("operativa"), "superpos")
        first = f"CURRENT_DATE - INTERVAL {DAYS - 1} DAY"
        self.sql("mariadb", demo("pos_sales", desde=first, dias=DAYS), "superpos")
        self.sql("mariadb", demo("pos_account", clave=f"'{PASSWORDS['pos']}'"), "superpos")

    def create_local(self):
        self.sql("mariadb", "CREATE DATABASE central CHARACTER SET utf8mb4 COLLATE utf8mb4_bin")
        account = demo("target_account", clave=f"'{PASSWORDS['local']}'")
        self.sql("mariadb", self._scripts("agregada") + account.replace("bot@", "agregado@"),
                 "central")

    def _create_vps(self):
        self.container.run("sh", "-c", f"cd {SQL}/.. && mariadb --no-defaults "
                           "--socket=/run/vps/socket <sql/vps/instalar.sql")
        for branch in BRANCHES:
            self.sql("vps", f"CALL central.sp_alta_sucursal("
                     f"{branch}, 'Sucursal {branch}', '{PASSWORDS['vps']}')")

    def sell(self):
        """One more sale of today."""
        self.sql("mariadb", "INSERT INTO ventasdiarias "
                 "(Fecha, Upc, Cantidad, MontoTotal, CostoTotal) "
                 "VALUES (CURRENT_DATE, 'BOLSA', 1, 1.50, 1.00)", "superpos")

    def slow_down(self):
        """From now on each extraction takes a while."""
        script = self.container.run("cat", f"{SQL}/operativa/sp_select_ventas_diarias.sql").stdout
        self.sql("mariadb", script.replace("BEGIN\n", "BEGIN\n  DO SLEEP(0.2);\n"), "superpos")

    def equal(self, days, branch=99):
        """Whether the last days have the same sales in all three places, by the tables alone."""
        since = f"Fecha > CURRENT_DATE - INTERVAL {days} DAY GROUP BY Fecha ORDER BY Fecha"
        pos = self.sql("mariadb", "SELECT Fecha, CAST(SUM(MontoTotal) AS DECIMAL(18,4)) "
                       f"FROM ventasdiarias WHERE {since}", "superpos")
        sent = (f"SELECT Fecha, SUM(VentaTotal) FROM VentasAgrupadas "
                f"WHERE IdSucursal = {branch} AND {since}")
        return pos == self.sql("mariadb", sent, "central") == self.sql("vps", sent, "central")

    def days_in_vps(self, branch=99):
        ledger = f"SELECT COUNT(*) FROM SincronizacionDias WHERE IdSucursal = {branch}"
        return int(self.sql("vps", ledger, "central"))
