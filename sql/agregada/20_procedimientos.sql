-- SPDX-License-Identifier: MIT
-- The procedures of the aggregate database; can be run twice (each is replaced atomically).

-- Whatever mode the server has (ORACLE, ANSI_QUOTES): the script means the same, and a procedure keeps the
-- mode that it was made with: none may round or cut what it is given.
SET SESSION sql_mode = 'STRICT_TRANS_TABLES,STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION';

DELIMITER //

-- The server's own clock, UTC. UTC_TIMESTAMP() and NOW() are what a session says with SET timestamp,
-- and SYSDATE() alone is in the time zone that the session says; together a session moves neither.
-- In a server with sysdate-is-now it would: check --connect looks for that. A replica gets what it
-- has given as rows: SYSDATE() is never replicated as a statement.
CREATE OR REPLACE FUNCTION fn_ahora() RETURNS DATETIME(6)
  NO SQL
  COMMENT 'El reloj del servidor, en UTC, que ninguna sesion mueve'
  RETURN TIMESTAMP'1970-01-01 00:00:00' + INTERVAL UNIX_TIMESTAMP(SYSDATE(6)) SECOND //

-- Whether sales can be of this day, by the server's own clock: tomorrow, UTC, is today already in the branches
-- farthest east. A text that is no day may be in a DATE column, for a session that says so (sql_mode).
-- No CHECK may ask for the time.
CREATE OR REPLACE FUNCTION fn_dia_posible(p_fecha DATE) RETURNS BOOLEAN
  NO SQL
  COMMENT 'Si un dia puede tener ventas'
  RETURN COALESCE(FROM_DAYS(TO_DAYS(p_fecha)) = p_fecha AND p_fecha BETWEEN '1900-01-01' AND
    DATE(TIMESTAMP'1970-01-01 00:00:00' + INTERVAL UNIX_TIMESTAMP(SYSDATE()) SECOND) + INTERVAL 1 DAY, FALSE) //

-- Refuses a day that can have no sales, of which no report and no view of the fleet could make anything.
CREATE OR REPLACE PROCEDURE sp_exigir_dia(IN p_fecha DATE)
  NO SQL
  COMMENT 'Rechaza un dia que no puede tener ventas'
BEGIN
  IF NOT fn_dia_posible(p_fecha) THEN
    SIGNAL SQLSTATE '45M04' SET MESSAGE_TEXT = 'no day that can have sales: before 1900, or after tomorrow';
  END IF;
END //

-- The unit of work of this session, under which the triggers note; NULL: they have noted nothing.
-- A session says which of its own it is, and cannot say that it is another account's, also after a
-- restart of the server, which numbers its connections anew.
CREATE OR REPLACE FUNCTION fn_sesion() RETURNS BIGINT UNSIGNED
  NO SQL
  COMMENT 'La unidad de trabajo de esta sesion'
  RETURN IF(@consolidador_sesion IS NULL, NULL, CAST(CONV(LEFT(SHA2(
    CONCAT_WS('|', USER(), CONNECTION_ID(), @consolidador_sesion), 256), 16), 16, 10) AS UNSIGNED)) //

-- What the day's rows amount to.
-- Huella: for each row the first 64 bits of SHA-256 over its text (UTF-8; the code last, so that no
-- character in it can be mistaken for the separator), summed modulo 2^64. Independent of the order;
-- unlike XOR, a doubled row changes it. A day without rows has 0.
CREATE OR REPLACE PROCEDURE sp_sumar_dia(
    IN p_fecha DATE, IN p_id_sucursal INT, OUT p_filas BIGINT, OUT p_unidades DECIMAL(40,4),
    OUT p_venta DECIMAL(40,4), OUT p_costo DECIMAL(40,4), OUT p_huella BIGINT UNSIGNED)
  READS SQL DATA
  COMMENT 'Totales y huella de las filas de un dia'
BEGIN
  SELECT COUNT(*), COALESCE(SUM(Unidades), 0), COALESCE(SUM(VentaTotal), 0),
         COALESCE(SUM(CostoTotal), 0),
         CAST(MOD(COALESCE(SUM(CAST(CONV(LEFT(SHA2(
           CONCAT_WS('|', Fecha, IdSucursal, IdProveedor, IdDepartamento, IdCategoria,
                     IdSubcategoria, Unidades, VentaTotal, CostoTotal, Upc),
           256), 16), 16, 10) AS UNSIGNED)), 0), 18446744073709551616) AS UNSIGNED)
    INTO p_filas, p_unidades, p_venta, p_costo, p_huella
    FROM VentasAgrupadas
   WHERE IdSucursal = p_id_sucursal AND Fecha = p_fecha;
END //

-- What the day's rows amount to, as sp_sumar_dia has it, and what the ledger says of it: one row.
CREATE OR REPLACE PROCEDURE sp_mostrar_dia(
    IN p_fecha DATE, IN p_id_sucursal INT, IN p_filas BIGINT, IN p_unidades DECIMAL(40,4),
    IN p_venta DECIMAL(40,4), IN p_costo DECIMAL(40,4), IN p_huella BIGINT UNSIGNED)
  READS SQL DATA
  COMMENT 'Totales de un dia junto a lo que dice el libro'
