# SPDX-License-Identifier: MIT
"""What can be broken under a running shop (tests/system/test_ways.py): each function gives one that takes the shop and gives a
context manager, in which it is broken."""
import contextlib
import copy
import datetime
import os
import platform
import signal
from pathlib import Path

from . import moved_clock, pos, schema
from .daemon import BRANCH
from .relay import CutAfter, Refuse
from .service import sanitized

INTERNAL = 70
FAILING_SECONDS = 3  # health.failing_after, where a way takes that long


# -- what a server answers ---------------------------------------------------------------------------


def fails(number):
    return f"SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = {number}, MESSAGE_TEXT = 'a way to fail'"


def trigger(place, table, statement):
    """Who writes a row of the table runs into this."""
    @contextlib.contextmanager
    def inject(shop):
        server = shop.server(place)
        server.query(f"CREATE TRIGGER central.un_modo BEFORE INSERT ON central.{table} FOR EACH ROW {statement}")
        try:
            yield
        finally:
            server.query("DROP TRIGGER central.un_modo")
    return inject


@contextlib.contextmanager
def pos_mended(shop):
    """After the block the POS has our procedures again, and the daemon its rights."""
    try:
        yield
    finally:
        server = shop.server("POS")
        for name in ("sp_select_ventas_diarias", "sp_audit_operativa", "sp_original"):
            schema.drop_pos_procedure(server, name)
        schema.run_scripts(server, schema.POS_SCRIPTS, schema.POS_DATABASE)
        schema.grant(server, schema.POS_GRANTS)


def extraction(statement):
    """The POS's procedure does this instead on the day."""
    @contextlib.contextmanager
    def inject(shop):
        with pos_mended(shop):
            schema.wrap_pos_procedure(shop.server("POS"), statement, shop.today)
            yield
    return inject


def pos_audit(body):
    @contextlib.contextmanager
    def inject(shop):
        with pos_mended(shop):
            schema.replace_pos_procedure(shop.server("POS"), body, "sp_audit_operativa")
            yield
    return inject


def without_procedure(place, name):
    @contextlib.contextmanager
    def inject(shop):
        server = shop.server(place)
        database = schema.POS_DATABASE if place == "POS" else schema.AGGREGATE_DATABASE
        try:
            server.query(f"DROP PROCEDURE {database}.{name}")
            yield
        finally:
            scripts, grants = ((schema.POS_SCRIPTS, schema.POS_GRANTS) if place == "POS" else
                               (schema.AGGREGATE_SCRIPTS, schema.AGGREGATE_GRANTS))
            schema.run_scripts(server, scripts, database)
            schema.grant(server, grants)
    return inject


def statements(place, begin, end, cut=False):
    """An administrator does this, and undoes it in the end; `cut`: who is connected has to come anew."""
    @contextlib.contextmanager
    def inject(shop):
        server = shop.server(place)
        try:
            for statement in begin:
                server.query(statement)
            if cut:
                shop.relay(place).cut()
            yield
        finally:
            for statement in end:
                server.query(statement)
            if cut:
                shop.relay(place).cut()
    return inject


def held_open(place, *begun):
    """Somebody's session stands open after these statements."""
    @contextlib.contextmanager
    def inject(shop):
        with contextlib.closing(shop.server(place).connect(database="central")) as session:
            with session.cursor() as cursor:
                for statement in begun:
                    cursor.execute(statement.format(day=shop.today))
            yield
    return inject


def account(place, change):
    """ALTER USER; in the end it is as it was."""
    name = f"'{schema.BOT}'@'%%'"

    @contextlib.contextmanager
    def inject(shop):
        server = shop.server(place)
        server.query(f"ALTER USER {name} {change}", ())
        shop.relay(place).cut()
        try:
            yield
        finally:
            server.query(f"ALTER USER {name} IDENTIFIED BY %s WITH MAX_USER_CONNECTIONS 0 ACCOUNT UNLOCK",
                         (schema.PASSWORDS[server.name],))
            shop.relay(place).cut()
    return inject


# -- lines and servers -------------------------------------------------------------------------------


def line(place, fault, *arguments):
    return lambda shop: shop.relay(place).fault(fault(*arguments))


