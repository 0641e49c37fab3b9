-- SPDX-License-Identifier: MIT
-- What a branch's account sees: views with the tables' names that hold only the rows of the branch
-- in its login, sucursal_<id>, byte by byte; any other login sees nothing, SUCURSAL_99 or sucursal_99@x neither.
-- The check option refuses other rows.
--
-- FORCE INDEX is part of the guard: it has the server read no row but the branch's own. Without it
-- a condition of the query may be computed for foreign rows before the filter is (over ix_upc, or
-- in a scan), and one with a side effect, WHERE (@x := CONCAT(@x, VentaTotal)) IS NULL, shows them.

-- The script means the same whatever mode the server has (ORACLE, ANSI_QUOTES).
SET SESSION sql_mode = 'STRICT_TRANS_TABLES,STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION';

CREATE OR REPLACE SQL SECURITY DEFINER VIEW VentasAgrupadas AS
  SELECT Fecha, IdSucursal, Upc, IdProveedor, IdDepartamento, IdCategoria, IdSubcategoria,
         Unidades, VentaTotal, CostoTotal, UltimaSync
    FROM central.VentasAgrupadas FORCE INDEX (PRIMARY)
   WHERE IdSucursal = CAST(REGEXP_SUBSTR(USER() COLLATE utf8mb3_bin, '(?<=^sucursal_)[1-9][0-9]*(?=@[^@]*$)') AS UNSIGNED)
  WITH CASCADED CHECK OPTION;

CREATE OR REPLACE SQL SECURITY DEFINER VIEW SincronizacionDias AS
  SELECT IdSucursal, Fecha, Filas, TotalUnidades, TotalVenta, TotalCosto, Huella,
         Revision, PrimeraSync, UltimaSync, UltimaVerificacion,
         MayorFilas, MayorUnidades, MayorVenta, MayorCosto, Cierre
    FROM central.SincronizacionDias FORCE INDEX (PRIMARY)
   WHERE IdSucursal = CAST(REGEXP_SUBSTR(USER() COLLATE utf8mb3_bin, '(?<=^sucursal_)[1-9][0-9]*(?=@[^@]*$)') AS UNSIGNED)
  WITH CASCADED CHECK OPTION;

CREATE OR REPLACE SQL SECURITY DEFINER VIEW EstadoSucursales AS
  SELECT IdSucursal, UltimoContacto, Salud, Motivos, DiasPendientes, DiaPendienteMasAntiguo,
         DiasFallidos, UltimoDiaAuditado, Version, Maquina, Equipo, DiasRetenidos, DiasArchivados
    FROM central.EstadoSucursales FORCE INDEX (PRIMARY)
   WHERE IdSucursal = CAST(REGEXP_SUBSTR(USER() COLLATE utf8mb3_bin, '(?<=^sucursal_)[1-9][0-9]*(?=@[^@]*$)') AS UNSIGNED)
  WITH CASCADED CHECK OPTION;

CREATE OR REPLACE SQL SECURITY DEFINER VIEW HistorialDias AS
  SELECT IdSucursal, Fecha, Cambio, Revision, Instante, Motivo, Actor, Cuenta, Nota, FilasAntes,
         UnidadesAntes, VentaAntes, CostoAntes, HuellaAntes, Filas, Unidades, Venta, Costo, Huella
    FROM central.HistorialDias FORCE INDEX (PRIMARY)
   WHERE IdSucursal = CAST(REGEXP_SUBSTR(USER() COLLATE utf8mb3_bin, '(?<=^sucursal_)[1-9][0-9]*(?=@[^@]*$)') AS UNSIGNED)
  WITH CASCADED CHECK OPTION;

CREATE OR REPLACE SQL SECURITY DEFINER VIEW HistorialCambios AS
  SELECT IdSucursal, Fecha, Cambio, Upc, IdProveedor, IdDepartamento, IdCategoria, IdSubcategoria,
         UnidadesAntes, VentaAntes, CostoAntes, UnidadesDespues, VentaDespues, CostoDespues
    FROM central.HistorialCambios FORCE INDEX (PRIMARY)
   WHERE IdSucursal = CAST(REGEXP_SUBSTR(USER() COLLATE utf8mb3_bin, '(?<=^sucursal_)[1-9][0-9]*(?=@[^@]*$)') AS UNSIGNED)
  WITH CASCADED CHECK OPTION;

-- Also for sp_registrar_dia, which alone writes it.
CREATE OR REPLACE SQL SECURITY DEFINER VIEW HistorialPendiente AS
  SELECT IdSucursal, Fecha, Sesion, Upc, IdProveedor, IdDepartamento, IdCategoria, IdSubcategoria,
         UnidadesAntes, VentaAntes, CostoAntes, UnidadesDespues, VentaDespues, CostoDespues,
         Instante, Ultimo, Cuenta, Cambio, Nota, DeTodas
    FROM central.HistorialPendiente FORCE INDEX (PRIMARY)
   WHERE IdSucursal = CAST(REGEXP_SUBSTR(USER() COLLATE utf8mb3_bin, '(?<=^sucursal_)[1-9][0-9]*(?=@[^@]*$)') AS UNSIGNED)
  WITH CASCADED CHECK OPTION;

-- A branch adds its own, and takes away what the POS has mended.
CREATE OR REPLACE SQL SECURITY DEFINER VIEW FilasRechazadas AS
  SELECT IdSucursal, Fecha, Fila, Upc, IdProveedor, IdDepartamento, IdCategoria, IdSubcategoria,
         Unidades, VentaTotal, CostoTotal, Motivo, Instante
    FROM central.FilasRechazadas FORCE INDEX (PRIMARY)
   WHERE IdSucursal = CAST(REGEXP_SUBSTR(USER() COLLATE utf8mb3_bin, '(?<=^sucursal_)[1-9][0-9]*(?=@[^@]*$)') AS UNSIGNED)
  WITH CASCADED CHECK OPTION;

-- The same for all.
CREATE OR REPLACE SQL SECURITY DEFINER VIEW Esquema AS
  SELECT Version, Aplicada FROM central.Esquema;
