-- SPDX-License-Identifier: MIT
-- The lines that were set aside.
SELECT Upc, IdProveedor, IdDepartamento, IdCategoria, IdSubcategoria, Unidades, VentaTotal,
       CostoTotal, Motivo
  FROM FilasRechazadas
 WHERE IdSucursal = ? AND Fecha = ?
 ORDER BY Fila