def dropping_line(place, count):
    """A line that carries so many bytes each time; who is connected comes anew."""
    @contextlib.contextmanager
    def inject(shop):
        with shop.relay(place).fault(CutAfter(count)):
            shop.relay(place).cut()
            yield
    return inject


def server_that(place, how):
    @contextlib.contextmanager
    def killed(shop):
        shop.server(place).kill()
        try:
            yield
        finally:
            shop.server(place).start()
    return {"is shut down": lambda shop: shop.server(place).down(), "is killed": killed,
            "hangs": lambda shop: shop.server(place).frozen()}[how]


@contextlib.contextmanager
def never_reached(shop):
    """Of a service that has just been started; until then the age counts from before its start."""
    with reloaded(health={"degraded_after": "30min"})(shop), shop.relay("vps").fault(Refuse()), shop.restarted():
        yield


@contextlib.contextmanager
def away_for_long(shop):
    """Longer than health.failing_after, which is short meanwhile."""
    with reloaded(health={"failing_after": f"{FAILING_SECONDS}s"})(shop), shop.relay("vps").fault(Refuse()):
        yield


# -- clocks, days, rows ------------------------------------------------------------------------------


LIBRARY = Path(f"/usr/lib/{platform.machine()}-linux-gnu/faketime/libfaketimeMT.so.1")


def can_move_clock():
    return LIBRARY.exists() and not moved_clock.ENVIRONMENT and not sanitized()


def moved(offset):
    """An environment in which a program's clock is so far away."""
    return {"LD_PRELOAD": str(LIBRARY), "FAKETIME": offset, "FAKETIME_DONT_FAKE_MONOTONIC": "1"}


def server_clock(place, offset):
    @contextlib.contextmanager
    def inject(shop):
        server = shop.server(place)
        server.stop()
        os.environ.update(moved(offset))
        try:
            server.start()
        finally:
            for name in moved(offset):
                del os.environ[name]
        try:
            yield
        finally:
            server.restart()
    return inject


def own_clock(offset):
    return lambda shop: shop.restarted(moved(offset))


def sold(days_from_today=0, count=1, **columns):
    """Till lines that are not right; in the end they are gone."""
    @contextlib.contextmanager
    def inject(shop):
        server, mark = shop.server("POS"), 777
        for number in range(count):
            pos.sell(server, shop.today + datetime.timedelta(days=days_from_today), subcategory=mark,
                     **{"upc": f"mal {number}"} | columns)
        try:
            yield
        finally:
            server.query(f"DELETE FROM superpos.ventasdiarias WHERE IdSubcategorias = {mark}")
    return inject


@contextlib.contextmanager
def day_to_come(shop):
    """A ledger has a day of the week to come; the service has seen it when it started."""
    to_come = shop.today + datetime.timedelta(days=3)
    server = shop.server("vps")
    server.query("INSERT INTO central.SincronizacionDias (IdSucursal, Fecha, Filas, TotalUnidades, TotalVenta,"
                 " TotalCosto, Huella, Revision, PrimeraSync, UltimaSync, UltimaVerificacion)"
                 " SELECT IdSucursal, %s, Filas, TotalUnidades, TotalVenta, TotalCosto, Huella, Revision,"
                 " PrimeraSync, UltimaSync, UltimaVerificacion FROM central.SincronizacionDias WHERE Fecha = %s",
                 (to_come, shop.today))
    try:
        with shop.restarted():
            yield
    finally:
        server.query("DELETE FROM central.SincronizacionDias WHERE Fecha = %s", (to_come,))


