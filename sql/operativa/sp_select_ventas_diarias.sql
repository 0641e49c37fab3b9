-- SPDX-License-Identifier: MIT
-- The day's sales, grouped by all their dimensions. Drop-in for the procedure of today's installations:
-- same name, parameter and columns. Runs on MariaDB and MySQL; can be run twice.
--
--   CALL sp_select_ventas_diarias('2026-01-05');
--   -> Fecha, Upc, IdProveedor, IdDepartamento, IdCategoria, IdSubcategoria, Unidades, VentaTotal, CostoTotal
--
-- Codes are told apart byte by byte (84997d and 84997D are two products), whatever the columns' collation
-- or character set. productos may hold a code twice: one supplier counts, the lowest number; a plain join
-- would multiply the sales; only the day's codes are looked up. A missing supplier, department, category or subcategory is 0.
-- The range on Fecha serves DATE and DATETIME columns alike, and their index.

-- Whatever mode the server has (ORACLE, ANSI_QUOTES): the script means the same, and a procedure keeps the
-- mode that it was made with: none may round or cut what it is given.
SET SESSION sql_mode = 'STRICT_TRANS_TABLES,STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION';

-- MariaDB replaces it atomically and keeps the accounts' rights to it; MySQL has to drop it first, and the
-- rights must be granted again.
/*!50700 DROP PROCEDURE IF EXISTS sp_select_ventas_diarias */;

DELIMITER //
CREATE /*M!100103 OR REPLACE */ PROCEDURE sp_select_ventas_diarias(IN p_fecha DATE)
  READS SQL DATA
  COMMENT 'Ventas del dia agrupadas por todas sus dimensiones'
BEGIN
  SELECT p_fecha AS Fecha,
         CONVERT(v.Clave USING utf8mb4) COLLATE utf8mb4_bin AS Upc,
         COALESCE(p.IdProveedor, 0) AS IdProveedor,
         v.IdDepartamento,
         v.IdCategoria,
         v.IdSubcategoria,
         v.Unidades,
         v.VentaTotal,
         v.CostoTotal
    FROM (SELECT CAST(CONVERT(Upc USING utf8mb4) AS BINARY) AS Clave,
                 COALESCE(IdDepartamentos, 0) AS IdDepartamento,
                 COALESCE(IdCategorias, 0) AS IdCategoria,
                 COALESCE(IdSubcategorias, 0) AS IdSubcategoria,
                 COALESCE(SUM(Cantidad), 0) AS Unidades,
                 COALESCE(SUM(MontoTotal), 0) AS VentaTotal,
                 COALESCE(SUM(CostoTotal), 0) AS CostoTotal
            FROM ventasdiarias
           WHERE Fecha >= p_fecha AND Fecha < p_fecha + INTERVAL 1 DAY
           GROUP BY Clave, IdDepartamento, IdCategoria, IdSubcategoria) AS v
    LEFT JOIN (SELECT CAST(CONVERT(Upc USING utf8mb4) AS BINARY) AS Clave,
                      MIN(IdProveedores) AS IdProveedor
                 FROM productos
                WHERE CAST(CONVERT(Upc USING utf8mb4) AS BINARY) IN
                      (SELECT CAST(CONVERT(Upc USING utf8mb4) AS BINARY) FROM ventasdiarias
                        WHERE Fecha >= p_fecha AND Fecha < p_fecha + INTERVAL 1 DAY)
                GROUP BY Clave) AS p
      ON p.Clave = v.Clave;
END //
DELIMITER ;
