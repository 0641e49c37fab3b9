-- SPDX-License-Identifier: MIT
-- The rows of some buckets of a day, in the order of the key. The buckets: 128 characters, 1 where
-- it is asked for.
SELECT Fecha, Upc, IdProveedor, IdDepartamento, IdCategoria, IdSubcategoria,
       Unidades, VentaTotal, CostoTotal
FROM VentasAgrupadas
WHERE IdSucursal = ? AND Fecha = ? AND SUBSTRING(?, (CRC32(Upc) & 127) + 1, 1) = '1'
ORDER BY Upc, IdProveedor, IdDepartamento, IdCategoria, IdSubcategoria
