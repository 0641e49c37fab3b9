# SPDX-License-Identifier: MIT
"""The databases of the tests: made from sql/ as an administrator would, with the daemon's least privilege."""
import contextlib
import os
from pathlib import Path

import pymysql

from .servers import Servers

ROOT = Path(__file__).resolve().parents[2]
POS_SCRIPTS = sorted((ROOT / "sql/operativa").glob("*.sql"))
OLD_SCHEMA = ROOT / "tests/support/schema_0.1.0"  # sql/agregada and sql/vps as they were
AGGREGATE_SCRIPTS = sorted((ROOT / "sql/agregada").glob("*.sql"))

HISTORY = ("HistorialDias", "HistorialCambios", "HistorialPendiente")

POS_DATABASE = "superpos"
AGGREGATE_DATABASE = "central"

BOT = "bot"
FEW_ROWS = 5000  # up to so many, DELETE is cheaper than TRUNCATE with its 20 partitions
# One password a server, with characters that quoting, formatting or YAML could trip over.
PASSWORDS = {
    "pos": "clave-pos %s{}#1",
    "local": "clave-local \"ñ\" '2'",
    "vps": "clave-vps\\n: *3, larga",
}

POS_TABLES = """
CREATE TABLE ventasdiarias (
  Fecha {date_type} NOT NULL,
  Upc VARCHAR(50) COLLATE {collation} NULL,
  IdDepartamentos INT NULL,
  IdCategorias INT NULL,
  IdSubcategorias INT NULL,
  Cantidad {amount_type} NULL,
  MontoTotal {amount_type} NULL,
  CostoTotal {amount_type} NULL,
  KEY ix_fecha (Fecha)
) ENGINE={engine};
CREATE TABLE productos (
  Upc VARCHAR(50) COLLATE {product_collation} NOT NULL,
  IdProveedores INT NULL,
  Descripcion VARCHAR(200) NULL,
  KEY ix_upc (Upc)
) ENGINE={product_engine};
"""

POS_GRANTS = tuple(f"GRANT EXECUTE ON PROCEDURE {POS_DATABASE}.{name} TO '{BOT}'@'%'"
                   for name in ("sp_select_ventas_diarias", "sp_audit_operativa", "sp_descripcion_producto",
                                "sp_ultima_venta"))

READ_TABLES = (*HISTORY, "Esquema")
NEWER_TABLES = (*READ_TABLES, "FilasRechazadas")
AGGREGATE_GRANTS = (
    f"GRANT SELECT, INSERT, UPDATE, DELETE ON {AGGREGATE_DATABASE}.VentasAgrupadas TO '{BOT}'@'%'",
    *(f"GRANT SELECT ON {AGGREGATE_DATABASE}.{table} TO '{BOT}'@'%'"
      for table in ("SincronizacionDias", *READ_TABLES)),
    f"GRANT SELECT, INSERT, DELETE ON {AGGREGATE_DATABASE}.FilasRechazadas TO '{BOT}'@'%'",
    f"GRANT SELECT, INSERT, UPDATE ON {AGGREGATE_DATABASE}.EstadoSucursales TO '{BOT}'@'%'",
    *(f"GRANT EXECUTE ON PROCEDURE {AGGREGATE_DATABASE}.{name} TO '{BOT}'@'%'"
      for name in ("sp_audit_ventas_agrupadas", "sp_registrar_dia", "sp_delete_ventas_agrupadas")),
)

OLD_GRANTS = tuple(grant for grant in AGGREGATE_GRANTS
                   if not any(f".{table} " in grant for table in NEWER_TABLES))


# The suite against the guarded VPS: the daemon comes as the branch, to the schema of views.
GUARDED = os.environ.get("CONSOLIDADOR_GUARDED") == "1"
GUARDED_DATABASE = "sucursales"
GUARDED_BRANCH = 99
ACCOUNTS = (BOT, f"sucursal_{GUARDED_BRANCH}")


def is_guarded(server):
    return GUARDED and server.name == "vps"


