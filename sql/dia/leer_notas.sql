-- SPDX-License-Identifier: MIT
-- What hands have done to a day's rows and the history does not have yet, the newest first.
SELECT Cambio, Upc, IdProveedor, IdDepartamento, IdCategoria, IdSubcategoria,
       UnidadesAntes, VentaAntes, CostoAntes, UnidadesDespues, VentaDespues, CostoDespues
FROM HistorialPendiente
WHERE IdSucursal = ? AND Fecha = ?
ORDER BY Instante DESC, Sesion DESC
