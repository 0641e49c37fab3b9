-- SPDX-License-Identifier: MIT
-- Keeps a line of the POS that was set aside; NULL comes as that word.
INSERT INTO FilasRechazadas
       (IdSucursal, Fecha, Fila, Upc, IdProveedor, IdDepartamento, IdCategoria, IdSubcategoria,
        Unidades, VentaTotal, CostoTotal, Motivo, Instante)
VALUES (?, ?, ?, NULLIF(?, 'NULL'), NULLIF(?, 'NULL'), NULLIF(?, 'NULL'), NULLIF(?, 'NULL'),
        NULLIF(?, 'NULL'), NULLIF(?, 'NULL'), NULLIF(?, 'NULL'), NULLIF(?, 'NULL'), ?,
        UTC_TIMESTAMP(3))
