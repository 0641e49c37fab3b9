-- SPDX-License-Identifier: MIT
-- The rows of a day's changes, from one on.
SELECT Cambio, Upc, IdProveedor, IdDepartamento, IdCategoria, IdSubcategoria,
       UnidadesAntes, VentaAntes, CostoAntes, UnidadesDespues, VentaDespues, CostoDespues
FROM HistorialCambios
WHERE IdSucursal = ? AND Fecha = ? AND Cambio >= ?
ORDER BY Cambio, Upc, IdProveedor, IdDepartamento, IdCategoria, IdSubcategoria
