-- SPDX-License-Identifier: MIT
-- The procedures of the aggregate database; can be run twice (each is replaced atomically).

-- A procedure keeps the mode that it was made with: none may round or cut what it is given.
SET SESSION sql_mode = CONCAT(@@SESSION.sql_mode, ',STRICT_ALL_TABLES');

DELIMITER //

-- What the day's rows amount to, and what the ledger says of it: one row, one round trip.
--   -> TotalUnidades, TotalVenta, TotalCosto, TotalFilas, Huella,
--      LibroUnidades, LibroVenta, LibroCosto, LibroFilas, LibroHuella, LibroRevision (NULL: not in the ledger),
--      MayorFilas, MayorUnidades, MayorVenta, MayorCosto (NULL: no more than the ledger says now)
-- Huella: for each row the first 64 bits of SHA-256 over its text (UTF-8; the code last, so that no
-- character in it can be mistaken for the separator), summed modulo 2^64. Independent of the order;
-- unlike XOR, a doubled row changes it. A day without rows has 0.
CREATE OR REPLACE PROCEDURE sp_audit_ventas_agrupadas(IN p_fecha DATE, IN p_id_sucursal INT)
  READS SQL DATA
  COMMENT 'Totales y huella de un dia, y lo que dice el libro'
BEGIN
  SELECT a.*,
         l.TotalUnidades AS LibroUnidades,
         l.TotalVenta    AS LibroVenta,
         l.TotalCosto    AS LibroCosto,
         l.Filas         AS LibroFilas,
         l.Huella        AS LibroHuella,
         l.Revision      AS LibroRevision,
         l.MayorFilas, l.MayorUnidades, l.MayorVenta, l.MayorCosto
    FROM (SELECT COALESCE(SUM(Unidades), 0)   AS TotalUnidades,
                 COALESCE(SUM(VentaTotal), 0) AS TotalVenta,
                 COALESCE(SUM(CostoTotal), 0) AS TotalCosto,
                 COUNT(*)                     AS TotalFilas,
                 CAST(MOD(COALESCE(SUM(CAST(CONV(LEFT(SHA2(
                   CONCAT_WS('|', Fecha, IdSucursal, IdProveedor, IdDepartamento, IdCategoria,
                             IdSubcategoria, Unidades, VentaTotal, CostoTotal, Upc),
                   256), 16), 16, 10) AS UNSIGNED)), 0), 18446744073709551616) AS UNSIGNED) AS Huella
            FROM VentasAgrupadas
           WHERE IdSucursal = p_id_sucursal AND Fecha = p_fecha) AS a
    LEFT JOIN SincronizacionDias AS l
      ON l.IdSucursal = p_id_sucursal AND l.Fecha = p_fecha;
END //

-- Writes the ledger's row of a day and returns the audit, so that the caller compares both with what it
-- sent before it commits: same result as sp_audit_ventas_agrupadas. Revision counts the contents that the
-- day has had; recording the same content again only renews UltimaVerificacion. The largest content
-- that a day has been proven with is kept, so that many small losses do not add up to
-- a large one unseen: of its rows always, of its amounts since the day has closed, which the session says
-- with @consolidador_cerrado; noon of the next day, UTC, has every branch's day behind it. What a person has
-- approved is said by the session with @consolidador_aprobado, which counts once. A session that says
-- with @consolidador_maquina from which machine it comes is refused where another one has left its mark.
CREATE OR REPLACE PROCEDURE sp_registrar_dia(
    IN p_fecha DATE, IN p_id_sucursal INT, IN p_filas INT UNSIGNED,
    IN p_unidades DECIMAL(24,4), IN p_venta DECIMAL(24,4), IN p_costo DECIMAL(24,4),
    IN p_huella BIGINT UNSIGNED)
  MODIFIES SQL DATA
  COMMENT 'Anota un dia en el libro y lo audita'
