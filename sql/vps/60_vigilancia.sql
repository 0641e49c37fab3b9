-- SPDX-License-Identifier: MIT
-- The watch: ends what an account of a branch or of an analyst leaves open while others wait, and what
-- takes too long or too much memory; can be run twice. A session can lift every limit that its account has
-- (max_statement_time, max_session_mem_used), and has its locks where it says so (SERIALIZABLE): only somebody
-- else can end it. Needs event_scheduler=ON, and of who runs this script PROCESS and CONNECTION ADMIN.

-- Whatever mode the server has (ORACLE, ANSI_QUOTES): the script means the same, and a procedure keeps the
-- mode that it was made with: none may round or cut what it is given.
SET SESSION sql_mode = 'STRICT_TRANS_TABLES,STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION';

CREATE TABLE IF NOT EXISTS VigilanciaLimites (
  Rol         VARCHAR(80)  NOT NULL COMMENT 'el que tienen las cuentas',
  Estorbo     INT UNSIGNED NOT NULL COMMENT 'segundos que otra cuenta espera por sus filas',
  Inactiva    INT UNSIGNED NOT NULL COMMENT 'segundos sin pedir nada, con una transaccion abierta',
  Transaccion INT UNSIGNED NOT NULL COMMENT 'segundos de una transaccion',
  Consulta    INT UNSIGNED NOT NULL COMMENT 'segundos de una consulta',
  Memoria     INT UNSIGNED NOT NULL COMMENT 'MiB de una conexion',
  PRIMARY KEY (Rol)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin
  COMMENT='Hasta donde deja la vigilancia; se cambian con UPDATE';

INSERT IGNORE INTO VigilanciaLimites VALUES
  ('consolidador_sucursal', 10, 300, 14400, 3600,  256),
  ('consolidador_analista', 10, 600, 14400, 3600, 1024);

CREATE TABLE IF NOT EXISTS Vigilancia (
  Numero   BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  Instante DATETIME(3)     NOT NULL COMMENT 'UTC',
  Cuenta   VARCHAR(384)    NOT NULL COMMENT 'la de la conexion; vacia: una transaccion preparada, que no dice de quien es',
  Conexion BIGINT UNSIGNED NOT NULL,
  Motivo   ENUM('estorba','inactiva','transaccion','consulta','memoria','preparada') NOT NULL,
  Segundos INT UNSIGNED    NOT NULL COMMENT 'que llevaba',
  Memoria  INT UNSIGNED    NOT NULL COMMENT 'MiB que tenia',
  EnEspera VARCHAR(1000)   NOT NULL COMMENT 'las cuentas que esperaban por sus filas: sucursal_7,sucursal_9',
  Cortada  BOOLEAN         NOT NULL COMMENT 'no: la termina quien administra',
  PRIMARY KEY (Numero)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin
  COMMENT='Lo que la vigilancia termino, y de quien era; las ultimas diez mil';

DELIMITER //

-- Who waits for whose rows, in seconds. A transaction that only reads has the number 0, and others may have it, too.
CREATE OR REPLACE SQL SECURITY INVOKER VIEW VigilanciaEsperas AS
  SELECT estorba.trx_mysql_thread_id AS Conexion, espera.trx_mysql_thread_id AS EnEspera,
         UNIX_TIMESTAMP(SYSDATE()) - UNIX_TIMESTAMP(espera.trx_wait_started) AS Segundos
    FROM information_schema.INNODB_LOCK_WAITS AS l
    JOIN information_schema.INNODB_TRX AS espera ON espera.trx_id = l.requesting_trx_id
    JOIN information_schema.INNODB_TRX AS estorba
      ON estorba.trx_id = l.blocking_trx_id AND estorba.trx_state = 'RUNNING' AND estorba.trx_rows_locked > 0 //

-- All connections with what the watch asks of them. Without a role: of an administrator, whom it only tells of.
CREATE OR REPLACE SQL SECURITY INVOKER VIEW VigilanciaConexiones AS
  SELECT p.ID AS Conexion, CONCAT(p.USER, '@', SUBSTRING_INDEX(p.HOST, ':', 1)) AS Cuenta,
         (SELECT MIN(r.Role) FROM mysql.roles_mapping AS r
           WHERE r.User = CONVERT(p.USER USING utf8mb3) COLLATE utf8mb3_bin AND r.Admin_option = 'N'
             AND r.Role IN (SELECT Rol FROM VigilanciaLimites)) AS Rol,
         p.COMMAND = 'Sleep' AS Inactiva, FLOOR(p.TIME_MS / 1000) AS Segundos,
         FLOOR(p.MEMORY_USED / 1048576) AS Memoria,
         t.trx_isolation_level <> 'READ COMMITTED' AS Aislada,
         UNIX_TIMESTAMP(SYSDATE()) - UNIX_TIMESTAMP(t.trx_started) AS Abierta,
         (SELECT MAX(e.Segundos) FROM VigilanciaEsperas AS e
            JOIN information_schema.PROCESSLIST AS o ON o.ID = e.EnEspera AND o.USER <> p.USER
           WHERE e.Conexion = p.ID) AS Esperan,
         (SELECT LEFT(GROUP_CONCAT(DISTINCT o.USER ORDER BY o.USER), 1000) FROM VigilanciaEsperas AS e
            JOIN information_schema.PROCESSLIST AS o ON o.ID = e.EnEspera AND o.USER <> p.USER
           WHERE e.Conexion = p.ID) AS EnEspera
    FROM information_schema.PROCESSLIST AS p
    LEFT JOIN information_schema.INNODB_TRX AS t ON t.trx_mysql_thread_id = p.ID
   WHERE p.COMMAND NOT IN ('Killed', 'Daemon') //

-- Those that are beyond a limit. Who writes as a branch does, READ COMMITTED and without pause, may keep others
-- waiting sixty times as long as who does not: a large day over a slow line is no attack.
CREATE OR REPLACE SQL SECURITY INVOKER VIEW VigilanciaExcesos AS
  SELECT c.Conexion, c.Cuenta, c.Rol, c.Memoria, COALESCE(c.EnEspera, '') AS EnEspera,
         GREATEST(c.Segundos, COALESCE(c.Abierta, 0)) AS Segundos,
         CASE WHEN c.Esperan >= l.Estorbo
                   AND (c.Aislada OR c.Inactiva AND c.Segundos >= l.Estorbo OR c.Abierta >= 60 * l.Estorbo)
                THEN 'estorba'
              WHEN c.Rol IS NULL THEN NULL
              WHEN c.Inactiva AND c.Abierta IS NOT NULL AND c.Segundos >= l.Inactiva THEN 'inactiva'
              WHEN c.Abierta >= l.Transaccion THEN 'transaccion'
              WHEN NOT c.Inactiva AND c.Segundos >= l.Consulta THEN 'consulta'
              WHEN c.Memoria >= l.Memoria THEN 'memoria' END AS Motivo
    FROM VigilanciaConexiones AS c
    JOIN VigilanciaLimites AS l ON l.Rol = COALESCE(c.Rol, 'consolidador_sucursal') //

-- Ends a connection; one that has just gone by itself is none.
CREATE OR REPLACE PROCEDURE sp_cortar(IN p_conexion BIGINT UNSIGNED, OUT p_cortada BOOLEAN)
  MODIFIES SQL DATA SQL SECURITY INVOKER
  COMMENT 'Corta una conexion'
BEGIN
  DECLARE EXIT HANDLER FOR 1094 SET p_cortada = FALSE;
  EXECUTE IMMEDIATE CONCAT('KILL CONNECTION ', p_conexion);
  SET p_cortada = TRUE;
END //

-- Keeps a line; without one where somebody holds the lines: the watch waits for nobody.
CREATE OR REPLACE PROCEDURE sp_anotar_vigilancia(
    IN p_cuenta VARCHAR(384) CHARACTER SET utf8mb4, IN p_conexion BIGINT UNSIGNED,
    IN p_motivo VARCHAR(20) CHARACTER SET utf8mb4, IN p_segundos INT UNSIGNED, IN p_memoria INT UNSIGNED,
    IN p_en_espera VARCHAR(1000) CHARACTER SET utf8mb4, IN p_cortada BOOLEAN)
  MODIFIES SQL DATA SQL SECURITY INVOKER
  COMMENT 'Guarda una linea de la vigilancia'
BEGIN
  DECLARE EXIT HANDLER FOR 1205 BEGIN END;
  INSERT INTO Vigilancia (Instante, Cuenta, Conexion, Motivo, Segundos, Memoria, EnEspera, Cortada)
  SELECT UTC_TIMESTAMP(3), p_cuenta, p_conexion, p_motivo, p_segundos, p_memoria, p_en_espera, p_cortada
    FROM DUAL
   WHERE p_cortada OR NOT EXISTS (SELECT 1 FROM Vigilancia
                                   WHERE Cuenta = p_cuenta AND Conexion = p_conexion AND Motivo = p_motivo
                                     AND Instante > UTC_TIMESTAMP() - INTERVAL 30 SECOND);
  DELETE FROM Vigilancia WHERE Numero <= CAST(LAST_INSERT_ID() AS SIGNED) - 10000;
END //

-- One round. INNODB_TRX has the times of the system's zone.
CREATE OR REPLACE PROCEDURE sp_vigilar()
  MODIFIES SQL DATA SQL SECURITY INVOKER
  COMMENT 'Termina lo que pasa de los limites'
BEGIN
  DECLARE v_zona VARCHAR(64) CHARACTER SET utf8mb4 DEFAULT @@SESSION.time_zone;
  DECLARE v_espera INT DEFAULT @@SESSION.innodb_lock_wait_timeout;
  DECLARE v_cortada BOOLEAN;
  DECLARE EXIT HANDLER FOR SQLEXCEPTION
  BEGIN
    SET SESSION time_zone = v_zona, SESSION innodb_lock_wait_timeout = v_espera;
    RESIGNAL;
  END;
  SET SESSION time_zone = 'SYSTEM', SESSION innodb_lock_wait_timeout = 1;
  FOR exceso IN (SELECT * FROM VigilanciaExcesos WHERE Motivo IS NOT NULL)
  DO
    SET v_cortada = FALSE;
    IF exceso.Rol IS NOT NULL THEN
      CALL sp_cortar(exceso.Conexion, v_cortada);
    END IF;
    IF v_cortada OR exceso.Rol IS NULL THEN
      CALL sp_anotar_vigilancia(exceso.Cuenta, exceso.Conexion, exceso.Motivo, exceso.Segundos, exceso.Memoria,
                                exceso.EnEspera, v_cortada);
    END IF;
  END FOR;
  FOR preparada IN (SELECT t.trx_id AS Numero, UNIX_TIMESTAMP(SYSDATE()) - UNIX_TIMESTAMP(t.trx_started) AS Segundos
                      FROM information_schema.INNODB_TRX AS t WHERE t.trx_mysql_thread_id = 0)
  DO
    IF preparada.Segundos >= (SELECT Inactiva FROM VigilanciaLimites WHERE Rol = 'consolidador_sucursal') THEN
      CALL sp_anotar_vigilancia('', preparada.Numero, 'preparada', preparada.Segundos, 0, '', FALSE);
    END IF;
  END FOR;
  SET SESSION time_zone = v_zona, SESSION innodb_lock_wait_timeout = v_espera;
END //

CREATE EVENT IF NOT EXISTS ev_vigilar
  ON SCHEDULE EVERY 2 SECOND
  COMMENT 'Termina lo que pasa de los limites'
  DO CALL sp_vigilar() //

-- What a branch is told: who has kept it waiting.
CREATE OR REPLACE SQL SECURITY DEFINER VIEW sucursales.Vigilancia AS
  SELECT Instante, Cuenta, Motivo, Segundos, Cortada
    FROM Vigilancia
   WHERE FIND_IN_SET(REGEXP_SUBSTR(USER() COLLATE utf8mb3_bin, '^sucursal_[1-9][0-9]*(?=@[^@]*$)'), EnEspera) //

GRANT SELECT ON sucursales.Vigilancia TO consolidador_sucursal //

DELIMITER ;
