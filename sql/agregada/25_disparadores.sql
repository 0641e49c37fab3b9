-- SPDX-License-Identifier: MIT
-- The memory's eyes: what happens to the rows of a day, whoever does it, is noted before the old
-- values are gone; can be run twice. Where the server writes a binary log, making triggers needs
-- log_bin_trust_function_creators or SUPER.
--
-- A program that knows the memory says of a change that belongs into the history why it is made
-- (@consolidador_motivo). What a session says can only have more noted, never less of a day that has
-- closed and was recorded: there the tables and the server's own clock decide. sp_registrar_dia puts
-- it into the history or drops it.

-- Whatever mode the server has (ORACLE, ANSI_QUOTES): the script means the same, and a procedure keeps the
-- mode that it was made with: none may round or cut what it is given.
SET SESSION sql_mode = 'STRICT_TRANS_TABLES,STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION';

DELIMITER //

-- Whether what happens to a day's rows is to be noted: where a reason was given, and of each day that
-- is in the ledger, or of which something is noted already. Not the open day's growth, where
-- the program says that it knows the memory (@consolidador_memoria), the day has no history yet and no
-- look has closed it, which none can before its end, ten hours of it, UTC, in the branches farthest east:
-- noon of the next day, UTC, has every branch's day behind it. All is read as it is now, whatever older
-- state the transaction sees, and the day's row in the ledger is locked: whoever records the day waits for this
-- transaction, and has all that it notes or nothing of it. In REPEATABLE READ a day that the ledger has
-- not holds up those between its neighbours there. All is noted of a session that reads nothing
-- (sql_select_limit).
CREATE OR REPLACE FUNCTION fn_se_anota(p_id_sucursal INT, p_fecha DATE) RETURNS BOOLEAN
  READS SQL DATA
  COMMENT 'Si lo que le pasa a las filas de un dia se anota'
BEGIN
  DECLARE v_cuantos INT;
  IF @@tx_isolation = 'READ-COMMITTED' AND @consolidador_memoria IS NOT NULL
     AND p_fecha > fn_ahora() - INTERVAL 36 HOUR THEN
    SELECT COUNT(*) INTO v_cuantos FROM HistorialDias
     WHERE IdSucursal = p_id_sucursal AND Fecha = p_fecha FOR UPDATE;
    IF v_cuantos = 0 AND p_fecha < fn_ahora() - INTERVAL 10 HOUR THEN
      SELECT COUNT(*) INTO v_cuantos FROM SincronizacionDias
       WHERE IdSucursal = p_id_sucursal AND Fecha = p_fecha AND Cierre IS NOT NULL FOR UPDATE;
    END IF;
    RETURN COALESCE(v_cuantos, 1) > 0 OR @consolidador_motivo IS NOT NULL;
  END IF;
  SELECT COUNT(*) INTO v_cuantos FROM SincronizacionDias
   WHERE IdSucursal = p_id_sucursal AND Fecha = p_fecha FOR UPDATE;
  IF COALESCE(v_cuantos, 1) > 0 OR @consolidador_motivo IS NOT NULL OR
     @@tx_isolation <> 'READ-COMMITTED' THEN
    RETURN TRUE;
  END IF;
  RETURN EXISTS (SELECT 1 FROM HistorialPendiente WHERE IdSucursal = p_id_sucursal AND Fecha = p_fecha);
END //

-- Notes one row of a day; what was noted of it before in the same unit of work keeps its beginning.
-- Each note of a row is later than the one before, also where the clock was put back, or another
-- server of the cluster noted that: the first one holds the time of the last. Its key tells whether
-- there is one, for looking beforehand would cost as much as all the rest. Where it is another unit's,
-- this unit's note has its own place, and that time (@consolidador_tras_otra, which no session can
-- say: it is emptied here first).
CREATE OR REPLACE PROCEDURE sp_anotar_fila(
    IN p_id_sucursal INT, IN p_fecha DATE,
    IN p_upc VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin,
    IN p_proveedor INT, IN p_departamento INT, IN p_categoria INT, IN p_subcategoria INT,
    IN p_unidades_antes DECIMAL(18,4), IN p_venta_antes DECIMAL(18,4), IN p_costo_antes DECIMAL(18,4),
    IN p_unidades DECIMAL(18,4), IN p_venta DECIMAL(18,4), IN p_costo DECIMAL(18,4))
  MODIFIES SQL DATA
  COMMENT 'Anota lo que le paso a una fila'
