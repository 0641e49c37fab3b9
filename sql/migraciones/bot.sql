-- SPDX-License-Identifier: MIT
-- From the Python bot's table (no key, repeated rows, DECIMAL(14,2)) to ours, branch by branch; run
-- in the database that holds ours, `central`, local and VPS; can be run twice. docs/migration.md
-- leads through it. The bot's table is only read; it is VentasAgrupadas_bot, by
--   RENAME TABLE VentasAgrupadas TO VentasAgrupadas_bot       in the same database, or
--   CREATE VIEW VentasAgrupadas_bot AS SELECT * FROM base_del_bot.VentasAgrupadas
-- While a branch is migrated neither the bot nor the daemon may write to it here.

-- Whatever mode the server has (ORACLE, ANSI_QUOTES): the script means the same, and a procedure keeps the
-- mode that it was made with: none may round or cut what it is given.
SET SESSION sql_mode = 'STRICT_TRANS_TABLES,STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION';

CREATE TABLE IF NOT EXISTS MigracionDias (
  IdSucursal  INT           NOT NULL,
  Fecha       DATE          NOT NULL,
  FilasBot    INT UNSIGNED  NOT NULL COMMENT 'las que tenia el bot',
  Filas       INT UNSIGNED  NOT NULL COMMENT 'las que quedaron',
  Copias      INT UNSIGNED  NOT NULL COMMENT 'repetidas con los mismos valores',
  Versiones   INT UNSIGNED  NOT NULL COMMENT 'repetidas con valores anteriores',
  Rechazadas  INT UNSIGNED  NOT NULL COMMENT 'sin codigo',
  Mayusculas  INT UNSIGNED  NOT NULL COMMENT 'codigos que solo difieren en mayusculas de otro',
  VentaBot    DECIMAL(24,4) NOT NULL COMMENT 'lo que sumaba el bot',
  Venta       DECIMAL(24,4) NOT NULL COMMENT 'lo que suma ahora',
  Reprocesar  BOOLEAN       NOT NULL COMMENT 'el demonio lo compara con el POS al arrancar',
  PRIMARY KEY (IdSucursal, Fecha)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin
  COMMENT='Lo que la migracion encontro en cada dia del bot';

CREATE TABLE IF NOT EXISTS MigracionFilas (
  IdSucursal     INT           NOT NULL,
  Fecha          DATE          NOT NULL,
  Upc            VARCHAR(255)  NULL,
  IdProveedor    INT           NOT NULL,
  IdDepartamento INT           NOT NULL,
  IdCategoria    INT           NOT NULL,
  IdSubcategoria INT           NOT NULL,
  Unidades       DECIMAL(18,4) NOT NULL,
  VentaTotal     DECIMAL(18,4) NOT NULL,
  CostoTotal     DECIMAL(18,4) NOT NULL,
  UltimaSync     DATETIME(3)   NOT NULL,
  Motivo         ENUM('copia','version','rechazada') NOT NULL,
  KEY ix_dia (IdSucursal, Fecha)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin
  COMMENT='Las filas del bot que no pasaron, y por que';

DELIMITER //

-- One day in one transaction: of the rows with the same key the newest stays. The ledger tells what
-- there is now. A day to be compared with the POS counts as never audited, which makes the daemon
-- do it first; of any other the bot's audit is taken for good, and it waits its turn.
CREATE OR REPLACE PROCEDURE sp_migrar_dia(IN p_id_sucursal INT, IN p_fecha DATE,
                                          IN p_reprocesar BOOLEAN)
  MODIFIES SQL DATA SQL SECURITY INVOKER
  COMMENT 'Pasa un dia de la tabla del bot a la nuestra'
BEGIN
  DECLARE v_aislamiento VARCHAR(20) CHARACTER SET utf8mb4 DEFAULT @@SESSION.tx_isolation;
  DECLARE EXIT HANDLER FOR SQLEXCEPTION
  BEGIN
    ROLLBACK;
    SET SESSION tx_isolation = v_aislamiento;
    RESIGNAL;
  END;
  CREATE OR REPLACE TEMPORARY TABLE MigracionHoy (
    Upc VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NULL,
    IdProveedor INT NOT NULL, IdDepartamento INT NOT NULL, IdCategoria INT NOT NULL,
    IdSubcategoria INT NOT NULL, Unidades DECIMAL(18,4) NOT NULL, VentaTotal DECIMAL(18,4) NOT NULL,
    CostoTotal DECIMAL(18,4) NOT NULL, UltimaSync DATETIME(3) NOT NULL,
    Orden INT NOT NULL, Igual BOOLEAN NOT NULL
  );
  -- What the day begins with is no change of it: the triggers look whether the ledger has it, which
  -- they can in this isolation alone.
  SET SESSION tx_isolation = 'READ-COMMITTED';
  START TRANSACTION;
  INSERT INTO MigracionHoy
  SELECT filas.*, ROW_NUMBER() OVER nueva,
         FIRST_VALUE(Unidades) OVER nueva = Unidades AND
         FIRST_VALUE(VentaTotal) OVER nueva = VentaTotal AND
         FIRST_VALUE(CostoTotal) OVER nueva = CostoTotal
    FROM (SELECT CONVERT(Upc USING utf8mb4) COLLATE utf8mb4_nopad_bin AS Upc,
                 COALESCE(IdProveedor, 0) AS IdProveedor,
                 COALESCE(IdDepartamento, 0) AS IdDepartamento,
                 COALESCE(IdCategoria, 0) AS IdCategoria,
                 COALESCE(IdSubcategoria, 0) AS IdSubcategoria,
                 COALESCE(Unidades, 0) AS Unidades, COALESCE(VentaTotal, 0) AS VentaTotal,
                 COALESCE(CostoTotal, 0) AS CostoTotal,
                 COALESCE(CONVERT_TZ(UltimaSync, @@SESSION.time_zone, '+00:00'), UltimaSync)
                   AS UltimaSync
            FROM VentasAgrupadas_bot
           WHERE IdSucursal = p_id_sucursal AND Fecha = p_fecha) AS filas
  WINDOW nueva AS (PARTITION BY Upc, IdProveedor, IdDepartamento, IdCategoria, IdSubcategoria
                   ORDER BY UltimaSync DESC, VentaTotal DESC, Unidades DESC, CostoTotal DESC);

  INSERT INTO VentasAgrupadas
         (Fecha, IdSucursal, Upc, IdProveedor, IdDepartamento, IdCategoria, IdSubcategoria,
          Unidades, VentaTotal, CostoTotal, UltimaSync)
  SELECT p_fecha, p_id_sucursal, Upc, IdProveedor, IdDepartamento, IdCategoria, IdSubcategoria,
         Unidades, VentaTotal, CostoTotal, UltimaSync
    FROM MigracionHoy WHERE Orden = 1 AND Upc <> '';

  INSERT INTO MigracionFilas
  SELECT p_id_sucursal, p_fecha, Upc, IdProveedor, IdDepartamento, IdCategoria, IdSubcategoria,
         Unidades, VentaTotal, CostoTotal, UltimaSync,
         IF(COALESCE(Upc, '') = '', 'rechazada', IF(Igual, 'copia', 'version'))
    FROM MigracionHoy WHERE Orden > 1 OR COALESCE(Upc, '') = '';

  -- Huella as in sp_audit_ventas_agrupadas.
  INSERT INTO SincronizacionDias
         (IdSucursal, Fecha, Filas, TotalUnidades, TotalVenta, TotalCosto, Huella,
          Revision, PrimeraSync, UltimaSync, UltimaVerificacion)
  SELECT p_id_sucursal, p_fecha, COUNT(*), COALESCE(SUM(Unidades), 0),
         COALESCE(SUM(VentaTotal), 0), COALESCE(SUM(CostoTotal), 0),
         CAST(MOD(COALESCE(SUM(CAST(CONV(LEFT(SHA2(
           CONCAT_WS('|', Fecha, IdSucursal, IdProveedor, IdDepartamento, IdCategoria,
                     IdSubcategoria, Unidades, VentaTotal, CostoTotal, Upc),
           256), 16), 16, 10) AS UNSIGNED)), 0), 18446744073709551616) AS UNSIGNED),
         1, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3),
         IF(p_reprocesar, '1970-01-01', UTC_TIMESTAMP(3))
    FROM VentasAgrupadas
   WHERE IdSucursal = p_id_sucursal AND Fecha = p_fecha;

  INSERT INTO HistorialDias
         (IdSucursal, Fecha, Cambio, Revision, Instante, Motivo, Actor, Cuenta, Nota,
          Filas, Unidades, Venta, Costo, Huella)
  SELECT IdSucursal, Fecha, 1, Revision, UltimaSync, 'migrado', '', USER(), '', Filas,
         TotalUnidades, TotalVenta, TotalCosto, Huella
    FROM SincronizacionDias
   WHERE IdSucursal = p_id_sucursal AND Fecha = p_fecha;

  INSERT INTO MigracionDias
  SELECT p_id_sucursal, p_fecha, COUNT(*), SUM(Orden = 1 AND Con), SUM(Orden > 1 AND Con AND Igual),
         SUM(Orden > 1 AND Con AND NOT Igual), SUM(NOT Con),
         COUNT(DISTINCT IF(Con, Upc, NULL))
           - COUNT(DISTINCT IF(Con, Upc, NULL) COLLATE utf8mb4_general_nopad_ci),
         SUM(VentaTotal), COALESCE(SUM(IF(Orden = 1 AND Con, VentaTotal, 0)), 0), p_reprocesar
    FROM (SELECT MigracionHoy.*, COALESCE(Upc, '') <> '' AS Con FROM MigracionHoy) AS hoy;
  COMMIT;
  SET SESSION tx_isolation = v_aislamiento;
  DROP TEMPORARY TABLE MigracionHoy;
END //

-- All days of a branch that the ledger does not have yet; what is of no day that can have sales stays where it is. p_desde: the first day that the POS still
-- has, SELECT MIN(Fecha) FROM ventasdiarias; days from then on are compared with it, older ones
-- stay as the bot left them.
--   -> Dias, FilasBot, Filas, Copias, Versiones, Rechazadas, Reprocesar of all that was migrated
CREATE OR REPLACE PROCEDURE sp_migrar_bot(IN p_id_sucursal INT, IN p_desde DATE)
  MODIFIES SQL DATA SQL SECURITY INVOKER
  COMMENT 'Pasa una sucursal de la tabla del bot a la nuestra'
BEGIN
  IF p_id_sucursal IS NULL OR p_desde IS NULL THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT =
      'Give the branch and the first day that its POS still has';
  END IF;
  FOR dia IN (SELECT DISTINCT b.Fecha FROM VentasAgrupadas_bot AS b
               WHERE b.IdSucursal = p_id_sucursal AND fn_dia_posible(b.Fecha)
                 AND NOT EXISTS (SELECT 1 FROM SincronizacionDias AS l
                                  WHERE l.IdSucursal = p_id_sucursal AND l.Fecha = b.Fecha)
               ORDER BY b.Fecha)
  DO
    CALL sp_migrar_dia(p_id_sucursal, dia.Fecha, dia.Fecha >= p_desde);
  END FOR;
  SELECT COUNT(*) AS Dias, SUM(FilasBot) AS FilasBot, SUM(Filas) AS Filas, SUM(Copias) AS Copias,
         SUM(Versiones) AS Versiones, SUM(Rechazadas) AS Rechazadas, SUM(Reprocesar) AS Reprocesar
    FROM MigracionDias WHERE IdSucursal = p_id_sucursal;
END //

DELIMITER ;
