# SPDX-License-Identifier: MIT
"""Real sales from ../shared/data (beside the project, not in it) into a superpos database."""
import gzip

from .schema import POS_DATABASE, ROOT

FOLDER = ROOT.parent / "shared/data"
LINE_COLUMNS = "Upc, IdDepartamentos, IdCategorias, IdSubcategorias, Cantidad, MontoTotal, CostoTotal"


def missing():
    """Why the tests with real data cannot run, or None."""
    if (FOLDER / "README.md").is_file():
        return None
    return f"real data not found: {FOLDER} is missing; the tests with real sales are skipped"


def load_complete_journey(server, store):
    """All lines of one store (a store is a branch) and all products."""
    lines = server.folder / "ventas.tsv"
    prefix = f"{store}\t"
    with gzip.open(FOLDER / "complete-journey/ventasdiarias.tsv.gz", "rt") as source:
        lines.write_text("".join(line for line in source if line.startswith(prefix)))
    _load(server, lines, "ventasdiarias", f"@sucursal, Fecha, {LINE_COLUMNS}")
    _load_gzip(server, "complete-journey/productos.tsv.gz", "productos", "Upc, IdProveedores, Descripcion")


def load_online_retail(server):
    """The complete published set: 541,909 lines, 305 days."""
    _load_gzip(server, "online-retail/ventasdiarias.tsv.gz", "ventasdiarias",
               f"Fecha, {LINE_COLUMNS}")
    _load_gzip(server, "online-retail/productos.tsv.gz", "productos", "Upc, IdProveedores, Descripcion")


def _load_gzip(server, name, table, columns):
    plain = server.folder / "datos.tsv"
    with gzip.open(FOLDER / name, "rb") as source:
        plain.write_bytes(source.read())
    _load(server, plain, table, columns)


def _load(server, path, table, columns):
    """The server's sql_mode is lax, so warnings are what a strict load would refuse."""
    server.query(f"LOAD DATA LOCAL INFILE '{path}' INTO TABLE {POS_DATABASE}.{table} "
                 f"CHARACTER SET utf8mb4 ({columns})")
    warnings = server.query("SHOW WARNINGS LIMIT 3")
    path.unlink()
    if warnings:
        raise RuntimeError(f"loading {table}: {warnings}")