def lost(share):
    """So many of a hundred of the day's lines are gone from the POS, and come back."""
    @contextlib.contextmanager
    def inject(shop):
        server = shop.server("POS")
        server.query("CREATE OR REPLACE TABLE superpos.respaldo AS SELECT * FROM superpos.ventasdiarias"
                     " WHERE Fecha = %s", (shop.today,))
        count = server.value("SELECT COUNT(*) FROM superpos.respaldo")
        server.query("DELETE FROM superpos.ventasdiarias WHERE Fecha = %s LIMIT %s",
                     (shop.today, count * share // 100))
        try:
            yield
        finally:
            server.query("DELETE FROM superpos.ventasdiarias WHERE Fecha = %s", (shop.today,))
            server.query("INSERT INTO superpos.ventasdiarias SELECT * FROM superpos.respaldo")
            server.query("DROP TABLE superpos.respaldo")
    return inject


@contextlib.contextmanager
def written_by_others(shop):
    """Three times the day was taken out; a service that is restarted has not seen it."""
    with shop.restarted():
        for times in range(1, 4):
            shop.service.wait_day(shop.today)
            shop.server("vps").query("CALL central.sp_delete_ventas_agrupadas(%s, %s)", (shop.today, BRANCH))
            shop.service.wait_log("somebody else has written", count=times + shop.seen_others)
        shop.seen_others += times
        yield


@contextlib.contextmanager
def yesterday_gone(shop):
    """From the VPS, and it is not taken there any more."""
    yesterday = shop.today - datetime.timedelta(days=1)
    refuse = f"IF NEW.Fecha = '{yesterday}' THEN {fails(1205)}; END IF"
    with trigger("vps", "VentasAgrupadas", refuse)(shop):
        for table in ("VentasAgrupadas", "SincronizacionDias"):
            shop.server("vps").query(f"DELETE FROM central.{table} WHERE Fecha = %s", (yesterday,))
        with shop.restarted():
            yield


@contextlib.contextmanager
def rows_to_come(shop):
    """That no ledger knows; the service has seen them when it started."""
    server = shop.server("vps")
    with schema.before_days_were_refused(server):
        server.query("INSERT INTO central.VentasAgrupadas SELECT Fecha + INTERVAL 40 DAY, IdSucursal, Upc, IdProveedor,"
                     " IdDepartamento, IdCategoria, IdSubcategoria, Unidades, VentaTotal, CostoTotal, UltimaSync"
                     " FROM central.VentasAgrupadas WHERE Fecha = %s LIMIT 1", (shop.today,))
    try:
        with shop.restarted():
            yield
    finally:
        server.query("DELETE FROM central.VentasAgrupadas WHERE Fecha > %s", (shop.today,))


@contextlib.contextmanager
def another_machine(shop):
    server = shop.server("vps")
    mark = server.value("SELECT Maquina FROM central.EstadoSucursales WHERE IdSucursal = %s", (BRANCH,))
    change = "UPDATE central.EstadoSucursales SET Maquina = %s WHERE IdSucursal = %s"
    server.query(change, ("0" * 32, BRANCH))
    try:
        yield
    finally:
        server.query(change, (mark, BRANCH))


# -- the machine, the service ------------------------------------------------------------------------


@contextlib.contextmanager
def in_the_way(folder):
    """It is gone, and cannot be made, until the end."""
    away = folder.with_name("moved")
    folder.rename(away)
    folder.write_text("a file in the way")
    try:
        yield
    finally:
        folder.unlink()
        away.rename(folder)


def no_bitacora(shop):
    return in_the_way(shop.service.consolidador.logs)


@contextlib.contextmanager
def no_state_folder(shop):
    """A pause, and nothing else, is written there at once."""
    def pause_and_resume(exit_code):
        for command in ("pause", "resume"):
            shop.client.pipe(command).expect(exit_code)

    with in_the_way(shop.service.consolidador.folder / "state"):
        pause_and_resume(INTERNAL)
        yield
    pause_and_resume(0)


@contextlib.contextmanager
def bad_configuration(shop):
    """The file is not what the service can read, and systemctl reload was asked for."""
    config = shop.service.consolidador.config
    good = config.read_text()
    config.write_text(good + "no_such_section: {}\n")
    shop.service.hang_up()
    try:
        yield
    finally:
        config.write_text(good)
        shop.service.hang_up()


def reloaded(**sections):
    @contextlib.contextmanager
    def inject(shop):
        settings = shop.service.consolidador.settings
        before = {name: copy.copy(settings.get(name, False)) for name in sections}
        shop.service.reload(**sections)
        try:
            yield
        finally:
            shop.service.reload(**before)
    return inject


@contextlib.contextmanager
def paused(shop):
    shop.client.pipe("pause", "the VPS is being restored").expect(0)
    try:
        yield
    finally:
        shop.client.pipe("resume").expect(0)


@contextlib.contextmanager
def stopped(shop):
    shop.service.signal(signal.SIGSTOP)
    try:
        yield
    finally:
        shop.service.signal(signal.SIGCONT)


@contextlib.contextmanager
def killed(shop):
    shop.service.kill()
    try:
        yield
    finally:
        shop.service.start()
