# SPDX-License-Identifier: MIT
"""`check --connect`: whatever is wrong with a database is found, and said with its remedy."""
import contextlib
import datetime
import json

import pytest

from support import pos, schema
from support.daemon import BRANCH, DAY_IN_ERROR, OK, UNREACHABLE
from support.mishaps import can_move_clock, moved
from support.relay import Relay, StripBulk

PLACES = ("operational", "local", "vps")


def findings(consolidador, exit_code=OK):
    """What it found, by place and check; a place's several findings of one check are joined."""
    run = consolidador.check("--connect", "--format=json").expect(exit_code)
    assert "IDENTIFIED" not in run.stdout, "a password's hash"
    found = {}
    for finding in json.loads(run.stdout)["findings"]:
        before = found.get((finding["place"], finding["check"]), ("", "", ""))
        found[finding["place"], finding["check"]] = (
            max(before[0], finding["result"], key=("", "ok", "warning", "failed").index),
            before[1] + finding["text"], before[2] + finding["remedy"])
    return found


@contextlib.contextmanager
def set_global(server, name, value):
    """Sets a global variable until the end of the block."""
    before = server.value(f"SELECT @@global.{name}")
    server.query(f"SET GLOBAL {name} = %s", (value,))
    try:
        yield
    finally:
        server.query(f"SET GLOBAL {name} = %s", (before,))


def test_all_is_well_with_three_unlike_servers(places, consolidador):
    consolidador.configure(branch={"time_zone": "Etc/GMT+6"})
    found = findings(consolidador)
    unwell = {key: value for key, value in found.items() if value[0] != "ok"}
    assert not unwell
    everywhere = {"connection", "version", "latency", "clock", "sql_mode", "isolation",
                  "max_allowed_packet", "tls", "procedures", "grants", "trial"}
    for place in PLACES:
        assert everywhere <= {check for where, check in found if where == place}
    target = {"binlog_format", "schema", "collation", "key", "event_scheduler"}
    assert target <= {check for where, check in found if where == "vps"}


def test_whether_the_pos_names_its_products_is_told_and_no_error(places, consolidador):
    def products():
        return [text for (place, check), (result, text, _) in findings(consolidador).items()
                if (place, check, result) == ("operational", "products", "ok")]

    name = "superpos.sp_descripcion_producto"
    assert products() == ["sp_descripcion_producto is there: diff and history name products"]
    try:
        places.pos.query(f"CREATE OR REPLACE PROCEDURE {name}(IN p_upc VARCHAR(20)) SELECT Texto FROM productos")
        assert "it does not work" in products()[0]
        places.pos.query(f"DROP PROCEDURE {name}")
        assert products()[0].startswith("no sp_descripcion_producto")
    finally:
        schema.create_pos(places.pos)


def test_a_pos_that_cannot_tell_its_newest_sale_is_named_with_the_remedy(places, consolidador):
    places.pos.query("DROP PROCEDURE superpos.sp_ultima_venta")
    try:
        result, text, remedy = findings(consolidador)["operational", "newest_sale"]
    finally:
        schema.create_pos(places.pos)
    assert result == "warning" and "sp_ultima_venta" in text and "sql/operativa" in remedy


def test_sales_of_days_to_come_are_found_in_the_pos_and_in_each_target(places, consolidador):
    to_come = datetime.date.today() + datetime.timedelta(days=40)
    pos.sell(places.pos, to_come, upc="manana")
    for target in places.targets:
        target.query("INSERT INTO central.SincronizacionDias (IdSucursal, Fecha, Filas, TotalUnidades, TotalVenta, TotalCosto,"
                     " Huella, Revision, PrimeraSync, UltimaSync, UltimaVerificacion)"
                     f" VALUES ({BRANCH}, %s, 3, 1, 1, 1, 1, 1, NOW(), NOW(), NOW())", (to_come,))
    found = findings(consolidador, DAY_IN_ERROR)
    for place in PLACES:
        result, text, remedy = found[place, "days_to_come"]
        assert result == "failed" and str(to_come) in text and "branch.time_zone" in remedy


def test_the_table_has_one_line_for_each_finding(places, consolidador):
    table = consolidador.check("--connect").expect(OK).stdout.splitlines()
    run = consolidador.check("--connect", "--format=json").expect(OK)
    listed = json.loads(run.stdout)["findings"]
    assert [line.split()[0] for line in table] == [finding["place"] for finding in listed]


def database(server):
    return schema.database_of(server)


