# SPDX-License-Identifier: MIT
"""What happens to the database servers, and what other people do in them."""
import contextlib
import threading

import pymysql

from support import schema
from support.schema import AGGREGATE_DATABASE, BOT, POS_DATABASE
from support.waiting import wait_until

from kinds import SERVERS, TARGETS, fault

ROUNDS = 5
BACKUP_TABLES = ("VentasAgrupadas", "SincronizacionDias")
SCRIPTS = {"pos": (schema.POS_SCRIPTS, POS_DATABASE, schema.POS_GRANTS)}
BUSY_DAY = ("INSERT INTO superpos.ventasdiarias"
            " SELECT %s, CONCAT(%s, seq), 1, 1, 1, 1, 2, 1 FROM superpos.seq_1_to_1000")
AGGREGATE = (schema.AGGREGATE_SCRIPTS, AGGREGATE_DATABASE, schema.AGGREGATE_GRANTS)


@fault("server", SERVERS)
def server_killed(stage, place, random):
    stage.server(place).kill()
    yield
    stage.server(place).start()


@fault("server", SERVERS)
def server_down(stage, place, random):
    with stage.server(place).down():
        yield


@fault("server", SERVERS)
def server_frozen(stage, place, random):
    with stage.server(place).frozen():
        yield


@fault("server", SERVERS)
def read_only(stage, place, random):
    stage.server(place).query("SET GLOBAL read_only = ON")
    yield
    stage.server(place).query("SET GLOBAL read_only = OFF")


@fault("server", SERVERS, needs=lambda stage: stage.servers_have_disks)
def server_disk_full(stage, place, random):
    """While the branch sells more than there is room for."""
    with stage.server(place).out_of_room():
        till = stage.server("pos").connect
        with contextlib.suppress(pymysql.Error), till(read_timeout=2) as connection:
            connection.cursor().execute(BUSY_DAY, (stage.days[-1], f"lleno-{place}-"))
        yield


def _kill(server, what):
    for (number,) in server.query("SELECT ID FROM information_schema.PROCESSLIST WHERE USER = %s", (BOT,)):
        with contextlib.suppress(pymysql.Error):  # it may have ended meanwhile
            server.query(f"KILL {what} {number}")


def _kill_again_and_again(server, what):
    for _ in range(ROUNDS):
        _kill(server, what)


@fault("server", SERVERS)
def connections_killed(stage, place, random):
    _kill_again_and_again(stage.server(place), "CONNECTION")
    yield
    _kill_again_and_again(stage.server(place), "CONNECTION")


@fault("server", SERVERS)
def queries_killed(stage, place, random):
    _kill_again_and_again(stage.server(place), "QUERY")
    yield
    _kill_again_and_again(stage.server(place), "QUERY")


@fault("server", SERVERS)
def tables_locked(stage, place, random):
    table = "superpos.ventasdiarias" if place == "pos" else "central.VentasAgrupadas"
    with stage.server(place).connect(read_timeout=20) as connection:
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLES {table} WRITE")
            yield


@fault("server", TARGETS)
def rows_locked(stage, place, random):
    with stage.server(place).connect(read_timeout=20) as connection:
        with connection.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT COUNT(*) FROM central.VentasAgrupadas FOR UPDATE")
            yield
            connection.rollback()


@fault("server", TARGETS)
def deadlocks(stage, place, random):
    """Another client writes the same rows in the opposite order, and takes all back."""
    over = threading.Event()

    def provoke():
        while not over.is_set():
            with contextlib.suppress(pymysql.Error):
                with stage.server(place).connect(read_timeout=5) as connection:
                    _lock_backwards(connection, over)
    thread = threading.Thread(target=provoke, name="deadlocks", daemon=True)
    thread.start()
    yield
    over.set()
    thread.join()


def _lock_backwards(connection, over):
    with connection.cursor() as cursor:
        cursor.execute("SET innodb_lock_wait_timeout = 1")
        cursor.execute("SELECT DISTINCT Fecha, Upc FROM central.VentasAgrupadas"
                       " ORDER BY Fecha DESC, Upc DESC LIMIT 40")
        rows = cursor.fetchall()
        cursor.execute("BEGIN")
        for row in rows:
            if not over.is_set():
                cursor.execute("UPDATE central.VentasAgrupadas SET CostoTotal = CostoTotal + 1"
                               " WHERE IdSucursal = 99 AND Fecha = %s AND Upc = %s", row)
        connection.rollback()


@fault("server", SERVERS)
def password_changed(stage, place, random):
    server = stage.server(place)
    server.query(f"ALTER USER '{BOT}'@'%%' IDENTIFIED BY %s", ("otra clave",))
    _kill_again_and_again(server, "CONNECTION")
    yield
    server.query(f"ALTER USER '{BOT}'@'%%' IDENTIFIED BY %s", (schema.PASSWORDS[place],))