BEGIN
  DECLARE v_ahora DATETIME(6) DEFAULT fn_ahora();
  DECLARE v_sesion BIGINT UNSIGNED;
  IF @consolidador_sesion IS NULL THEN
    SET @consolidador_sesion = UUID_SHORT();
  END IF;
  SET v_sesion = fn_sesion(), @consolidador_tras_otra = NULL;
  INSERT INTO HistorialPendiente
  VALUES (p_id_sucursal, p_fecha, v_sesion, p_upc, p_proveedor, p_departamento,
          p_categoria, p_subcategoria, p_unidades_antes, p_venta_antes, p_costo_antes, p_unidades,
          p_venta, p_costo, v_ahora, v_ahora, USER(), 0, 0, v_ahora)
  ON DUPLICATE KEY UPDATE
    DeTodas         = GREATEST(DeTodas + INTERVAL 1 MICROSECOND, VALUES(DeTodas)),
    UnidadesDespues = IF(Sesion = VALUES(Sesion), VALUES(UnidadesDespues), UnidadesDespues),
    VentaDespues    = IF(Sesion = VALUES(Sesion), VALUES(VentaDespues), VentaDespues),
    CostoDespues    = IF(Sesion = VALUES(Sesion), VALUES(CostoDespues), CostoDespues),
    Ultimo          = IF(Sesion = VALUES(Sesion), DeTodas,
                         IF((@consolidador_tras_otra := DeTodas) IS NULL, NULL, Ultimo));
  IF @consolidador_tras_otra IS NOT NULL THEN
    SET v_ahora = @consolidador_tras_otra;
    INSERT INTO HistorialPendiente
    VALUES (p_id_sucursal, p_fecha, v_sesion, p_upc, p_proveedor, p_departamento,
            p_categoria, p_subcategoria, p_unidades_antes, p_venta_antes, p_costo_antes, p_unidades,
            p_venta, p_costo, v_ahora, v_ahora, USER(), 0, v_sesion, v_ahora)
    ON DUPLICATE KEY UPDATE UnidadesDespues = VALUES(UnidadesDespues),
                            VentaDespues = VALUES(VentaDespues), CostoDespues = VALUES(CostoDespues),
                            Ultimo = VALUES(Ultimo);
  END IF;
END //

CREATE OR REPLACE TRIGGER tr_rechazadas_alta BEFORE INSERT ON FilasRechazadas FOR EACH ROW
  CALL sp_exigir_dia(NEW.Fecha) //

-- A heartbeat is not refused, for head office would see that the branch is silent, and not why: of what
-- cannot be, it goes without.
CREATE OR REPLACE TRIGGER tr_latido_alta BEFORE INSERT ON EstadoSucursales FOR EACH ROW
  SET NEW.UltimoContacto = LEAST(NEW.UltimoContacto, fn_ahora()),
      NEW.DiaPendienteMasAntiguo = IF(fn_dia_posible(NEW.DiaPendienteMasAntiguo), NEW.DiaPendienteMasAntiguo, NULL),
      NEW.UltimoDiaAuditado = IF(fn_dia_posible(NEW.UltimoDiaAuditado), NEW.UltimoDiaAuditado, NULL) //

CREATE OR REPLACE TRIGGER tr_latido_cambio BEFORE UPDATE ON EstadoSucursales FOR EACH ROW
  SET NEW.UltimoContacto = LEAST(NEW.UltimoContacto, fn_ahora()),
      NEW.DiaPendienteMasAntiguo = IF(fn_dia_posible(NEW.DiaPendienteMasAntiguo), NEW.DiaPendienteMasAntiguo, NULL),
      NEW.UltimoDiaAuditado = IF(fn_dia_posible(NEW.UltimoDiaAuditado), NEW.UltimoDiaAuditado, NULL) //