BEGIN
  SELECT p_unidades AS TotalUnidades, p_venta AS TotalVenta, p_costo AS TotalCosto,
         p_filas    AS TotalFilas, p_huella AS Huella,
         l.TotalUnidades AS LibroUnidades,
         l.TotalVenta    AS LibroVenta,
         l.TotalCosto    AS LibroCosto,
         l.Filas         AS LibroFilas,
         l.Huella        AS LibroHuella,
         l.Revision      AS LibroRevision,
         IF(l.UltimaVerificacion > '1970-01-02', GREATEST(l.UltimaVerificacion, l.UltimaSync),
            l.UltimaVerificacion) AS LibroVerificacion,
         l.MayorFilas, l.MayorUnidades, l.MayorVenta, l.MayorCosto,
         (SELECT COUNT(*) FROM FilasRechazadas AS r
           WHERE r.IdSucursal = p_id_sucursal AND r.Fecha = p_fecha) AS Rechazadas,
         (SELECT COUNT(*) FROM HistorialPendiente AS p
           WHERE p.IdSucursal = p_id_sucursal AND p.Fecha = p_fecha AND p.Cambio = 0
             AND p.Sesion <> COALESCE(fn_sesion(), 0)) AS Anotadas
    FROM (SELECT 1) AS siempre
    LEFT JOIN SincronizacionDias AS l
      ON l.IdSucursal = p_id_sucursal AND l.Fecha = p_fecha;
END //

-- What the day's rows amount to, and what the ledger says of it: one row, one round trip.
--   -> TotalUnidades, TotalVenta, TotalCosto, TotalFilas, Huella,
--      LibroUnidades, LibroVenta, LibroCosto, LibroFilas, LibroHuella, LibroRevision,
--      LibroVerificacion (NULL: not in the ledger),
--      MayorFilas, MayorUnidades, MayorVenta, MayorCosto (NULL: no more than the ledger says now),
--      Rechazadas (rows of the POS that the day is taken without),
--      Anotadas (rows that other hands have changed since the day was recorded)
CREATE OR REPLACE PROCEDURE sp_audit_ventas_agrupadas(IN p_fecha DATE, IN p_id_sucursal INT)
  READS SQL DATA
  COMMENT 'Totales y huella de un dia, y lo que dice el libro'
BEGIN
  DECLARE v_filas BIGINT;
  DECLARE v_unidades, v_venta, v_costo DECIMAL(40,4);
  DECLARE v_huella BIGINT UNSIGNED;
  CALL sp_sumar_dia(p_fecha, p_id_sucursal, v_filas, v_unidades, v_venta, v_costo, v_huella);
  CALL sp_mostrar_dia(p_fecha, p_id_sucursal, v_filas, v_unidades, v_venta, v_costo, v_huella);
END //

-- Puts what this unit of work has noted of a day into the history as this change, where nobody else has
-- noted anything: then there is one note of each row, and none before or after it.
CREATE OR REPLACE PROCEDURE sp_archivar_propias(IN p_fecha DATE, IN p_id_sucursal INT,
                                                IN p_cambio INT UNSIGNED, IN p_sesion BIGINT UNSIGNED)
  MODIFIES SQL DATA
  COMMENT 'Pasa al historial las filas de un cambio que nadie mas toco'
BEGIN
  INSERT INTO HistorialCambios
         (IdSucursal, Fecha, Cambio, Upc, IdProveedor, IdDepartamento, IdCategoria, IdSubcategoria,
          UnidadesAntes, VentaAntes, CostoAntes, UnidadesDespues, VentaDespues, CostoDespues)
  SELECT IdSucursal, Fecha, p_cambio, Upc, IdProveedor, IdDepartamento, IdCategoria, IdSubcategoria,
         UnidadesAntes, VentaAntes, CostoAntes, UnidadesDespues, VentaDespues, CostoDespues
    FROM HistorialPendiente
   WHERE IdSucursal = p_id_sucursal AND Fecha = p_fecha AND Sesion = p_sesion
     AND NOT (UnidadesAntes <=> UnidadesDespues AND VentaAntes <=> VentaDespues
              AND CostoAntes <=> CostoDespues);
END //

-- Puts what was noted of a day into the history as this change. p_ajenas: what others have done by
-- hand, which is marked, for they may be noting more at this moment: of each row what it was before
-- all hands, and what the last of the others left. Else what this unit of work has made of that.
CREATE OR REPLACE PROCEDURE sp_archivar_filas(IN p_fecha DATE, IN p_id_sucursal INT,
                                              IN p_cambio INT UNSIGNED, IN p_ajenas BOOLEAN)
  MODIFIES SQL DATA
  COMMENT 'Pasa al historial las filas de un cambio'
