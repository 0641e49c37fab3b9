# SPDX-License-Identifier: MIT
"""The procedures with which head office keeps the branches' accounts."""
import re

import pymysql
import pytest

from support import schema
from support.waiting import wait_until

OLD, NEW = "la clave de siempre", "la clave que sigue"


@pytest.fixture
def vps(places):
    server = places.vps
    schema.install_guard(server)
    server.query("DELETE FROM central.Sucursales")
    yield server
    server.query("DROP USER IF EXISTS sucursal_7@'%'")


def enters(server, password):
    try:
        server.connect("sucursal_7", password.encode(), schema.GUARDED_DATABASE).close()
    except pymysql.err.OperationalError:
        return False
    return True


def grants(server):
    """Of the account, without its password, and of the role."""
    of = ("sucursal_7@'%'", "consolidador_sucursal")
    lines = [line for name in of for (line,) in server.query(f"SHOW GRANTS FOR {name}")]
    return [re.sub(r"PASSWORD '\*\w+'", "", line) for line in lines]


def test_a_new_account_demands_tls_and_has_limits_and_only_the_role(vps):
    schema.enlist(vps, 7, OLD, tls=True)
    (created,) = vps.query("SHOW CREATE USER sucursal_7@'%'")
    assert "REQUIRE SSL" in created[0] and "MAX_USER_CONNECTIONS 10" in created[0]
    assert not enters(vps, OLD), "the server offers no TLS, the account demands it"
    text = repr(grants(vps))
    assert "consolidador_sucursal" in text and "central" not in text and "GRANT OPTION" not in text


def test_everything_can_be_run_twice(vps):
    schema.enlist(vps, 7, OLD)
    before = grants(vps)
    schema.install_guard(vps)
    schema.enlist(vps, 7, NEW)
    assert grants(vps) == before
    assert not enters(vps, OLD) and enters(vps, NEW)


def test_both_passwords_are_valid_during_a_change(vps):
    schema.enlist(vps, 7, OLD)
    vps.query("CALL central.sp_rotar_clave(7, %s)", (NEW,))
    assert enters(vps, OLD) and enters(vps, NEW) and not enters(vps, "otra")
    vps.query("CALL central.sp_terminar_rotacion(7)")
    assert enters(vps, NEW) and not enters(vps, OLD)


def test_a_change_can_follow_a_change_but_not_begin_within_one(vps):
    schema.enlist(vps, 7, OLD)
    vps.query("CALL central.sp_rotar_clave(7, %s)", (NEW,))
    with pytest.raises(pymysql.Error, match="not ended"):
        vps.query("CALL central.sp_rotar_clave(7, %s)", ("una tercera clave",))
    vps.query("CALL central.sp_terminar_rotacion(7)")
    with pytest.raises(pymysql.Error, match="no change"):
        vps.query("CALL central.sp_terminar_rotacion(7)")
    vps.query("CALL central.sp_rotar_clave(7, %s)", (OLD,))
    assert enters(vps, OLD) and enters(vps, NEW)


def test_a_change_keeps_limits_and_tls(vps):
    schema.enlist(vps, 7, OLD, tls=True)
    vps.query("CALL central.sp_rotar_clave(7, %s)", (NEW,))
    vps.query("CALL central.sp_terminar_rotacion(7)")
    (created,) = vps.query("SHOW CREATE USER sucursal_7@'%'")
    assert "REQUIRE SSL" in created[0] and "MAX_USER_CONNECTIONS 10" in created[0]


def is_out(connection):
    with pytest.raises(pymysql.Error), connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return True


@pytest.mark.parametrize("end", ["CALL central.sp_terminar_rotacion(7)",
                                 f"CALL central.sp_alta_sucursal(7, 'x', '{NEW}')"])
def test_who_is_in_with_the_old_password_is_put_out_and_sets_none_of_its_own(vps, end):
    schema.enlist(vps, 7, OLD)
    with vps.connect("sucursal_7", OLD, schema.GUARDED_DATABASE) as thief, thief.cursor() as cursor:
        vps.query("CALL central.sp_rotar_clave(7, %s)", (NEW,))
        cursor.execute("SET PASSWORD = PASSWORD('una clave del ladron')")
        cursor.execute("START TRANSACTION")
        cursor.execute("INSERT INTO VentasAgrupadas VALUES ('2026-01-05', 7, 'U', 0, 0, 0, 0, 1, 1, 1, NOW(3))")
        vps.query(end)
        assert is_out(thief)
    assert not vps.query("SELECT 1 FROM information_schema.PROCESSLIST WHERE USER = 'sucursal_7'")
    assert not vps.query("SELECT 1 FROM central.VentasAgrupadas WHERE IdSucursal = 7")
    vps.query("ALTER USER sucursal_7@'%' REQUIRE NONE")
    assert enters(vps, NEW) and not enters(vps, OLD) and not enters(vps, "una clave del ladron")