-- Of the days gone by, which nearly all are, nothing is called: each row passes here.
CREATE OR REPLACE TRIGGER tr_ventas_alta AFTER INSERT ON VentasAgrupadas FOR EACH ROW
BEGIN
  IF NEW.Fecha NOT BETWEEN '1900-01-01' AND SYSDATE() THEN
    CALL sp_exigir_dia(NEW.Fecha);
  END IF;
  IF fn_se_anota(NEW.IdSucursal, NEW.Fecha) THEN
    CALL sp_anotar_fila(NEW.IdSucursal, NEW.Fecha, NEW.Upc, NEW.IdProveedor, NEW.IdDepartamento,
                        NEW.IdCategoria, NEW.IdSubcategoria, NULL, NULL, NULL,
                        NEW.Unidades, NEW.VentaTotal, NEW.CostoTotal);
  END IF;
END //

CREATE OR REPLACE TRIGGER tr_ventas_baja AFTER DELETE ON VentasAgrupadas FOR EACH ROW
  IF fn_se_anota(OLD.IdSucursal, OLD.Fecha) THEN
    CALL sp_anotar_fila(OLD.IdSucursal, OLD.Fecha, OLD.Upc, OLD.IdProveedor, OLD.IdDepartamento,
                        OLD.IdCategoria, OLD.IdSubcategoria, OLD.Unidades, OLD.VentaTotal,
                        OLD.CostoTotal, NULL, NULL, NULL);
  END IF //

-- A row that gets another key goes in one place and comes in another. Where UPDATE IGNORE leaves it, for
-- the other key is taken, the trigger is called all the same: then the old key is still there.
CREATE OR REPLACE TRIGGER tr_ventas_cambio AFTER UPDATE ON VentasAgrupadas FOR EACH ROW
fila: BEGIN
  IF NEW.Fecha <> OLD.Fecha THEN
    CALL sp_exigir_dia(NEW.Fecha);
  END IF;
  IF ROW(OLD.IdSucursal, OLD.Fecha, OLD.Upc, OLD.IdProveedor, OLD.IdDepartamento,
         OLD.IdCategoria, OLD.IdSubcategoria) <>
     ROW(NEW.IdSucursal, NEW.Fecha, NEW.Upc, NEW.IdProveedor, NEW.IdDepartamento,
         NEW.IdCategoria, NEW.IdSubcategoria) THEN
    IF EXISTS (SELECT 1 FROM VentasAgrupadas AS v
                WHERE v.IdSucursal = OLD.IdSucursal AND v.Fecha = OLD.Fecha AND v.Upc = OLD.Upc
                  AND v.IdProveedor = OLD.IdProveedor AND v.IdDepartamento = OLD.IdDepartamento
                  AND v.IdCategoria = OLD.IdCategoria AND v.IdSubcategoria = OLD.IdSubcategoria) THEN
      LEAVE fila;
    END IF;
    IF fn_se_anota(OLD.IdSucursal, OLD.Fecha) THEN
      CALL sp_anotar_fila(OLD.IdSucursal, OLD.Fecha, OLD.Upc, OLD.IdProveedor, OLD.IdDepartamento,
                          OLD.IdCategoria, OLD.IdSubcategoria, OLD.Unidades, OLD.VentaTotal,
                          OLD.CostoTotal, NULL, NULL, NULL);
    END IF;
    IF fn_se_anota(NEW.IdSucursal, NEW.Fecha) THEN
      CALL sp_anotar_fila(NEW.IdSucursal, NEW.Fecha, NEW.Upc, NEW.IdProveedor, NEW.IdDepartamento,
                          NEW.IdCategoria, NEW.IdSubcategoria, NULL, NULL, NULL,
                          NEW.Unidades, NEW.VentaTotal, NEW.CostoTotal);
    END IF;
  ELSEIF ROW(OLD.Unidades, OLD.VentaTotal, OLD.CostoTotal) <>
         ROW(NEW.Unidades, NEW.VentaTotal, NEW.CostoTotal) THEN
    IF fn_se_anota(OLD.IdSucursal, OLD.Fecha) THEN
      CALL sp_anotar_fila(OLD.IdSucursal, OLD.Fecha, OLD.Upc, OLD.IdProveedor, OLD.IdDepartamento,
                          OLD.IdCategoria, OLD.IdSubcategoria, OLD.Unidades, OLD.VentaTotal,
                          OLD.CostoTotal, NEW.Unidades, NEW.VentaTotal, NEW.CostoTotal);
    END IF;
  END IF;
END //

DELIMITER ;
