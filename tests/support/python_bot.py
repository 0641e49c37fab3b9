# SPDX-License-Identifier: MIT
"""What the Python bot leaves behind: its table, and the rows that its runs put there."""
from .schema import POS_DATABASE, ROOT

SCRIPT = ROOT / "sql/migraciones/bot.sql"

TABLE = """
CREATE OR REPLACE TABLE {table} (
  Fecha DATE, IdSucursal INT, Upc VARCHAR(20),
  IdProveedor INT, IdDepartamento INT, IdCategoria INT, IdSubcategoria INT,
  Unidades DECIMAL(14,2), VentaTotal DECIMAL(14,2), CostoTotal DECIMAL(14,2),
  UltimaSync DATETIME NOT NULL,
  INDEX idx_sucursal_fecha (IdSucursal, Fecha)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci
PARTITION BY RANGE (YEAR(Fecha)) (PARTITION p2025 VALUES LESS THAN (2026),
                                  PARTITION pMax VALUES LESS THAN MAXVALUE)
"""

# Codes as the column's collation compares them, and every supplier that a code has.
EXTRACTION = f"""
SELECT v.Fecha, v.Upc, COALESCE(p.IdProveedores, 0), COALESCE(v.IdDepartamentos, 0),
       COALESCE(v.IdCategorias, 0), COALESCE(v.IdSubcategorias, 0),
       SUM(v.Cantidad), SUM(v.MontoTotal), SUM(v.CostoTotal)
  FROM {POS_DATABASE}.ventasdiarias v LEFT JOIN {POS_DATABASE}.productos p ON p.Upc = v.Upc
 WHERE v.Fecha = %s
 GROUP BY v.Fecha, v.Upc, 3, 4, 5, 6
"""


def create_table(target, table):
    target.query(TABLE.format(table=table))


def run(pos, target, table, branch, day, at):
    """One run over a day at this moment: without a key its UPSERT is an INSERT."""
    rows = pos.query(EXTRACTION, (day,))
    with target.connect() as connection, connection.cursor() as cursor:
        cursor.execute("SET sql_mode = ''")
        cursor.executemany(f"INSERT INTO {table} VALUES"
                           f" (%s, {branch}, %s, %s, %s, %s, %s, %s, %s, %s, '{at}')", rows)
    return len(rows)


def install_migration(target):
    target.client(SCRIPT.read_text(), "central")


def migrate(target, branch, since):
    """What it says: days, rows of the bot, rows, copies, versions, refused, days to do again."""
    (told,) = target.query("CALL central.sp_migrar_bot(%s, %s)", (branch, since))
    return tuple(map(int, told))
