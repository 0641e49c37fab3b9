-- SPDX-License-Identifier: MIT
-- The seal of each bucket of a day's codes: SHA-256 over the SHA-256 of each row, in the order of
-- the key. A row's text is that of sp_audit_ventas_agrupadas. With the server's group_concat_max_len
-- a bucket of many rows would be cut.
SET STATEMENT group_concat_max_len = 4294967295 FOR
SELECT CRC32(Upc) & 127 AS Cubeta,
       UNHEX(SHA2(GROUP_CONCAT(UNHEX(SHA2(
         CONCAT_WS('|', Fecha, IdSucursal, IdProveedor, IdDepartamento, IdCategoria,
                   IdSubcategoria, Unidades, VentaTotal, CostoTotal, Upc), 256))
         ORDER BY Upc, IdProveedor, IdDepartamento, IdCategoria, IdSubcategoria SEPARATOR ''),
         256)) AS Sello
FROM VentasAgrupadas
WHERE IdSucursal = ? AND Fecha = ?
GROUP BY Cubeta
