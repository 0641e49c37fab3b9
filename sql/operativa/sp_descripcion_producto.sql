-- SPDX-License-Identifier: MIT
-- What a product is called, for people who look at differences. Optional: without it they see codes
-- alone. An installation whose productos names the column otherwise puts its own name here. Runs on
-- MariaDB and MySQL; can be run twice.
--
--   CALL sp_descripcion_producto('7501000111112');
--   -> Descripcion; no row where the code is not known
--
-- The code is compared byte by byte, as in sp_select_ventas_diarias; the first condition serves the index
-- where the column has that collation.

-- MariaDB replaces it atomically and keeps the accounts' rights to it; MySQL has to drop it first, and the
-- rights must be granted again.
/*!50700 DROP PROCEDURE IF EXISTS sp_descripcion_producto */;

DELIMITER //
CREATE /*M!100103 OR REPLACE */ PROCEDURE sp_descripcion_producto(IN p_upc VARCHAR(20) CHARACTER SET utf8mb4)
  READS SQL DATA
  COMMENT 'Descripcion de un producto'
BEGIN
  SELECT Descripcion
    FROM productos
   WHERE Upc = CONVERT(p_upc USING utf8mb4) COLLATE utf8mb4_general_ci
     AND CAST(CONVERT(Upc USING utf8mb4) AS BINARY) = CAST(CONVERT(p_upc USING utf8mb4) AS BINARY)
   ORDER BY IdProveedores IS NULL, IdProveedores
   LIMIT 1;
END //
DELIMITER ;
