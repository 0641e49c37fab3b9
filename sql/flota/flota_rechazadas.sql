-- SPDX-License-Identifier: MIT
-- Rows of the POS that cannot be taken, and the days that are proven without them.
SELECT IdSucursal, COUNT(*), COUNT(DISTINCT Fecha)
  FROM FilasRechazadas
 GROUP BY IdSucursal