BEGIN
  DECLARE v_aprobado BOOLEAN DEFAULT @consolidador_aprobado IS NOT NULL;
  DECLARE v_cerrado BOOLEAN DEFAULT @consolidador_cerrado IS NOT NULL
                                 OR p_fecha <= UTC_TIMESTAMP() - INTERVAL 36 HOUR;
  SET @consolidador_aprobado = NULL, @consolidador_cerrado = NULL;
  IF @consolidador_maquina IS NOT NULL AND
     EXISTS (SELECT 1 FROM EstadoSucursales
              WHERE IdSucursal = p_id_sucursal AND Maquina NOT IN ('', @consolidador_maquina)) THEN
    SIGNAL SQLSTATE '45M01' SET MESSAGE_TEXT = 'another machine writes the days of this branch';
  END IF;
  INSERT INTO SincronizacionDias
         (IdSucursal, Fecha, Filas, TotalUnidades, TotalVenta, TotalCosto, Huella,
          Revision, PrimeraSync, UltimaSync, UltimaVerificacion)
  VALUES (p_id_sucursal, p_fecha, p_filas, p_unidades, p_venta, p_costo, p_huella,
          1, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))
  ON DUPLICATE KEY UPDATE
    MayorFilas    = IF(Huella = VALUES(Huella), MayorFilas,
                       IF(v_aprobado, NULL, GREATEST(COALESCE(MayorFilas, Filas), VALUES(Filas)))),
    MayorUnidades = IF(Huella = VALUES(Huella), MayorUnidades,
                       IF(v_cerrado AND NOT v_aprobado, GREATEST(COALESCE(MayorUnidades, TotalUnidades),
                                              VALUES(TotalUnidades)), NULL)),
    MayorVenta    = IF(Huella = VALUES(Huella), MayorVenta,
                       IF(v_cerrado AND NOT v_aprobado, GREATEST(COALESCE(MayorVenta, TotalVenta),
                                              VALUES(TotalVenta)), NULL)),
    MayorCosto    = IF(Huella = VALUES(Huella), MayorCosto,
                       IF(v_cerrado AND NOT v_aprobado, GREATEST(COALESCE(MayorCosto, TotalCosto),
                                              VALUES(TotalCosto)), NULL)),
    Revision      = IF(Huella = VALUES(Huella), Revision, Revision + 1),
    UltimaSync    = IF(Huella = VALUES(Huella), UltimaSync, VALUES(UltimaSync)),
    Filas         = VALUES(Filas),
    TotalUnidades = VALUES(TotalUnidades),
    TotalVenta    = VALUES(TotalVenta),
    TotalCosto    = VALUES(TotalCosto),
    Huella        = VALUES(Huella),
    UltimaVerificacion = VALUES(UltimaVerificacion);
  CALL sp_audit_ventas_agrupadas(p_fecha, p_id_sucursal);
END //

-- Empties a day, within the branch's own transaction that writes it again; not to be called by hand.
-- The ledger then says so too: a branch sends the day again where its POS still has it.
CREATE OR REPLACE PROCEDURE sp_delete_ventas_agrupadas(IN p_fecha DATE, IN p_id_sucursal INT)
  MODIFIES SQL DATA
  COMMENT 'Vacia un dia dentro de la transaccion que lo vuelve a escribir'
BEGIN
  DELETE FROM VentasAgrupadas WHERE IdSucursal = p_id_sucursal AND Fecha = p_fecha;
  UPDATE SincronizacionDias
     SET MayorFilas = COALESCE(MayorFilas, Filas),
         MayorUnidades = COALESCE(MayorUnidades, TotalUnidades),
         MayorVenta = COALESCE(MayorVenta, TotalVenta),
         MayorCosto = COALESCE(MayorCosto, TotalCosto),
         Revision = Revision + 1, UltimaSync = UTC_TIMESTAMP(3),
         Filas = 0, TotalUnidades = 0, TotalVenta = 0, TotalCosto = 0, Huella = 0
   WHERE IdSucursal = p_id_sucursal AND Fecha = p_fecha AND (Filas <> 0 OR Huella <> 0);
END //

DELIMITER ;