# What is broken, in which check it shows, how bad it is, what is said, and a word of the remedy.
BROKEN = {
    "a right is missing": (
        lambda vps: vps.query(f"REVOKE DELETE ON {database(vps)}.VentasAgrupadas"
                              f" FROM {schema.grantee(vps)}"),
        "grants", "failed", "may not DELETE ON {database}.VentasAgrupadas", "database.md"),
    "a procedure is missing": (
        lambda vps: vps.query(f"DROP PROCEDURE {database(vps)}.sp_registrar_dia"),
        "procedures", "failed", "sp_registrar_dia is missing", "sql/"),
    "a procedure takes something else": (
        lambda vps: vps.query(f"CREATE OR REPLACE PROCEDURE {database(vps)}."
                              "sp_delete_ventas_agrupadas(IN p_fecha DATE) DO 0"),
        "procedures", "failed",
        "sp_delete_ventas_agrupadas takes (IN date) instead of (IN date, IN int)", "sql/"),
    "amounts with two decimals": (
        lambda vps: vps.query("ALTER TABLE central.VentasAgrupadas"
                              " MODIFY VentaTotal DECIMAL(14,2) NOT NULL"),
        "schema", "failed",
        "VentasAgrupadas.VentaTotal is decimal(14,2) instead of decimal(18,4)", "sql/agregada"),
    "codes that ignore case": (
        lambda vps: vps.query("ALTER TABLE central.VentasAgrupadas MODIFY Upc VARCHAR(20)"
                              " COLLATE utf8mb4_general_ci NOT NULL"),
        "collation", "failed", "utf8mb4_general_ci", "sql/agregada"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_what_keeps_days_from_being_brought_fails(what, places, consolidador):
    damage, check, result, text, remedy = BROKEN[what]
    damage(places.vps)
    try:
        found = findings(consolidador, DAY_IN_ERROR)["vps", check]
    finally:
        schema.create_aggregate(places.vps)
    assert found[0] == result
    assert text.format(database=database(places.vps)) in found[1] and remedy in found[2], found


def test_a_procedure_made_in_a_lax_mode_is_told(places, consolidador):
    with places.vps.connect() as connection, connection.cursor() as cursor:
        cursor.execute("SET SESSION sql_mode = ''")
        cursor.execute(f"CREATE OR REPLACE PROCEDURE {database(places.vps)}."
                       "sp_delete_ventas_agrupadas(IN p_fecha DATE, IN p_id_sucursal INT) DO 0")
    try:
        result, text, remedy = findings(consolidador)["vps", "sql_mode"]
    finally:
        schema.create_aggregate(places.vps)
    assert result == "warning" and "sp_delete_ventas_agrupadas run" in text and "sql/" in remedy


def test_a_schema_of_version_0_1_0_is_told_and_does_with_that(places, consolidador):
    schema.install_old(places.local)
    try:
        result, text, remedy = findings(consolidador)["local", "schema"]
    finally:
        schema.create_aggregate(places.local)
    assert result == "warning" and "Maquina" in text and "held days" in text
    assert "sql/agregada" in remedy


@pytest.mark.unguarded
def test_rights_on_a_table_that_has_to_be_made_again_are_not_too_much(places, consolidador):
    places.local.query("DROP TABLE central.FilasRechazadas")
    try:
        found = findings(consolidador, DAY_IN_ERROR)  # a procedure reads it
    finally:
        schema.create_aggregate(places.local)
    assert "FilasRechazadas is missing" in found["local", "schema"][1]
    assert found["local", "grants"][:2] == ("ok", "exactly what is needed")


TABLES = {
    "no key, as in the Python bot's table": (
        "ALTER TABLE central.VentasAgrupadas DROP PRIMARY KEY",
        "key", "VentasAgrupadas is InnoDB with the key ()"),
    "another order of the key": (
        "ALTER TABLE central.SincronizacionDias DROP PRIMARY KEY,"
        " ADD PRIMARY KEY (Fecha, IdSucursal)",
        "key", "SincronizacionDias is InnoDB with the key (Fecha,IdSucursal)"),
    "partitions that end": (
        """BEGIN NOT ATOMIC
             DECLARE v_ultimas TEXT;
             ALTER EVENT central.ev_asegurar_particiones DISABLE;  -- else it may add them again
             SELECT GROUP_CONCAT(PARTITION_NAME) INTO v_ultimas FROM information_schema.PARTITIONS
              WHERE TABLE_SCHEMA = 'central' AND TABLE_NAME = 'VentasAgrupadas'
                AND PARTITION_NAME BETWEEN CONCAT('p', YEAR(UTC_DATE())) AND 'p9999';
             EXECUTE IMMEDIATE CONCAT('ALTER TABLE central.VentasAgrupadas DROP PARTITION ',
                                      v_ultimas);
           END""",
        "partitions", "what comes after shares one"),
    "no partitions": (
        "ALTER TABLE central.VentasAgrupadas REMOVE PARTITIONING",
        "partitions", "VentasAgrupadas has none"),
}


@pytest.mark.parametrize("what", TABLES)
def test_tables_made_otherwise_are_found(what, places, consolidador):
    damage, check, text = TABLES[what]
    places.vps.query(damage)
    try:
        run = consolidador.check("--connect", "--format=json")
    finally:
        schema.create_aggregate(places.vps)
    (found,) = (each for each in json.loads(run.stdout)["findings"]
                if each["place"] == "vps" and each["check"] == check)
    assert found["result"] != "ok" and text in found["text"] and found["remedy"]


def test_rights_beyond_what_is_needed_are_named(places, consolidador):
    user = schema.daemon_account(places.vps)[0]
    places.vps.query(f"GRANT FILE ON *.* TO '{user}'@'%'")
    places.vps.query(f"GRANT SELECT ON mysql.user TO '{user}'@'%'")
    try:
        result, text, remedy = findings(consolidador)["vps", "grants"]
    finally:
        places.vps.query(f"REVOKE FILE ON *.* FROM '{user}'@'%'")
        places.vps.query(f"REVOKE SELECT ON mysql.user FROM '{user}'@'%'")
    assert result == "warning" and remedy
    assert "FILE ON *.*" in text and "SELECT ON mysql.user" in text


def test_a_clock_that_is_half_an_hour_behind_is_told(places, consolidador):
    with set_global(places.vps, "init_connect", "SET timestamp = UNIX_TIMESTAMP() - 1800"):
        result, text, remedy = findings(consolidador)["vps", "clock"]
    assert result == "warning" and "behind" in text and "ntp" in remedy


@pytest.mark.skipif(not can_move_clock(), reason="no library that moves a program's clock")
def test_a_clock_that_keeps_all_days_from_being_written_fails(places, consolidador):
    clock = moved("+3h")
    found = {finding["place"]: finding for finding in json.loads(
        consolidador.check("--connect", "--format=json", environment=clock).stdout)["findings"] if finding["check"] == "clock"}
    assert {place: found[place]["result"] for place in PLACES} == {"operational": "warning", "local": "failed", "vps": "failed"}
    assert "nothing is written" in found["vps"]["text"] and "timedatectl" in found["vps"]["remedy"]
    consolidador.once(environment=clock).expect(DAY_IN_ERROR)


def test_a_server_that_is_read_only_for_the_account_fails(places, consolidador):
    """The procedures run with the rights of an owner who may write there."""
    pos.sell(places.pos, datetime.date.today())
    with set_global(places.vps, "read_only", 1):
        found = findings(consolidador, DAY_IN_ERROR)
        consolidador.once().expect(DAY_IN_ERROR)
    result, text, _ = found["vps", "trial"]
    assert result == "failed" and "read-only" in text
    assert found["local", "trial"][0] == "ok"


def test_rows_of_a_day_to_come_that_the_ledger_does_not_know_are_told(places, consolidador):
    with schema.before_days_were_refused(places.vps):
        places.vps.query("INSERT INTO central.VentasAgrupadas (IdSucursal, Fecha, Upc, IdProveedor, IdDepartamento, IdCategoria,"
                         " IdSubcategoria, Unidades, VentaTotal, CostoTotal, UltimaSync)"
                         f" VALUES ({BRANCH}, '2062-01-01', 'a', 0, 0, 0, 0, 1, 1, 1, UTC_TIMESTAMP(3))")
    found = findings(consolidador)
    result, text, remedy = found["vps", "days_to_come"]
    assert result == "warning" and "2062-01-01" in text and "SincronizacionDias" in text and "vps" in remedy
    assert found["local", "days_to_come"][0] == "ok"


def test_tills_in_another_time_zone_are_told(places, consolidador):
    consolidador.configure(branch={"time_zone": "Etc/GMT+5"})
    result, text, remedy = findings(consolidador)["operational", "time_zone"]
    assert result == "warning" and "-60 min off" in text and "branch.time_zone" in remedy


@pytest.mark.parametrize("name, value", [
    ("max_allowed_packet", 65536), ("event_scheduler", "OFF")])
def test_a_server_variable_that_does_harm_is_told(name, value, places, consolidador):
    with set_global(places.vps, name, value):
        result, _, remedy = findings(consolidador)["vps", name]
    assert result == "warning" and name in remedy


def test_a_binary_log_of_statements_is_refused(places, consolidador):
    places.vps.options = ("--log-bin=registro", "--binlog-format=STATEMENT")
    places.vps.restart()
    try:
        found = findings(consolidador, DAY_IN_ERROR)
    finally:
        places.vps.options = ()
        places.vps.restart()
    result, _, remedy = found["vps", "binlog_format"]
    assert result == "failed" and "ROW" in remedy
    assert found["vps", "trial"][0] == "failed"


def test_a_clock_that_each_session_sets_is_refused(places, consolidador):
    places.vps.options = ("--sysdate-is-now",)
    places.vps.restart()
    try:
        run = consolidador.check("--connect", "--format=json").expect(DAY_IN_ERROR)
    finally:
        places.vps.options = ()
        places.vps.restart()
    assert [each["result"] for each in json.loads(run.stdout)["findings"]
            if each["place"] == "vps" and "sysdate-is-now" in each["remedy"]] == ["failed"]
    assert "sysdate-is-now" not in consolidador.check("--connect").stdout


def as_local_by_socket(places, consolidador, **others):
    """The VPS is described as local's server, which is itself reached by TCP."""
    databases = consolidador.settings["databases"]
    same = {key: value for key, value in databases["local"].items() if key not in ("host", "port")}
    databases["vps"] = same | {"socket": str(places.local.socket)} | others


def test_a_vps_that_is_the_local_database_by_another_way_fails(places, consolidador):
    assert findings(consolidador)["vps", "own_server"][:2] == ("ok", "another than local's")
    as_local_by_socket(places, consolidador)
    found = findings(consolidador, DAY_IN_ERROR)
    result, text, remedy = found["vps", "own_server"]
    assert result == "failed" and "local's server" in text and "the same database" in text
    assert "databases.vps" in remedy and "local_only" in remedy
    assert ("local", "own_server") not in found


def test_a_vps_in_the_server_of_local_is_told(places, consolidador):
    places.local.client("CREATE DATABASE otra")
    try:
        schema.run_scripts(places.local, schema.AGGREGATE_SCRIPTS, "otra")
        places.local.query(f"GRANT ALL ON otra.* TO {schema.grantee(places.local)}")
        as_local_by_socket(places, consolidador, database="otra")
        result, text, _ = findings(consolidador)["vps", "own_server"]
    finally:
        places.local.query(f"REVOKE ALL ON otra.* FROM {schema.grantee(places.local)}")
        places.local.query("DROP DATABASE otra")
    assert result == "warning" and "takes both copies" in text


def test_a_memory_that_cannot_tell_since_when_it_remembers_is_told(places, consolidador):
    """Its right is the one that an upgrade forgets: the history goes on without, and says less."""
    table = f"{database(places.vps)}.Esquema"
    places.vps.query(f"REVOKE SELECT ON {table} FROM {schema.grantee(places.vps)}")
    try:
        result, text, remedy = findings(consolidador)["vps", "schema"]
    finally:
        places.vps.query(f"GRANT SELECT ON {table} TO {schema.grantee(places.vps)}")
    assert result == "warning" and "Esquema is missing, or may not be read" in text and "grant SELECT" in remedy


def test_each_of_several_hosts_is_inspected(places, consolidador):
    vps = consolidador.settings["databases"]["vps"]
    vps["hosts"] = [f"{vps.pop('host')}:{vps['port']}", "127.0.0.1:1"]
    found = findings(consolidador, UNREACHABLE)
    assert found[f"vps (127.0.0.1:{vps['port']})", "trial"][0] == "ok"
    assert found["vps (127.0.0.1:1)", "connection"][0] == "failed"


def test_a_target_that_cannot_take_many_rows_at_once_is_refused_with_the_remedy(places, consolidador):
    with Relay(places.vps.port) as proxy, proxy.fault(StripBulk()):
        consolidador.settings["databases"]["vps"]["port"] = proxy.port
        found = findings(consolidador, DAY_IN_ERROR)
    result, text, remedy = found["vps", "connection"]
    assert result == "failed"
    assert "cannot take many rows at once" in text + remedy
    assert "MariaDB 10.6 or later" in text + remedy
    assert found["local", "connection"][0] == "ok"
