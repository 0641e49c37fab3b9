-- SPDX-License-Identifier: MIT
-- How long the memory is kept: for ever, unless head office calls this; can be run twice.
-- docs/database.md has the event that calls it every month.

-- Whatever mode the server has (ORACLE, ANSI_QUOTES): the script means the same, and a procedure keeps the
-- mode that it was made with: none may round or cut what it is given.
SET SESSION sql_mode = 'STRICT_TRANS_TABLES,STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION';

DELIMITER //

-- Of each day before p_hasta whose last change is older than p_limite one row is left, in the place of
-- that change: `recortado`. So the numbers of changes go on, and it is known that there were some.
-- In one transaction that keeps these days from being changed: a partition that is dropped would
-- take a change along that is recorded at that moment. Its file gets small again afterwards.
CREATE OR REPLACE PROCEDURE sp_recortar_particion(
    IN p_particion VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin, IN p_hasta DATE,
    IN p_limite DATE)
  MODIFIES SQL DATA SQL SECURITY INVOKER
  COMMENT 'Recorta los cambios viejos de los dias de una particion y las anteriores'
BEGIN
  DECLARE v_filas BIGINT;
  CREATE OR REPLACE TEMPORARY TABLE Recortados (
    IdSucursal INT NOT NULL, Fecha DATE NOT NULL, Cambio INT UNSIGNED NOT NULL,
    PRIMARY KEY (IdSucursal, Fecha)
  );
  SET TRANSACTION ISOLATION LEVEL REPEATABLE READ;
  START TRANSACTION;
  INSERT INTO Recortados
  SELECT IdSucursal, Fecha, MAX(Cambio) FROM HistorialDias WHERE Fecha < p_hasta
   GROUP BY IdSucursal, Fecha
  HAVING MAX(Instante) < p_limite AND (COUNT(*) > 1 OR MAX(Motivo) <> 'recortado');
  DELETE c FROM HistorialCambios AS c
    JOIN Recortados AS r ON r.IdSucursal = c.IdSucursal AND r.Fecha = c.Fecha
   WHERE c.Fecha < p_hasta;
  SET v_filas = ROW_COUNT();
  DELETE d FROM HistorialDias AS d
    JOIN Recortados AS r ON r.IdSucursal = d.IdSucursal AND r.Fecha = d.Fecha
   WHERE d.Fecha < p_hasta AND d.Cambio < r.Cambio;
  UPDATE HistorialDias AS d JOIN Recortados AS r USING (IdSucursal, Fecha, Cambio)
     SET d.Motivo = 'recortado', d.Actor = '', d.Cuenta = USER(),
         d.Nota = CONCAT('versiones 1 a ', d.Cambio, ', recortadas el ', UTC_DATE()),
         d.FilasAntes = NULL, d.UnidadesAntes = NULL, d.VentaAntes = NULL, d.CostoAntes = NULL,
         d.HuellaAntes = NULL;
  COMMIT;
  DROP TEMPORARY TABLE Recortados;
  IF v_filas > 0 THEN
    EXECUTE IMMEDIATE CONCAT('SET STATEMENT lock_wait_timeout = 10 FOR ALTER TABLE HistorialCambios REBUILD PARTITION ', p_particion);
  END IF;
END //

-- Keeps the memory of so many years: of the days that lie further back, a whole calendar year at a
-- time, it trims the changes that are as old. A change that is younger keeps its day's whole history.
-- For an administrator: it runs with the rights of who calls it, and no other account has them.
CREATE OR REPLACE PROCEDURE sp_recortar_historial(IN p_anios INT)
  MODIFIES SQL DATA SQL SECURITY INVOKER
  COMMENT 'Guarda el historial de tantos anios'
BEGIN
  DECLARE v_limite DATE DEFAULT UTC_DATE() - INTERVAL p_anios YEAR;
  IF p_anios IS NULL OR p_anios < 1 THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'Keep one year or more';
  END IF;
  FOR particion IN (SELECT PARTITION_NAME AS Nombre,
                           CAST(REPLACE(PARTITION_DESCRIPTION, '''', '') AS DATE) AS Hasta
                      FROM information_schema.PARTITIONS
                     WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'HistorialCambios'
                       AND PARTITION_DESCRIPTION <> 'MAXVALUE'
                     ORDER BY PARTITION_ORDINAL_POSITION)
  DO
    IF particion.Hasta <= v_limite THEN
      CALL sp_recortar_particion(particion.Nombre, particion.Hasta, v_limite);
    END IF;
  END FOR;
END //

DELIMITER ;