archivar: BEGIN
  DECLARE v_sesion BIGINT UNSIGNED DEFAULT COALESCE(fn_sesion(), 0);
  SET max_sort_length = 1024;  -- the whole code: with less two codes would be one
  IF p_ajenas THEN
    UPDATE HistorialPendiente SET Cambio = p_cambio
     WHERE IdSucursal = p_id_sucursal AND Fecha = p_fecha AND Cambio = 0 AND Sesion <> v_sesion;
  END IF;
  -- Of a whole day, sorting the notes of each row would cost more than all the rest.
  IF NOT EXISTS (SELECT 1 FROM HistorialPendiente
                  WHERE IdSucursal = p_id_sucursal AND Fecha = p_fecha AND Cambio <> 0) THEN
    IF NOT p_ajenas THEN
      CALL sp_archivar_propias(p_fecha, p_id_sucursal, p_cambio, v_sesion);
    END IF;
    LEAVE archivar;
  END IF;
  INSERT INTO HistorialCambios
         (IdSucursal, Fecha, Cambio, Upc, IdProveedor, IdDepartamento, IdCategoria, IdSubcategoria,
          UnidadesAntes, VentaAntes, CostoAntes, UnidadesDespues, VentaDespues, CostoDespues)
  SELECT p_id_sucursal, p_fecha, p_cambio, Upc, IdProveedor, IdDepartamento, IdCategoria,
         IdSubcategoria,
         MAX(CASE Antes WHEN 1 THEN UnidadesAntes WHEN 2 THEN UnidadesDespues END) AS ua,
         MAX(CASE Antes WHEN 1 THEN VentaAntes WHEN 2 THEN VentaDespues END) AS va,
         MAX(CASE Antes WHEN 1 THEN CostoAntes WHEN 2 THEN CostoDespues END) AS ca,
         MAX(IF(Despues, UnidadesDespues, NULL)) AS ud, MAX(IF(Despues, VentaDespues, NULL)) AS vd,
         MAX(IF(Despues, CostoDespues, NULL)) AS cd
    FROM (SELECT n.*,
                 CASE WHEN NOT p_ajenas AND Ajenas > 0 THEN IF(Cambio <> 0 AND Hasta = 1, 2, 0)
                      ELSE Desde = 1 END AS Antes,
                 IF(p_ajenas, Cambio <> 0 AND Hasta = 1, UltimaDeTodas = 1) AS Despues
            FROM (SELECT p.*,
                         ROW_NUMBER() OVER (fila ORDER BY Instante, Sesion) AS Desde,
                         ROW_NUMBER() OVER (fila ORDER BY Cambio <> 0 DESC, Ultimo DESC,
                                            Sesion DESC) AS Hasta,
                         ROW_NUMBER() OVER (fila ORDER BY Ultimo DESC, Sesion DESC) AS UltimaDeTodas,
                         SUM(Cambio <> 0) OVER fila AS Ajenas
                    FROM HistorialPendiente AS p
                   WHERE IdSucursal = p_id_sucursal AND Fecha = p_fecha
                     AND (Cambio <> 0 OR Sesion = v_sesion)
                  WINDOW fila AS (PARTITION BY Upc, IdProveedor, IdDepartamento, IdCategoria,
                                  IdSubcategoria)) AS n
           WHERE NOT p_ajenas OR Ajenas > 0) AS filas
   GROUP BY Upc, IdProveedor, IdDepartamento, IdCategoria, IdSubcategoria
  HAVING NOT (ua <=> ud AND va <=> vd AND ca <=> cd);
END //

-- A unit of work of which nothing was noted may have written rows that others have changed by hand:
-- it notes what became of those, so that they are not counted twice; later than the others, also where
-- the clock was put back, as sp_anotar_fila does.
CREATE OR REPLACE PROCEDURE sp_anotar_arreglo(IN p_fecha DATE, IN p_id_sucursal INT,
                                              IN p_cambio INT UNSIGNED)
  MODIFIES SQL DATA
  COMMENT 'Anota lo que fue de las filas que otros cambiaron'
