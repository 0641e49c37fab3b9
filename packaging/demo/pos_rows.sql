-- SPDX-License-Identifier: MIT
-- What the targets must hold, straight from the POS tables, without any procedure.
SELECT 99, v.Fecha, BINARY v.Upc AS Codigo,
       COALESCE(p.IdProveedores, 0)   AS Proveedor,
       COALESCE(v.IdDepartamentos, 0) AS Departamento,
       COALESCE(v.IdCategorias, 0)    AS Categoria,
       COALESCE(v.IdSubcategorias, 0) AS Subcategoria,
       CAST(SUM(v.Cantidad)   AS DECIMAL(18,4)),
       CAST(SUM(v.MontoTotal) AS DECIMAL(18,4)),
       CAST(SUM(v.CostoTotal) AS DECIMAL(18,4))
  FROM ventasdiarias AS v
  LEFT JOIN (SELECT BINARY Upc AS Codigo, IdProveedores,
                    ROW_NUMBER() OVER (PARTITION BY BINARY Upc
                                       ORDER BY IdProveedores IS NULL, IdProveedores) AS Lugar
               FROM productos) AS p
    ON p.Codigo = BINARY v.Upc AND p.Lugar = 1
 GROUP BY v.Fecha, Codigo, Proveedor, Departamento, Categoria, Subcategoria;
