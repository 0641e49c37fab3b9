-- SPDX-License-Identifier: MIT
-- The branches' accounts: procedures for the administrator that run with the rights of the caller.
--   CALL central.sp_alta_sucursal(7, 'Centro', 'a long random password');
-- Passwords are random and long (openssl rand -base64 24). Call them over the socket, for the
-- statement holds the password.

-- Whatever mode the server has (ORACLE, ANSI_QUOTES): the script means the same, and a procedure keeps the
-- mode that it was made with: none may round or cut what it is given.
SET SESSION sql_mode = 'STRICT_TRANS_TABLES,STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION';

CREATE TABLE IF NOT EXISTS Sucursales (
  IdSucursal INT          NOT NULL,
  Nombre     VARCHAR(100) NOT NULL,
  Alta       DATE         NOT NULL,
  Baja       DATE         NULL COMMENT 'NULL: activa',
  PRIMARY KEY (IdSucursal)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin
  COMMENT='Las sucursales que la central espera';

DELIMITER //

-- Refuses what is not a branch's number or a password worth the name.
CREATE OR REPLACE PROCEDURE sp_comprobar_cuenta(IN p_id INT, IN p_clave VARCHAR(200))
  NO SQL SQL SECURITY INVOKER
BEGIN
  IF p_id IS NULL OR p_id < 1 THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'IdSucursal is a number from 1 up';
  END IF;
  IF p_clave IS NULL OR CHAR_LENGTH(p_clave) < 16 THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'The password needs 16 characters or more';
  END IF;
END //

-- Ends the connections of an account that nobody can enter any more, and waits until the server has let go of
-- them: what one of them has done is rolled back first. p_quedan: those that it had not ended in half a minute.
CREATE OR REPLACE PROCEDURE sp_desalojar(IN p_id INT, OUT p_quedan INT)
  READS SQL DATA SQL SECURITY INVOKER
  COMMENT 'Corta las conexiones de una cuenta y espera a que terminen'
BEGIN
  DECLARE v_intentos INT DEFAULT 0;
  REPEAT
    EXECUTE IMMEDIATE CONCAT('KILL CONNECTION USER ''sucursal_', p_id, '''');
    DO SLEEP(IF(v_intentos = 0, 0, 0.1));
    SELECT COUNT(*) INTO p_quedan FROM information_schema.PROCESSLIST
     WHERE CAST(USER AS BINARY) = CONCAT('sucursal_', p_id);
    SET v_intentos = v_intentos + 1;
  UNTIL p_quedan = 0 OR v_intentos > 300 END REPEAT;
END //

-- Gives an account this as its only password, p_clave as the server keeps it, while nobody is in it nor can enter:
-- a connection that is left could set a password of its own. The second look is for one that was
-- being let in when the account was locked.
CREATE OR REPLACE PROCEDURE sp_dejar_clave(IN p_id INT, IN p_clave VARCHAR(100))
  MODIFIES SQL DATA SQL SECURITY INVOKER
  COMMENT 'Deja una sola clave y ninguna conexion'
BEGIN
  DECLARE v_cuenta VARCHAR(80) CHARACTER SET utf8mb4
    DEFAULT CONCAT('''sucursal_', p_id, '''@''%''');
  DECLARE v_clave VARCHAR(200) CHARACTER SET utf8mb4
    DEFAULT CONCAT(' IDENTIFIED VIA mysql_native_password USING ', QUOTE(p_clave));
  DECLARE v_quedan INT;
  EXECUTE IMMEDIATE CONCAT('ALTER USER ', v_cuenta, ' ACCOUNT LOCK');
  CALL sp_desalojar(p_id, v_quedan);
  EXECUTE IMMEDIATE CONCAT('ALTER USER ', v_cuenta, v_clave, ' ACCOUNT LOCK');
  CALL sp_desalojar(p_id, v_quedan);
  EXECUTE IMMEDIATE CONCAT('ALTER USER ', v_cuenta, v_clave, ' ACCOUNT UNLOCK');
  IF v_quedan > 0 THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT =
      'The password is changed, but connections of the account are still ending: SHOW PROCESSLIST';
  END IF;
END //

-- Makes the account sucursal_<id> with the rights of a branch and no others, or puts an existing
-- one right, with this as its only password and without the connections that it had.
CREATE OR REPLACE PROCEDURE sp_alta_sucursal(IN p_id INT, IN p_nombre VARCHAR(100),
                                             IN p_clave VARCHAR(200))
  MODIFIES SQL DATA SQL SECURITY INVOKER
  COMMENT 'Da de alta la cuenta de una sucursal'
BEGIN
  DECLARE v_cuenta VARCHAR(80) CHARACTER SET utf8mb4
    DEFAULT CONCAT('''sucursal_', p_id, '''@''%''');
  CALL sp_comprobar_cuenta(p_id, p_clave);
  EXECUTE IMMEDIATE CONCAT('CREATE USER IF NOT EXISTS ', v_cuenta, ' ACCOUNT LOCK');
  EXECUTE IMMEDIATE CONCAT('GRANT consolidador_sucursal TO ', v_cuenta);
  EXECUTE IMMEDIATE CONCAT('SET DEFAULT ROLE consolidador_sucursal FOR ', v_cuenta);
  EXECUTE IMMEDIATE CONCAT('ALTER USER ', v_cuenta,
    ' REQUIRE SSL WITH MAX_USER_CONNECTIONS 10 MAX_STATEMENT_TIME 900 ACCOUNT LOCK');
  INSERT INTO Sucursales (IdSucursal, Nombre, Alta, Baja) VALUES (p_id, p_nombre, UTC_DATE(), NULL)
  ON DUPLICATE KEY UPDATE Nombre = VALUES(Nombre), Baja = NULL;
  CALL sp_dejar_clave(p_id, PASSWORD(p_clave));
END //

-- Takes the account away and ends its connections; what the branch has sent stays. A transaction that one of
-- them has prepared (XA) outlives its connection and its account, with the rows that it holds, and the server does
-- not tell whose it is: each that is there is shown, for nothing of ours makes one. Nothing waits for
-- it, and the heartbeat, which head office sees, goes last: a call that fails can be repeated.
CREATE OR REPLACE PROCEDURE sp_baja_sucursal(IN p_id INT)
  MODIFIES SQL DATA SQL SECURITY INVOKER
  COMMENT 'Da de baja la cuenta de una sucursal; sus datos quedan'
BEGIN
  DECLARE v_quedan, v_preparadas INT;
  DECLARE v_intentos INT DEFAULT 0;
  EXECUTE IMMEDIATE CONCAT('DROP USER IF EXISTS ''sucursal_', p_id, '''@''%''');
  CALL sp_desalojar(p_id, v_quedan);
  SET STATEMENT innodb_lock_wait_timeout = 5 FOR
  UPDATE Sucursales SET Baja = COALESCE(Baja, UTC_DATE()) WHERE IdSucursal = p_id;
  IF v_quedan > 0 THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT =
      'The account is gone, but its connections are still ending: SHOW PROCESSLIST; then call this again';
  END IF;
  -- For a moment the server shows some of its own and what has just ended.
  REPEAT
    SELECT COUNT(*) INTO v_preparadas FROM information_schema.INNODB_TRX WHERE trx_mysql_thread_id = 0;
    SET v_intentos = v_intentos + 1;
    DO SLEEP(IF(v_preparadas = 0, 0, 0.2));
  UNTIL v_preparadas = 0 OR v_intentos > 10 END REPEAT;
  IF v_preparadas > 0 THEN
    XA RECOVER FORMAT = 'SQL';
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT =
      'The account is gone; a prepared transaction is left: end it by XA ROLLBACK and what XA RECOVER FORMAT=''SQL'' says, call again';
  END IF;
  SET STATEMENT innodb_lock_wait_timeout = 5 FOR
  DELETE FROM EstadoSucursales WHERE IdSucursal = p_id;
END //

-- Begins a change of password: the old and the new one are both valid until sp_terminar_rotacion.
CREATE OR REPLACE PROCEDURE sp_rotar_clave(IN p_id INT, IN p_clave VARCHAR(200))
  MODIFIES SQL DATA SQL SECURITY INVOKER
  COMMENT 'Agrega una segunda clave valida'
BEGIN
  DECLARE v_anterior VARCHAR(100) CHARACTER SET utf8mb4;
  CALL sp_comprobar_cuenta(p_id, p_clave);
  SELECT JSON_VALUE(Priv, '$.authentication_string') INTO v_anterior
    FROM mysql.global_priv
   WHERE Host = '%' AND User = CONCAT('sucursal_', p_id) AND NOT JSON_EXISTS(Priv, '$.auth_or[1]');
  IF v_anterior IS NULL THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT =
      'There is no such account, or its change is not ended yet';
  END IF;
  EXECUTE IMMEDIATE CONCAT('ALTER USER ''sucursal_', p_id, '''@''%'' IDENTIFIED VIA ',
    'mysql_native_password USING ', QUOTE(v_anterior),
    ' OR mysql_native_password USING PASSWORD(', QUOTE(p_clave), ')');
END //

-- Ends the change: only the new password is valid, and who is in with any other is put out.
CREATE OR REPLACE PROCEDURE sp_terminar_rotacion(IN p_id INT)
  MODIFIES SQL DATA SQL SECURITY INVOKER
  COMMENT 'Retira la clave anterior y corta las conexiones'
BEGIN
  DECLARE v_nueva VARCHAR(100) CHARACTER SET utf8mb4;
  SELECT JSON_VALUE(Priv, '$.auth_or[1].authentication_string') INTO v_nueva
    FROM mysql.global_priv
   WHERE Host = '%' AND User = CONCAT('sucursal_', p_id);
  IF v_nueva IS NULL THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'There is no such account, or no change was begun';
  END IF;
  CALL sp_dejar_clave(p_id, v_nueva);
END //

DELIMITER ;