BEGIN
  INSERT INTO HistorialPendiente
         (IdSucursal, Fecha, Sesion, Upc, IdProveedor, IdDepartamento, IdCategoria, IdSubcategoria,
          UnidadesAntes, VentaAntes, CostoAntes, UnidadesDespues, VentaDespues, CostoDespues,
          Instante, Ultimo, Cuenta, Nota, DeTodas)
  SELECT c.IdSucursal, c.Fecha, COALESCE(fn_sesion(), 0), c.Upc, c.IdProveedor, c.IdDepartamento,
         c.IdCategoria, c.IdSubcategoria, c.UnidadesDespues, c.VentaDespues, c.CostoDespues,
         v.Unidades, v.VentaTotal, v.CostoTotal, GREATEST(fn_ahora(), n.DeTodas + INTERVAL 1 MICROSECOND),
         GREATEST(fn_ahora(), n.DeTodas + INTERVAL 1 MICROSECOND), USER(),
         GREATEST(COALESCE(fn_sesion(), 0), 1), fn_ahora()
    FROM HistorialCambios AS c
    JOIN HistorialPendiente AS n
      ON n.IdSucursal = c.IdSucursal AND n.Fecha = c.Fecha AND n.Upc = c.Upc
     AND n.IdProveedor = c.IdProveedor AND n.IdDepartamento = c.IdDepartamento
     AND n.IdCategoria = c.IdCategoria AND n.IdSubcategoria = c.IdSubcategoria AND n.Nota = 0
    LEFT JOIN VentasAgrupadas AS v
      ON v.IdSucursal = c.IdSucursal AND v.Fecha = c.Fecha AND v.Upc = c.Upc
     AND v.IdProveedor = c.IdProveedor AND v.IdDepartamento = c.IdDepartamento
     AND v.IdCategoria = c.IdCategoria AND v.IdSubcategoria = c.IdSubcategoria
   WHERE c.IdSucursal = p_id_sucursal AND c.Fecha = p_fecha AND c.Cambio = p_cambio;
END //

-- How much a change has added to the day: rows, sums, and the part of the Huella, each after less
-- before.
CREATE OR REPLACE PROCEDURE sp_sumar_cambio(
    IN p_fecha DATE, IN p_id_sucursal INT, IN p_cambio INT UNSIGNED, OUT p_cambiadas INT,
    OUT p_filas INT, OUT p_unidades DECIMAL(24,4), OUT p_venta DECIMAL(24,4),
    OUT p_costo DECIMAL(24,4), OUT p_huella DECIMAL(40,0))
  READS SQL DATA
  COMMENT 'Lo que un cambio le agrego al dia'
BEGIN
  SELECT COUNT(*),
         COALESCE(SUM(UnidadesDespues IS NOT NULL) - SUM(UnidadesAntes IS NOT NULL), 0),
         COALESCE(SUM(COALESCE(UnidadesDespues, 0) - COALESCE(UnidadesAntes, 0)), 0),
         COALESCE(SUM(COALESCE(VentaDespues, 0) - COALESCE(VentaAntes, 0)), 0),
         COALESCE(SUM(COALESCE(CostoDespues, 0) - COALESCE(CostoAntes, 0)), 0),
         COALESCE(SUM(IF(UnidadesDespues IS NULL, 0, CAST(CAST(CONV(LEFT(SHA2(
             CONCAT_WS('|', Fecha, IdSucursal, IdProveedor, IdDepartamento, IdCategoria,
                       IdSubcategoria, UnidadesDespues, VentaDespues, CostoDespues, Upc),
             256), 16), 16, 10) AS UNSIGNED) AS DECIMAL(40,0)))
           - IF(UnidadesAntes IS NULL, 0, CAST(CAST(CONV(LEFT(SHA2(
             CONCAT_WS('|', Fecha, IdSucursal, IdProveedor, IdDepartamento, IdCategoria,
                       IdSubcategoria, UnidadesAntes, VentaAntes, CostoAntes, Upc),
             256), 16), 16, 10) AS UNSIGNED) AS DECIMAL(40,0)))), 0)
    INTO p_cambiadas, p_filas, p_unidades, p_venta, p_costo, p_huella
    FROM HistorialCambios
   WHERE IdSucursal = p_id_sucursal AND Fecha = p_fecha AND Cambio = p_cambio;
END //

-- Writes the history of a day whose ledger row has just been written with these figures. It is
-- undone step by step from there: first this unit of work, then what others have done by hand, which
-- becomes a change of its own. So each change tells what the rows were, whatever the ledger said.
-- p_libro_...: what it said before, NULL where the day was not in it.
-- p_motivo NULL: the day is open, or new, and its growth is no version.
CREATE OR REPLACE PROCEDURE sp_anotar_historial(
    IN p_fecha DATE, IN p_id_sucursal INT, IN p_filas INT UNSIGNED,
    IN p_unidades DECIMAL(24,4), IN p_venta DECIMAL(24,4), IN p_costo DECIMAL(24,4),
    IN p_huella BIGINT UNSIGNED, IN p_libro_filas INT UNSIGNED,
    IN p_libro_unidades DECIMAL(24,4), IN p_libro_venta DECIMAL(24,4),
    IN p_libro_costo DECIMAL(24,4), IN p_libro_huella BIGINT UNSIGNED,
    IN p_revision_antes INT UNSIGNED,
    IN p_motivo VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin)
  MODIFIES SQL DATA
  COMMENT 'Pasa al historial lo que cambio de un dia'
