-- SPDX-License-Identifier: MIT
-- Writes one row of a day. UltimaSync is decided first: the assignments run from left to right and see
-- the earlier ones. A row that is there with the same values is not touched.
INSERT INTO VentasAgrupadas
  (IdSucursal, Fecha, Upc, IdProveedor, IdDepartamento, IdCategoria, IdSubcategoria,
   Unidades, VentaTotal, CostoTotal, UltimaSync)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, UTC_TIMESTAMP(3))
ON DUPLICATE KEY UPDATE
  UltimaSync = IF(Unidades = VALUES(Unidades) AND VentaTotal = VALUES(VentaTotal) AND
                  CostoTotal = VALUES(CostoTotal), UltimaSync, VALUES(UltimaSync)),
  Unidades   = VALUES(Unidades),
  VentaTotal = VALUES(VentaTotal),
  CostoTotal = VALUES(CostoTotal)
