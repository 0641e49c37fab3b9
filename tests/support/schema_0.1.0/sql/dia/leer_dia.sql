-- SPDX-License-Identifier: MIT
-- The rows of a day as the target holds them, in the order of the key.
SELECT Fecha, Upc, IdProveedor, IdDepartamento, IdCategoria, IdSubcategoria,
       Unidades, VentaTotal, CostoTotal
FROM VentasAgrupadas
WHERE IdSucursal = ? AND Fecha = ?
ORDER BY Upc, IdProveedor, IdDepartamento, IdCategoria, IdSubcategoria