BEGIN
  DECLARE v_modulo DECIMAL(40,0) DEFAULT 18446744073709551616;
  DECLARE v_cambio, v_revision INT UNSIGNED;
  DECLARE v_ajenas, v_propias, v_filas_a, v_filas_p, v_filas, v_filas_antes INT;
  DECLARE v_unidades_a, v_venta_a, v_costo_a, v_unidades_p, v_venta_p, v_costo_p DECIMAL(24,4);
  DECLARE v_unidades, v_venta, v_costo, v_unidades_antes, v_venta_antes, v_costo_antes DECIMAL(24,4);
  DECLARE v_huella_a, v_huella_p DECIMAL(40,0);
  DECLARE v_huella, v_huella_antes BIGINT UNSIGNED;
  DECLARE v_cuenta VARCHAR(384) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;
  DECLARE v_libro VARCHAR(500) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;
  DECLARE v_instante, v_ultimo DATETIME(3);
  DECLARE v_sesion BIGINT UNSIGNED DEFAULT COALESCE(fn_sesion(), 0);
  DECLARE v_notas, v_mias INT;
  DECLARE v_vaciado BOOLEAN;

  SELECT COALESCE(MAX(Cambio), 0), MAX(Instante) INTO v_cambio, v_ultimo
    FROM HistorialDias WHERE IdSucursal = p_id_sucursal AND Fecha = p_fecha FOR UPDATE;
  SELECT Revision, GREATEST(COALESCE(v_ultimo, PrimeraSync), PrimeraSync) INTO v_revision, v_ultimo
    FROM SincronizacionDias WHERE IdSucursal = p_id_sucursal AND Fecha = p_fecha;

  CALL sp_archivar_filas(p_fecha, p_id_sucursal, v_cambio + 1, TRUE);
  CALL sp_sumar_cambio(p_fecha, p_id_sucursal, v_cambio + 1, v_ajenas, v_filas_a,
                       v_unidades_a, v_venta_a, v_costo_a, v_huella_a);
  -- Versions follow each other in time, also where two sessions' work overlaps. A server's or a session's
  -- room for a shorter list must not keep the day from being recorded. What this unit of work had
  -- committed before another touched the row is part of that change, and its account is named in it.
  SET STATEMENT group_concat_max_len = 1048576 FOR
  SELECT GREATEST(MIN(p.Instante), COALESCE(v_ultimo, '1970-01-01')),
         LEFT(GROUP_CONCAT(DISTINCT p.Cuenta ORDER BY p.Cuenta SEPARATOR ', '), 384)
    INTO v_instante, v_cuenta
    FROM HistorialPendiente AS ajena
    STRAIGHT_JOIN HistorialPendiente AS p
      ON p.IdSucursal = ajena.IdSucursal AND p.Fecha = ajena.Fecha AND p.Upc = ajena.Upc
     AND p.IdProveedor = ajena.IdProveedor AND p.IdDepartamento = ajena.IdDepartamento
     AND p.IdCategoria = ajena.IdCategoria AND p.IdSubcategoria = ajena.IdSubcategoria
     AND (p.Cambio = ajena.Cambio OR p.Sesion = v_sesion AND p.Instante < ajena.Ultimo)
   WHERE ajena.IdSucursal = p_id_sucursal AND ajena.Fecha = p_fecha AND ajena.Cambio = v_cambio + 1;
  SET v_ultimo = GREATEST(fn_ahora(), COALESCE(v_instante, v_ultimo, '1970-01-01'));
  SET v_cambio = v_cambio + (v_ajenas > 0);

  SELECT COUNT(*), COALESCE(SUM(UnidadesAntes IS NOT NULL), 0) INTO v_notas, v_mias FROM HistorialPendiente
   WHERE IdSucursal = p_id_sucursal AND Fecha = p_fecha AND Sesion = v_sesion;
  IF v_ajenas > 0 AND v_notas = 0 THEN
    CALL sp_anotar_arreglo(p_fecha, p_id_sucursal, v_cambio);
  END IF;
  IF p_motivo IS NOT NULL OR v_ajenas > 0 THEN
    CALL sp_archivar_filas(p_fecha, p_id_sucursal, v_cambio + 1, FALSE);
  END IF;
  CALL sp_sumar_cambio(p_fecha, p_id_sucursal, v_cambio + 1, v_propias, v_filas_p,
                       v_unidades_p, v_venta_p, v_costo_p, v_huella_p);

  -- What the rows were before this unit of work, and before the others.
  SET v_filas    = CAST(p_filas AS SIGNED) - v_filas_p, v_filas_antes = v_filas - v_filas_a,
      v_unidades = p_unidades - v_unidades_p, v_unidades_antes = v_unidades - v_unidades_a,
      v_venta    = p_venta - v_venta_p, v_venta_antes = v_venta - v_venta_a,
      v_costo    = p_costo - v_costo_p, v_costo_antes = v_costo - v_costo_a,
      v_huella   = MOD(MOD(p_huella - v_huella_p, v_modulo) + v_modulo, v_modulo),
      v_huella_antes = MOD(MOD(p_huella - v_huella_p - v_huella_a, v_modulo) + v_modulo, v_modulo);

  -- Zeros were right where the others had left no row. They are this unit's own where it has emptied the
  -- day: it has noted every row then.
  SET v_vaciado = p_libro_filas = 0 AND p_libro_huella = 0 AND v_mias >= v_filas
                  AND (v_filas = 0 OR COALESCE(@consolidador_vaciado = CONCAT_WS(' ', p_fecha, p_id_sucursal),
                                               FALSE));
  IF p_motivo IS NOT NULL AND p_libro_filas IS NULL AND v_filas_antes > 0 THEN
    SET v_libro = 'el libro no lo tenia';
  ELSEIF p_motivo IS NOT NULL AND NOT v_vaciado AND
         ROW(p_libro_filas, p_libro_unidades, p_libro_venta, p_libro_costo, p_libro_huella) <>
         ROW(v_filas_antes, v_unidades_antes, v_venta_antes, v_costo_antes, v_huella_antes) THEN
    SET v_libro = CONCAT('el libro decia: ', p_libro_filas, ' filas, unidades ', p_libro_unidades,
                         ', venta ', p_libro_venta, ', costo ', p_libro_costo,
                         ', huella ', LOWER(LPAD(HEX(p_libro_huella), 16, '0')));
  END IF;

  IF v_ajenas > 0 THEN
    INSERT INTO HistorialDias
           (IdSucursal, Fecha, Cambio, Revision, Instante, Motivo, Actor, Cuenta, Nota, FilasAntes,
            UnidadesAntes, VentaAntes, CostoAntes, HuellaAntes, Filas, Unidades, Venta, Costo, Huella)
    VALUES (p_id_sucursal, p_fecha, v_cambio, COALESCE(p_revision_antes, v_revision), v_instante,
            'danado', '', v_cuenta, 'hallado antes de reparar', v_filas_antes, v_unidades_antes, v_venta_antes,
            v_costo_antes, v_huella_antes, v_filas, v_unidades, v_venta, v_costo, v_huella);
  END IF;
  IF v_propias > 0 OR v_libro IS NOT NULL OR p_motivo = 'aprobado' THEN
    INSERT INTO HistorialDias
           (IdSucursal, Fecha, Cambio, Revision, Instante, Motivo, Actor, Cuenta, Nota, FilasAntes,
            UnidadesAntes, VentaAntes, CostoAntes, HuellaAntes, Filas, Unidades, Venta, Costo, Huella)
    VALUES (p_id_sucursal, p_fecha, v_cambio + 1, v_revision, v_ultimo,
            IF(v_ajenas > 0 AND COALESCE(p_motivo, 'pos') = 'pos', 'danado', p_motivo),
            LEFT(COALESCE(@consolidador_actor, ''), 100), USER(),
            LEFT(CONCAT_WS('; ', NULLIF(@consolidador_nota, ''), v_libro), 500),
            v_filas, v_unidades, v_venta, v_costo, v_huella,
            p_filas, p_unidades, p_venta, p_costo, p_huella);
  END IF;
  DELETE FROM HistorialPendiente
   WHERE IdSucursal = p_id_sucursal AND Fecha = p_fecha
     AND (Cambio <> 0 OR Sesion = v_sesion);
