-- SPDX-License-Identifier: MIT
-- The day of the newest sale: one to come tells that a clock is wrong, or a date. Optional: without it only
-- the month to come is looked at, day by day. Runs on MariaDB and MySQL; can be run twice.
--
--   CALL sp_ultima_venta();
--   -> UltimaVenta; NULL where there are no sales

-- MariaDB replaces it atomically and keeps the accounts' rights to it; MySQL has to drop it first, and the
-- rights must be granted again.
/*!50700 DROP PROCEDURE IF EXISTS sp_ultima_venta */;

DELIMITER //
CREATE /*M!100103 OR REPLACE */ PROCEDURE sp_ultima_venta()
  READS SQL DATA
  COMMENT 'Dia de la venta mas reciente'
BEGIN
  SELECT DATE(MAX(Fecha)) AS UltimaVenta FROM ventasdiarias;
END //
DELIMITER ;