@fault("server", SERVERS)
def rights_revoked(stage, place, random):
    server = stage.server(place)
    grants = SCRIPTS.get(place, AGGREGATE)[2]
    for statement in random.sample(grants, random.randint(1, len(grants))):
        server.query(statement.replace("GRANT", "REVOKE", 1).replace(" TO ", " FROM "))
    yield
    schema.grant(server, grants)


@fault("server", SERVERS)
def procedures_dropped(stage, place, random):
    server = stage.server(place)
    scripts, database, grants = SCRIPTS.get(place, AGGREGATE)
    names = [name for (name,) in server.query(
        "SELECT ROUTINE_NAME FROM information_schema.ROUTINES"
        " WHERE ROUTINE_SCHEMA = %s AND ROUTINE_TYPE = 'PROCEDURE'", (database,))]
    for name in random.sample(sorted(names), random.randint(1, len(names))):
        server.query(f"DROP PROCEDURE {database}.{name}")
    yield
    schema.run_scripts(server, scripts, database)
    schema.grant(server, grants)


@fault("server", TARGETS, needs=lambda stage: not stage.requests)
def restored_from_an_old_backup(stage, place, random):
    """What was held when the fault began comes back at its end, and everybody is thrown out."""
    server = stage.server(place)
    with server.connect(database=AGGREGATE_DATABASE) as connection, connection.cursor() as cursor:
        _back_up(cursor)
        yield
        with stage.readers[place].excused():
            wait_until(lambda: _restore(server, cursor), "the backup is back")
        _kill_again_and_again(server, "CONNECTION")  # as the restart that ends a restore


@fault("server", TARGETS, needs=lambda stage: not stage.requests)
def restored_from_an_old_dump(stage, place, random):
    """Of when the branch had only its first days: rows and ledger of all later ones are gone."""
    server = stage.server(place)
    newer = f"WHERE Fecha > '{random.choice((stage.old_day, *stage.days[:-1]))}'"
    with server.connect(database=AGGREGATE_DATABASE) as connection, connection.cursor() as cursor:
        with stage.readers[place].excused():
            wait_until(lambda: _alone(server, cursor, *(f"DELETE FROM {table} {newer}"
                                                        for table in BACKUP_TABLES)), "the dump is loaded")
    _kill_again_and_again(server, "CONNECTION")
    yield


def _back_up(cursor):
    """As a dump reads: of one moment, and waiting for nobody's lock, were he frozen with it."""
    cursor.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT")
    for table in BACKUP_TABLES:
        cursor.execute(f"SELECT * FROM {table}")
        rows, places = cursor.fetchall(), ", ".join(["%s"] * len(cursor.description))
        cursor.execute(f"CREATE TEMPORARY TABLE respaldo_{table} SELECT * FROM {table} LIMIT 0")
        cursor.executemany(f"INSERT INTO respaldo_{table} VALUES ({places})", rows)
    cursor.execute("COMMIT")


def _restore(server, cursor):
    return _alone(server, cursor, *(statement for table in BACKUP_TABLES
                                    for statement in (f"DELETE FROM {table}",
                                                      f"INSERT INTO {table} SELECT * FROM respaldo_{table}")))


def _alone(server, cursor, *statements):
    """In one transaction; false when the daemon was in the way. One that is frozen within its own would
    be so for ever: it is thrown out first."""
    _kill(server, "CONNECTION")
    try:
        cursor.execute("BEGIN")
        for statement in statements:
            cursor.execute(statement)
        cursor.execute("COMMIT")
    except pymysql.err.OperationalError:
        cursor.execute("ROLLBACK")
        return False
    return True


@fault("server", TARGETS, needs=lambda stage: not stage.requests)
def partition_missing(stage, place, random):
    """This year's rows are gone with their partition, and none takes new ones."""
    server = stage.server(place)
    years = server.value(
        "SELECT GROUP_CONCAT(PARTITION_NAME ORDER BY PARTITION_ORDINAL_POSITION)"
        " FROM information_schema.PARTITIONS WHERE TABLE_SCHEMA = 'central'"
        " AND TABLE_NAME = 'VentasAgrupadas' AND PARTITION_NAME REGEXP '^p[0-9]+$'"
        " AND PARTITION_NAME >= %s", (f"p{stage.service.today.year}",))
    table = "ALTER TABLE central.VentasAgrupadas"
    stage.repaired_by_hand = True
    with stage.readers[place].excused():
        server.query(f"{table} REORGANIZE PARTITION {years}, p_futuro INTO"
                     " (PARTITION p_futuro VALUES LESS THAN (MAXVALUE))")
        server.query(f"{table} DROP PARTITION p_futuro")
        yield
        server.query(f"{table} ADD PARTITION (PARTITION p_futuro VALUES LESS THAN (MAXVALUE))")
        server.query("CALL central.sp_asegurar_particiones(3)")
