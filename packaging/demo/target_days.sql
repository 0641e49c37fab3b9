-- SPDX-License-Identifier: MIT
-- Each day as the ledger has it: day, rows, sales.
SELECT Fecha, Filas, FORMAT(TotalVenta, 2)
  FROM SincronizacionDias
 ORDER BY Fecha;
