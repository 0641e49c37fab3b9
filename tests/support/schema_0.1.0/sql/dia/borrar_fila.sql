-- SPDX-License-Identifier: MIT
-- Removes one row that the branch's day no longer has.
DELETE FROM VentasAgrupadas
WHERE IdSucursal = ? AND Fecha = ? AND Upc = ? AND IdProveedor = ? AND IdDepartamento = ?
  AND IdCategoria = ? AND IdSubcategoria = ?
