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

-- Makes the account sucursal_<id> with the rights of a branch and no others, or puts an existing
-- one right, with this as its only password.
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
  EXECUTE IMMEDIATE CONCAT('ALTER USER ', v_cuenta, ' IDENTIFIED BY ', QUOTE(p_clave),
    ' REQUIRE SSL WITH MAX_USER_CONNECTIONS 10 MAX_STATEMENT_TIME 900 ACCOUNT UNLOCK');
  INSERT INTO Sucursales (IdSucursal, Nombre, Alta, Baja) VALUES (p_id, p_nombre, UTC_DATE(), NULL)
  ON DUPLICATE KEY UPDATE Nombre = VALUES(Nombre), Baja = NULL;
END //

-- Takes the account away and ends its connections; what the branch has sent stays.
CREATE OR REPLACE PROCEDURE sp_baja_sucursal(IN p_id INT)
  MODIFIES SQL DATA SQL SECURITY INVOKER
  COMMENT 'Da de baja la cuenta de una sucursal; sus datos quedan'
BEGIN
  EXECUTE IMMEDIATE CONCAT('DROP USER IF EXISTS ''sucursal_', p_id, '''@''%''');
  EXECUTE IMMEDIATE CONCAT('KILL CONNECTION USER ''sucursal_', p_id, '''');
  UPDATE Sucursales SET Baja = COALESCE(Baja, UTC_DATE()) WHERE IdSucursal = p_id;
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

-- Ends the change: only the new password is valid.
CREATE OR REPLACE PROCEDURE sp_terminar_rotacion(IN p_id INT)
  MODIFIES SQL DATA SQL SECURITY INVOKER
  COMMENT 'Retira la clave anterior'
BEGIN
  DECLARE v_nueva VARCHAR(100) CHARACTER SET utf8mb4;
  SELECT JSON_VALUE(Priv, '$.auth_or[1].authentication_string') INTO v_nueva
    FROM mysql.global_priv
   WHERE Host = '%' AND User = CONCAT('sucursal_', p_id);
  IF v_nueva IS NULL THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'There is no such account, or no change was begun';
  END IF;
  EXECUTE IMMEDIATE CONCAT('ALTER USER ''sucursal_', p_id,
    '''@''%'' IDENTIFIED VIA mysql_native_password USING ', QUOTE(v_nueva));
END //

DELIMITER ;
