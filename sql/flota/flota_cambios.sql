-- SPDX-License-Identifier: MIT
-- The newest five changes of each branch since this moment (UTC), each with the five of its rows
-- that move most sales; of a change without rows, as one of the ledger alone, one line without code.
WITH cambios AS (
  SELECT IdSucursal, Fecha, Cambio, Instante, Motivo, Nota,
         IF(Actor = '' AND Nota = 'hallado antes de reparar', Cuenta, Actor) AS Actor,
         Unidades - COALESCE(UnidadesAntes, 0) AS DiferenciaUnidades,
         Venta - COALESCE(VentaAntes, 0) AS DiferenciaVenta,
         COUNT(*) OVER (PARTITION BY IdSucursal) AS Cambios,
         ROW_NUMBER() OVER (PARTITION BY IdSucursal
                            ORDER BY Instante DESC, Fecha DESC, Cambio DESC) AS Puesto
    FROM HistorialDias
   WHERE Instante >= ? AND Motivo <> 'recortado'
), filas AS (
  SELECT d.*, c.Upc, c.VentaAntes, c.VentaDespues,
         COUNT(c.Upc) OVER (PARTITION BY d.IdSucursal, d.Fecha, d.Cambio) AS Filas,
         ROW_NUMBER() OVER (
           PARTITION BY d.IdSucursal, d.Fecha, d.Cambio
           ORDER BY ABS(COALESCE(c.VentaDespues, 0) - COALESCE(c.VentaAntes, 0)) DESC, c.Upc,
                    c.IdProveedor, c.IdDepartamento, c.IdCategoria, c.IdSubcategoria) AS Fila
    FROM cambios AS d
    LEFT JOIN HistorialCambios AS c
      ON c.IdSucursal = d.IdSucursal AND c.Fecha = d.Fecha AND c.Cambio = d.Cambio
   WHERE d.Puesto <= 5
)
SELECT IdSucursal, Cambios, Fecha, Cambio, CONVERT_TZ(Instante, '+00:00', @@session.time_zone),
       Motivo, Actor, Nota, DiferenciaUnidades, DiferenciaVenta, Filas, Upc, VentaAntes, VentaDespues
  FROM filas
 WHERE Fila <= 5
 ORDER BY IdSucursal, Puesto, Fila