def test_a_transaction_that_a_branch_has_prepared_is_shown_and_the_branch_goes_when_it_is_ended(vps):
    schema.enlist(vps, 7, OLD)
    vps.query("INSERT INTO central.EstadoSucursales (IdSucursal, UltimoContacto, Salud) VALUES (7, NOW(3), 'ok')")
    with vps.connect("sucursal_7", OLD, schema.GUARDED_DATABASE) as thief, thief.cursor() as cursor:
        for statement in ("XA START 'queda'", "UPDATE EstadoSucursales SET Motivos = 'x'", "XA END 'queda'",
                          "XA PREPARE 'queda'"):
            cursor.execute(statement)
    (shown,), refused = schema.told(vps, "CALL central.sp_baja_sucursal(7)")
    assert "'queda'" in repr(shown) and "XA ROLLBACK" in refused
    assert not enters(vps, OLD)
    assert vps.value("SELECT COUNT(*) FROM central.EstadoSucursales WHERE IdSucursal = 7") == 1
    vps.query("XA ROLLBACK 'queda'")
    vps.query("CALL central.sp_baja_sucursal(7)")
    assert vps.value("SELECT COUNT(*) FROM central.EstadoSucursales WHERE IdSucursal = 7") == 0


def test_an_account_taken_away_is_out_at_once_and_its_data_stay(vps):
    schema.enlist(vps, 7, OLD)
    vps.query("INSERT INTO central.VentasAgrupadas"
              " VALUES ('2026-01-05', 7, 'U', 0, 0, 0, 0, 1, 1, 1, NOW(3))")
    connection = vps.connect("sucursal_7", OLD, schema.GUARDED_DATABASE)
    vps.query("CALL central.sp_baja_sucursal(7)")
    connections = "SELECT 1 FROM information_schema.PROCESSLIST WHERE USER = 'sucursal_7'"
    wait_until(lambda: not vps.query(connections), "its connection has ended")
    with pytest.raises(pymysql.Error):
        connection.ping(reconnect=False)
    assert not enters(vps, OLD)
    assert vps.value("SELECT COUNT(*) FROM central.VentasAgrupadas WHERE IdSucursal = 7") == 1
    assert vps.value("SELECT Baja IS NOT NULL FROM central.Sucursales WHERE IdSucursal = 7") == 1
    vps.query("CALL central.sp_baja_sucursal(7)")


@pytest.mark.parametrize("branch, password",
                         [(0, OLD), (-7, OLD), (None, OLD), (7, "corta"), (7, None)])
def test_what_is_no_branch_or_no_password_makes_no_account(vps, branch, password):
    before = vps.query("SELECT Host, User FROM mysql.global_priv")
    with pytest.raises(pymysql.Error):
        vps.query("CALL central.sp_alta_sucursal(%s, 'x', %s)", (branch, password))
    assert vps.query("SELECT Host, User FROM mysql.global_priv") == before


def test_a_password_is_taken_literally(vps):
    odd = "clave'); \\ DROP USER \"root\"; -- ñ"
    schema.enlist(vps, 7, odd)
    assert enters(vps, odd)
    vps.query("CALL central.sp_rotar_clave(7, %s)", (odd + NEW,))
    assert enters(vps, odd) and enters(vps, odd + NEW)


def test_an_analyst_reads_everything_and_writes_nothing(vps):
    vps.query("CREATE OR REPLACE USER ana@'%' IDENTIFIED BY 'x'")
    vps.query("GRANT consolidador_analista TO ana@'%'")
    vps.query("SET DEFAULT ROLE consolidador_analista FOR ana@'%'")
    with vps.connect("ana", "x", "central") as connection, connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM VentasAgrupadas")
        for statement in ("DELETE FROM VentasAgrupadas",
                          "CALL sp_delete_ventas_agrupadas('2026-01-05', 7)",
                          "CALL sp_alta_sucursal(7, 'x', 'una clave bien larga')"):
            with pytest.raises(pymysql.Error, match="denied"):
                cursor.execute(statement)
    vps.query("DROP USER ana@'%'")