def daemon_account(server):
    """The daemon's user and database on a server."""
    if is_guarded(server):
        return f"sucursal_{GUARDED_BRANCH}", GUARDED_DATABASE
    return BOT, POS_DATABASE if server.name == "pos" else AGGREGATE_DATABASE


def database_of(server):
    """The database that the daemon sees on a server."""
    return daemon_account(server)[1]


def grantee(server):
    """Who holds the daemon's rights in a target."""
    return "consolidador_sucursal" if is_guarded(server) else f"'{BOT}'@'%'"


def run_scripts(server, scripts, database):
    server.client("\n".join(script.read_text() for script in scripts), database)


def create_account(server, user, password, grants):
    """An account that may come from everywhere, with these grants and no others."""
    server.query(f"CREATE OR REPLACE USER '{user}'@'%%' IDENTIFIED BY %s", (password,))
    grant(server, grants)


def grant(server, grants):
    for statement in grants:
        server.query(statement)


def create_pos(server, collation="utf8mb4_general_ci", product_collation=None, date_type="DATE",
               amount_type="DECIMAL(18,4)", engine="InnoDB", product_engine=None):
    """An empty SuperPOS with our procedures; the collation of the codes may differ in productos, the engine too."""
    server.query(f"DROP DATABASE IF EXISTS {POS_DATABASE}")
    server.query(f"CREATE DATABASE {POS_DATABASE}")
    server.client(POS_TABLES.format(collation=collation, product_collation=product_collation or collation,
                                    date_type=date_type, amount_type=amount_type, engine=engine,
                                    product_engine=product_engine or engine), POS_DATABASE)
    run_scripts(server, POS_SCRIPTS, POS_DATABASE)
    create_account(server, BOT, PASSWORDS[server.name], POS_GRANTS)


def create_aggregate(server):
    """An empty aggregate database."""
    server.query(f"DROP DATABASE IF EXISTS {AGGREGATE_DATABASE}")
    server.query(f"CREATE DATABASE {AGGREGATE_DATABASE}")
    # test_schema.py runs the scripts with the scheduler on; here nothing else may fail because of it.
    server.query("SET GLOBAL event_scheduler = OFF")
    run_scripts(server, AGGREGATE_SCRIPTS, AGGREGATE_DATABASE)
    server.query("SET GLOBAL event_scheduler = ON")
    create_target_account(server)


@contextlib.contextmanager
def three_servers(**options):
    """Private servers, the targets with their schema; they live as long as the block."""
    with Servers(**options) as servers:
        for target in servers.targets:
            create_aggregate(target)
        yield servers


def empty_aggregate(server):
    """The same as create_aggregate, several times faster, when the tables are as the scripts made them."""
    for table in ("VentasAgrupadas", "SincronizacionDias", "EstadoSucursales", "FilasRechazadas", *HISTORY):
        name = f"{AGGREGATE_DATABASE}.{table}"
        few = server.value(f"SELECT COUNT(*) FROM {name}") < FEW_ROWS
        server.query(f"DELETE FROM {name}" if few else f"TRUNCATE TABLE {name}")
    run_scripts(server, AGGREGATE_SCRIPTS, AGGREGATE_DATABASE)
    create_target_account(server)


@contextlib.contextmanager
def before_days_were_refused(server):
    """Inside the block the target takes sales of any day, as those of earlier versions did."""
    for trigger in ("tr_ventas_alta", "tr_ventas_cambio"):
        server.query(f"DROP TRIGGER {AGGREGATE_DATABASE}.{trigger}")
    try:
        yield
    finally:
        run_scripts(server, [script for script in AGGREGATE_SCRIPTS if script.stem == "25_disparadores"],
                    AGGREGATE_DATABASE)


