-- SPDX-License-Identifier: MIT
-- What a target holds, all of it.
SELECT IdSucursal, Fecha, Upc, IdProveedor, IdDepartamento, IdCategoria, IdSubcategoria,
       Unidades, VentaTotal, CostoTotal
  FROM VentasAgrupadas;
