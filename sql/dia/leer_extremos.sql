-- SPDX-License-Identifier: MIT
-- The first and the last day of which a target has rows: the two ends of the branch's key.
SELECT (SELECT Fecha FROM VentasAgrupadas WHERE IdSucursal = ? AND Fecha >= DATE'1900-01-01'
         ORDER BY Fecha LIMIT 1) AS Primera,
       (SELECT Fecha FROM VentasAgrupadas WHERE IdSucursal = ? AND Fecha >= DATE'1900-01-01'
         ORDER BY Fecha DESC LIMIT 1) AS Ultima