def fill_ledger(target, until, days, figure):
    """So many days before that one are in branch 99's ledger, as proven today; each figure is this one."""
    target.query(f"""INSERT INTO {AGGREGATE_DATABASE}.SincronizacionDias
                       (IdSucursal, Fecha, Filas, TotalUnidades, TotalVenta, TotalCosto, Huella, Revision,
                        PrimeraSync, UltimaSync, UltimaVerificacion)
                     SELECT 99, %(until)s - INTERVAL seq DAY, %(figure)s, %(figure)s, %(figure)s, %(figure)s, %(figure)s, 1,
                            UTC_TIMESTAMP(6), UTC_TIMESTAMP(6), UTC_TIMESTAMP(6)
                     FROM {AGGREGATE_DATABASE}.seq_1_to_{days}""", {"until": until, "figure": figure})


def install_old(server):
    """An empty aggregate database as version 0.1.0 made it, with the daemon's account."""
    server.query(f"DROP DATABASE IF EXISTS {AGGREGATE_DATABASE}")
    server.query(f"CREATE DATABASE {AGGREGATE_DATABASE}")
    run_scripts(server, sorted((OLD_SCHEMA / "sql/agregada").glob("*.sql")), AGGREGATE_DATABASE)
    create_account(server, BOT, PASSWORDS[server.name], OLD_GRANTS)


def install_old_guard(server):
    """sql/vps of version 0.1.0, over what is there already."""
    server.client((OLD_SCHEMA / "sql/vps/instalar.sql").read_text(), cwd=OLD_SCHEMA)


def install_guard(server):
    """sql/vps as an administrator runs it, over what is there already."""
    server.client((ROOT / "sql/vps/instalar.sql").read_text(), cwd=ROOT)


def enlist(server, branch, password, tls=False):
    """A branch's account; without `tls` it may come in plaintext, as the tests' servers need."""
    server.query("CALL central.sp_alta_sucursal(%s, %s, %s)",
                 (branch, f"Sucursal {branch}", password))
    if not tls:
        server.query(f"ALTER USER 'sucursal_{branch}'@'%' REQUIRE NONE")


def told(server, call):
    """The rows that a call has shown before it was refused, and what it was refused with."""
    with server.connect() as connection, connection.cursor() as cursor:
        cursor.execute(call)
        shown = cursor.fetchall()
        try:
            while cursor.nextset():
                pass
        except pymysql.Error as error:
            return shown, str(error)
        return shown, ""


def create_target_account(server, password=None):
    """The daemon's account in a target, with this or its usual password."""
    password = password or PASSWORDS[server.name]
    if is_guarded(server):
        install_guard(server)
        enlist(server, GUARDED_BRANCH, password)
    else:
        create_account(server, BOT, password, AGGREGATE_GRANTS)


def replace_pos_procedure(server, body, name="sp_select_ventas_diarias"):
    """Puts another procedure in the place of ours; the daemon may call it."""
    drop_pos_procedure(server, name)
    server.client(f"DELIMITER //\nCREATE PROCEDURE {name}(IN p_fecha DATE)\n{body} //\n", POS_DATABASE)
    server.query(f"GRANT EXECUTE ON PROCEDURE {POS_DATABASE}.{name} TO '{BOT}'@'%'")


def wrap_pos_procedure(server, statement, day):
    """On this day sp_select_ventas_diarias runs the statement instead; on all others it is our own."""
    (script,) = (script for script in POS_SCRIPTS if script.stem == "sp_select_ventas_diarias")
    server.client(script.read_text().replace("sp_select_ventas_diarias", "sp_original"), POS_DATABASE)
    replace_pos_procedure(server, f"IF p_fecha = '{day}' THEN {statement}; ELSE CALL sp_original(p_fecha); END IF")


def surround_pos_procedure(server, name="sp_select_ventas_diarias", before="DO 0", after="DO 0"):
    """Before and after what it does, the POS's own procedure does something else."""
    (script,) = (script for script in POS_SCRIPTS if script.stem == name)
    original = name.replace("sp_", "sp_original_")
    server.client(script.read_text().replace(name, original), POS_DATABASE)
    replace_pos_procedure(server, f"BEGIN {before}; CALL {original}(p_fecha); {after}; END", name)


def drop_pos_procedure(server, name="sp_select_ventas_diarias"):
    server.query(f"DROP PROCEDURE IF EXISTS {POS_DATABASE}.{name}")
