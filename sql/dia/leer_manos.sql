-- SPDX-License-Identifier: MIT
-- The days of a range whose rows hands have changed, and the history does not have it yet.
SELECT Fecha,
       COUNT(DISTINCT Upc, IdProveedor, IdDepartamento, IdCategoria, IdSubcategoria),
       GROUP_CONCAT(DISTINCT Cuenta ORDER BY Cuenta SEPARATOR ', ')
FROM HistorialPendiente
WHERE IdSucursal = ? AND Fecha BETWEEN ? AND ?
GROUP BY Fecha
ORDER BY Fecha