END //

-- Since when the history knows of a day, what others have done by hand and is noted included; NULL:
-- it does not.
CREATE OR REPLACE FUNCTION fn_conocido_desde(p_id_sucursal INT, p_fecha DATE) RETURNS DATETIME(3)
  READS SQL DATA
  COMMENT 'Desde cuando el historial sabe de un dia'
BEGIN
  DECLARE v_cambio, v_nota DATETIME(3);
  SELECT MIN(Instante) INTO v_cambio FROM HistorialDias
   WHERE IdSucursal = p_id_sucursal AND Fecha = p_fecha;
  SELECT MIN(Instante) INTO v_nota FROM HistorialPendiente
   WHERE IdSucursal = p_id_sucursal AND Fecha = p_fecha AND Sesion <> COALESCE(fn_sesion(), 0);
  RETURN COALESCE(LEAST(v_cambio, v_nota), v_cambio, v_nota);
END //

-- Writes the ledger's row of a day and returns the audit, so that the caller compares both with what it
-- sent before it commits: same result as sp_audit_ventas_agrupadas. Figures that the day's rows do not
-- amount to are not written: the audit says so. Revision counts the contents that the
-- day has had; recording the same content again only renews UltimaVerificacion. The largest content
-- that a day has been proven with is kept, so that many small losses do not add up to
-- a large one unseen: of its rows always, of its amounts since the day has closed, which the session says
-- with @consolidador_cerrado; noon of the next day, UTC, has every branch's day behind it, and so has one
-- that was changed after it had closed.
-- What a person has
-- approved is said by the session with @consolidador_aprobado, which counts once. The first look after
-- a day's end closes it: what it brings is the day's own, no change of it. A session says so with
-- @consolidador_cierra; it counts once, and only where no look later than noon of the next day, UTC, is in the
-- ledger, for a week. A session that says
-- with @consolidador_maquina from which machine it comes is refused where another one has left its mark,
-- and so is one without a transaction: what breaks off half way could not be taken back.
-- What becomes of a day that has ended goes into the history, with the reason, actor and note that the
-- session has said in @consolidador_motivo, @consolidador_actor and @consolidador_nota; so does what was
-- changed by hand before.
CREATE OR REPLACE PROCEDURE sp_registrar_dia(
    IN p_fecha DATE, IN p_id_sucursal INT, IN p_filas INT UNSIGNED,
    IN p_unidades DECIMAL(24,4), IN p_venta DECIMAL(24,4), IN p_costo DECIMAL(24,4),
    IN p_huella BIGINT UNSIGNED)
  MODIFIES SQL DATA
  COMMENT 'Anota un dia en el libro y lo audita'
