-- SPDX-License-Identifier: MIT
-- One partition a year, made ahead without human help. What lies beyond the last year is kept in p_futuro
-- until then, so that a missed event loses nothing. Needs event_scheduler=ON; can be run twice.

-- Whatever mode the server has (ORACLE, ANSI_QUOTES): the script means the same, and a procedure keeps the
-- mode that it was made with: none may round or cut what it is given.
SET SESSION sql_mode = 'STRICT_TRANS_TABLES,STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION';

DELIMITER //

-- Makes the yearly partitions of a table up to this year plus p_anios. Whoever has the table open in a transaction, a
-- report say, keeps ALTER TABLE waiting, and behind it everybody else: so it waits for a second, lets them through, and
-- tries again, ten times. There is time: the partitions are made years ahead, and the event comes every day.
CREATE OR REPLACE PROCEDURE sp_asegurar_particiones_de(
    IN p_tabla VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin, IN p_anios INT)
  MODIFIES SQL DATA
  COMMENT 'Crea las particiones anuales que le faltan a una tabla'
BEGIN
  DECLARE v_anio INT;
  DECLARE v_intentos INT DEFAULT 0;
  DECLARE v_particiones LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT '';

  -- The year that starts where the last bounded partition ends. A server on Windows keeps the names of tables in
  -- small letters.
  SELECT MAX(YEAR(REPLACE(PARTITION_DESCRIPTION, '''', ''))) INTO v_anio
    FROM information_schema.PARTITIONS
   WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = p_tabla COLLATE utf8mb4_general_ci
     AND PARTITION_DESCRIPTION <> 'MAXVALUE';

  WHILE v_anio <= YEAR(UTC_DATE()) + p_anios DO
    SET v_particiones = CONCAT(v_particiones, 'PARTITION p', v_anio,
                               ' VALUES LESS THAN (''', v_anio + 1, '-01-01''), ');
    SET v_anio = v_anio + 1;
  END WHILE;

  WHILE v_particiones <> '' DO
    BEGIN
      DECLARE EXIT HANDLER FOR 1205
      BEGIN
        SET v_intentos = v_intentos + 1;
        IF v_intentos = 10 THEN
          SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT =
            'Open transactions keep the table from being changed (information_schema.INNODB_TRX): call this again';
        END IF;
        DO SLEEP(1);
      END;
      EXECUTE IMMEDIATE CONCAT('ALTER TABLE ', p_tabla, ' WAIT 1 REORGANIZE PARTITION p_futuro INTO (',
                               v_particiones, 'PARTITION p_futuro VALUES LESS THAN (MAXVALUE))');
      SET v_particiones = '';
    END;
  END WHILE;
END //

-- The same for all tables that have them.
CREATE OR REPLACE PROCEDURE sp_asegurar_particiones(IN p_anios INT)
  MODIFIES SQL DATA
  COMMENT 'Crea las particiones anuales que faltan'
BEGIN
  CALL sp_asegurar_particiones_de('VentasAgrupadas', p_anios);
  CALL sp_asegurar_particiones_de('HistorialDias', p_anios);
  CALL sp_asegurar_particiones_de('HistorialCambios', p_anios);
  CALL sp_asegurar_particiones_de('FilasRechazadas', p_anios);
END //

-- Before the event, whose first run would compete with this one.
CALL sp_asegurar_particiones(5) //

CREATE EVENT IF NOT EXISTS ev_asegurar_particiones
  ON SCHEDULE EVERY 1 DAY
  COMMENT 'Particiones de los proximos anios'
  DO CALL sp_asegurar_particiones(5) //

-- That of earlier versions came once a month, for two years; whether it is enabled stays.
ALTER EVENT ev_asegurar_particiones
  ON SCHEDULE EVERY 1 DAY
  DO CALL sp_asegurar_particiones(5) //

DELIMITER ;
