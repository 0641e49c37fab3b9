-- SPDX-License-Identifier: MIT
-- The days with lines that were set aside, how many, and the first of them.
SELECT Fecha, COUNT(*), MAX(IF(Fila = 1, Upc, NULL)), MAX(IF(Fila = 1, Motivo, ''))
  FROM FilasRechazadas
 WHERE IdSucursal = ?
 GROUP BY Fecha