registrar: BEGIN
  DECLARE v_aprobado BOOLEAN DEFAULT @consolidador_aprobado IS NOT NULL;
  DECLARE v_cerrado BOOLEAN DEFAULT @consolidador_cerrado IS NOT NULL
                                 OR p_fecha <= fn_ahora() - INTERVAL 36 HOUR
                                 OR EXISTS (SELECT 1 FROM HistorialDias AS h
                                             WHERE h.IdSucursal = p_id_sucursal AND h.Fecha = p_fecha
                                               AND h.Motivo NOT IN ('danado', 'aprobado'));
  DECLARE v_motivo VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin
    DEFAULT @consolidador_motivo;
  DECLARE v_cierra, v_cierre BOOLEAN DEFAULT @consolidador_cierra IS NOT NULL;
  DECLARE v_ahora DATETIME(3) DEFAULT fn_ahora();
  DECLARE v_conocido DATETIME(3) DEFAULT fn_conocido_desde(p_id_sucursal, p_fecha);
  DECLARE v_filas, v_revision INT UNSIGNED;
  DECLARE v_unidades, v_venta, v_costo DECIMAL(24,4);
  DECLARE v_huella BIGINT UNSIGNED;
  DECLARE v_hay_filas BIGINT;
  DECLARE v_hay_unidades, v_hay_venta, v_hay_costo DECIMAL(40,4);
  DECLARE v_hay_huella BIGINT UNSIGNED;
  DECLARE v_maquina VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;
  -- What breaks off leaves nothing of itself to be committed. A deadlock has taken the savepoint along.
  DECLARE EXIT HANDLER FOR SQLEXCEPTION
  BEGIN
    BEGIN
      DECLARE CONTINUE HANDLER FOR 1305 BEGIN END;
      ROLLBACK TO SAVEPOINT consolidador_registrar;
    END;
    RESIGNAL;
  END;
  SAVEPOINT consolidador_registrar;
  SET @consolidador_aprobado = NULL, @consolidador_cerrado = NULL, @consolidador_motivo = NULL,
      @consolidador_cierra = NULL;
  IF @@in_transaction = 0 AND @@autocommit THEN
    SIGNAL SQLSTATE '45M03' SET MESSAGE_TEXT = 'a day is recorded within a transaction: START TRANSACTION first';
  END IF;
  CALL sp_exigir_dia(p_fecha);
  IF v_motivo NOT IN ('pos', 'danado', 'aprobado', 'reproceso', 'copiado', 'reclasificado') THEN
    SIGNAL SQLSTATE '45M02' SET MESSAGE_TEXT = 'no such reason for a change of a day';
  END IF;
  -- Held until the commit, so that no machine takes the branch over meanwhile; but the sales do not
  -- wait for who holds the heartbeat's row. In the condition of an IF it would be read under a lock.
  IF @consolidador_maquina IS NOT NULL THEN
    SELECT Maquina INTO v_maquina FROM EstadoSucursales
     WHERE IdSucursal = p_id_sucursal LOCK IN SHARE MODE SKIP LOCKED;
    IF v_maquina IS NULL THEN
      SELECT Maquina INTO v_maquina FROM EstadoSucursales WHERE IdSucursal = p_id_sucursal;
    END IF;
  END IF;
  IF v_maquina NOT IN ('', @consolidador_maquina) THEN
    SIGNAL SQLSTATE '45M01' SET MESSAGE_TEXT = 'another machine writes the days of this branch';
  END IF;
  SELECT Filas, TotalUnidades, TotalVenta, TotalCosto, Huella, Revision, Cierre IS NOT NULL,
         v_cierra AND Cierre IS NULL
                  AND GREATEST(UltimaVerificacion, UltimaSync) < p_fecha + INTERVAL 36 HOUR
                  AND p_fecha > fn_ahora() - INTERVAL 9 DAY
    INTO v_filas, v_unidades, v_venta, v_costo, v_huella, v_revision, v_cierre, v_cierra
    FROM SincronizacionDias
   WHERE IdSucursal = p_id_sucursal AND Fecha = p_fecha FOR UPDATE;
  CALL sp_sumar_dia(p_fecha, p_id_sucursal, v_hay_filas, v_hay_unidades, v_hay_venta, v_hay_costo,
                    v_hay_huella);
  IF NOT ROW(v_hay_filas, v_hay_unidades, v_hay_venta, v_hay_costo, v_hay_huella) <=>
         ROW(p_filas, p_unidades, p_venta, p_costo, p_huella) THEN
    CALL sp_mostrar_dia(p_fecha, p_id_sucursal, v_hay_filas, v_hay_unidades, v_hay_venta,
                        v_hay_costo, v_hay_huella);
    LEAVE registrar;
  END IF;
  IF v_filas IS NULL THEN
    SET v_cierra = FALSE, v_cierre = FALSE;
  END IF;
  SET v_cerrado = (v_cerrado OR v_cierre) AND NOT v_cierra;
  INSERT INTO SincronizacionDias
         (IdSucursal, Fecha, Filas, TotalUnidades, TotalVenta, TotalCosto, Huella,
          Revision, PrimeraSync, UltimaSync, UltimaVerificacion)
  VALUES (p_id_sucursal, p_fecha, p_filas, p_unidades, p_venta, p_costo, p_huella,
          1, LEAST(v_ahora, COALESCE(v_conocido, v_ahora)), v_ahora, v_ahora)
  ON DUPLICATE KEY UPDATE
    MayorFilas    = IF(Huella = VALUES(Huella) AND NOT v_aprobado, MayorFilas,
                       IF(v_aprobado, NULL, GREATEST(COALESCE(MayorFilas, Filas), VALUES(Filas)))),
    MayorUnidades = IF(Huella = VALUES(Huella) AND NOT v_aprobado, MayorUnidades,
                       IF(v_cerrado AND NOT v_aprobado, GREATEST(COALESCE(MayorUnidades, TotalUnidades),
                                              VALUES(TotalUnidades)), NULL)),
    MayorVenta    = IF(Huella = VALUES(Huella) AND NOT v_aprobado, MayorVenta,
                       IF(v_cerrado AND NOT v_aprobado, GREATEST(COALESCE(MayorVenta, TotalVenta),
                                              VALUES(TotalVenta)), NULL)),
    MayorCosto    = IF(Huella = VALUES(Huella) AND NOT v_aprobado, MayorCosto,
                       IF(v_cerrado AND NOT v_aprobado, GREATEST(COALESCE(MayorCosto, TotalCosto),
                                              VALUES(TotalCosto)), NULL)),
    Cierre        = COALESCE(Cierre, IF(v_cerrado OR v_cierra, VALUES(UltimaVerificacion), NULL)),
    Revision      = IF(Huella = VALUES(Huella), Revision, Revision + 1),
    UltimaSync    = IF(Huella = VALUES(Huella), UltimaSync, VALUES(UltimaSync)),
    Filas         = VALUES(Filas),
    TotalUnidades = VALUES(TotalUnidades),
    TotalVenta    = VALUES(TotalVenta),
    TotalCosto    = VALUES(TotalCosto),
    Huella        = VALUES(Huella),
    UltimaVerificacion = VALUES(UltimaVerificacion);
  -- What a day begins with is no change of it; but what was known, and is not in the ledger, was lost.
  IF v_filas IS NULL AND COALESCE(v_motivo, 'pos') = 'pos' THEN
    SET v_motivo = IF(v_conocido IS NULL, NULL, 'danado');
  ELSEIF v_filas IS NOT NULL AND v_cerrado THEN
    SET v_motivo = COALESCE(v_motivo, 'pos');
  END IF;
  IF v_motivo <> 'pos' OR (v_motivo = 'pos' AND v_huella <> p_huella) OR
     EXISTS (SELECT 1 FROM HistorialPendiente
              WHERE IdSucursal = p_id_sucursal AND Fecha = p_fecha) THEN
    CALL sp_anotar_historial(p_fecha, p_id_sucursal, p_filas, p_unidades, p_venta, p_costo, p_huella,
                             v_filas, v_unidades, v_venta, v_costo, v_huella, v_revision, v_motivo);
  END IF;
  SET @consolidador_actor = NULL, @consolidador_nota = NULL, @consolidador_sesion = NULL,
      @consolidador_vaciado = NULL;
  CALL sp_mostrar_dia(p_fecha, p_id_sucursal, v_hay_filas, v_hay_unidades, v_hay_venta, v_hay_costo,
                      v_hay_huella);
END //

-- Empties a day, within the branch's own transaction that writes it again; not to be called by hand.
-- The ledger then says so too: a branch sends the day again where its POS still has it. A ledger that
-- says so already has been altered: these zeros are not this unit's (@consolidador_vaciado).
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
         Revision = Revision + 1, UltimaSync = fn_ahora(),
         Filas = 0, TotalUnidades = 0, TotalVenta = 0, TotalCosto = 0, Huella = 0
   WHERE IdSucursal = p_id_sucursal AND Fecha = p_fecha AND (Filas <> 0 OR Huella <> 0);
  SET @consolidador_vaciado = IF(ROW_COUNT() > 0, CONCAT_WS(' ', p_fecha, p_id_sucursal), NULL);
END //

DELIMITER ;
