-- SPDX-License-Identifier: MIT
-- How many rows were written from @inicio on, and how many were left alone.
SELECT CONCAT(SUM(UltimaSync >= @inicio), ' written by this run, ', SUM(UltimaSync < @inicio), ' untouched')
  FROM VentasAgrupadas;
