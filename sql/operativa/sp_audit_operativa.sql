-- SPDX-License-Identifier: MIT
-- The day's totals straight from the till lines, without any join: what the extraction must add up to.
-- Drop-in for the procedure of today's installations. Runs on MariaDB and MySQL; can be run twice.
--
--   CALL sp_audit_operativa('2026-01-05');
--   -> TotalUnidades, TotalVenta, TotalCosto

-- Whatever mode the server has (ORACLE, ANSI_QUOTES): the script means the same, and a procedure keeps the
-- mode that it was made with: none may round or cut what it is given.
SET SESSION sql_mode = 'STRICT_TRANS_TABLES,STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION';

-- MariaDB replaces it atomically and keeps the accounts' rights to it; MySQL has to drop it first, and the
-- rights must be granted again.
/*!50700 DROP PROCEDURE IF EXISTS sp_audit_operativa */;

DELIMITER //
CREATE /*M!100103 OR REPLACE */ PROCEDURE sp_audit_operativa(IN p_fecha DATE)
  READS SQL DATA
  COMMENT 'Totales del dia en la base operativa'
BEGIN
  SELECT COALESCE(SUM(Cantidad), 0) AS TotalUnidades,
         COALESCE(SUM(MontoTotal), 0) AS TotalVenta,
         COALESCE(SUM(CostoTotal), 0) AS TotalCosto
    FROM ventasdiarias
   WHERE Fecha >= p_fecha AND Fecha < p_fecha + INTERVAL 1 DAY;
END //
DELIMITER ;
