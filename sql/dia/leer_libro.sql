-- SPDX-License-Identifier: MIT
-- What the target's ledger says of a range of days.
SELECT Fecha, Filas, TotalUnidades, TotalVenta, TotalCosto, Huella, UltimaVerificacion,
       Revision, PrimeraSync, UltimaSync
FROM SincronizacionDias
WHERE IdSucursal = ? AND Fecha BETWEEN ? AND ?
ORDER BY Fecha
