-- SPDX-License-Identifier: MIT
-- What was changed after a day had been proven, for head office; can be run twice. The views read
-- with the rights of who asks; Instante is UTC.

-- The script means the same whatever mode the server has (ORACLE, ANSI_QUOTES).
SET SESSION sql_mode = 'STRICT_TRANS_TABLES,STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION';

-- Each product that a change has altered: what was changed after the month was closed is
--   SELECT * FROM v_cambios WHERE Fecha < '2026-11-01' AND Instante >= '2026-11-01';
CREATE OR REPLACE SQL SECURITY INVOKER VIEW v_cambios AS
  SELECT c.IdSucursal, c.Fecha, c.Cambio, c.Upc, c.IdProveedor, c.IdDepartamento, c.IdCategoria,
         c.IdSubcategoria, c.UnidadesAntes, c.UnidadesDespues, c.VentaAntes, c.VentaDespues,
         COALESCE(c.VentaDespues, 0) - COALESCE(c.VentaAntes, 0) AS DiferenciaVenta,
         c.CostoAntes, c.CostoDespues, d.Motivo, d.Instante, d.Actor, d.Cuenta, d.Nota
    FROM HistorialCambios AS c
    JOIN HistorialDias AS d
      ON d.IdSucursal = c.IdSucursal AND d.Fecha = c.Fecha AND d.Cambio = c.Cambio;

-- Each change of a day in one row.
CREATE OR REPLACE SQL SECURITY INVOKER VIEW v_cambios_resumen AS
  SELECT d.IdSucursal, d.Fecha, d.Cambio, d.Revision, d.Motivo, d.Instante, d.Actor, d.Cuenta, d.Nota,
         (SELECT COUNT(*) FROM HistorialCambios AS c
           WHERE c.IdSucursal = d.IdSucursal AND c.Fecha = d.Fecha AND c.Cambio = d.Cambio)
           AS FilasCambiadas,
         d.FilasAntes, d.Filas, d.UnidadesAntes, d.Unidades, d.VentaAntes, d.Venta,
         d.Venta - COALESCE(d.VentaAntes, 0) AS DiferenciaVenta, d.CostoAntes, d.Costo
    FROM HistorialDias AS d
   WHERE d.Motivo <> 'recortado';

-- What hands have changed since the branch's last look at the day, and no change has yet: its next look
-- takes it in and mends it.
CREATE OR REPLACE SQL SECURITY INVOKER VIEW v_cambios_pendientes AS
  SELECT IdSucursal, Fecha, Upc, IdProveedor, IdDepartamento, IdCategoria, IdSubcategoria,
         UnidadesAntes, UnidadesDespues, VentaAntes, VentaDespues,
         COALESCE(VentaDespues, 0) - COALESCE(VentaAntes, 0) AS DiferenciaVenta,
         CostoAntes, CostoDespues, Instante, Cuenta
    FROM HistorialPendiente
   WHERE Cambio = 0;
