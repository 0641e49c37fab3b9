-- SPDX-License-Identifier: MIT
-- The fleet at a glance, for any client of head office; can be run twice. The views read with the
-- rights of who asks. Days and "today" are those of the session's time zone; the tables' times are
-- UTC.

-- The script means the same whatever mode the server has (ORACLE, ANSI_QUOTES).
SET SESSION sql_mode = 'STRICT_TRANS_TABLES,STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION';

-- The branches that head office expects: those with an account, and those that have ever sent.
CREATE OR REPLACE SQL SECURITY INVOKER VIEW FlotaEsperadas AS
  SELECT IdSucursal, Nombre, Alta FROM Sucursales WHERE Baja IS NULL
   UNION ALL
  SELECT vistas.IdSucursal, CONCAT('sucursal ', vistas.IdSucursal), NULL
    FROM (SELECT IdSucursal FROM EstadoSucursales
           UNION SELECT DISTINCT IdSucursal FROM SincronizacionDias) AS vistas
   WHERE vistas.IdSucursal NOT IN (SELECT IdSucursal FROM Sucursales);

-- The ledger with what it proves of each day, without days that cannot be: FlotaSucursales tells of those.
-- A day that was last audited before it ended may have had sales afterwards; one that was emptied by hand has
-- not been audited since.
CREATE OR REPLACE SQL SECURITY INVOKER VIEW FlotaLibro AS
  SELECT IdSucursal, Fecha, Filas, TotalVenta, UltimaVerificacion,
         UltimaVerificacion >= UltimaSync AND
         (Fecha >= CURRENT_DATE OR
          UltimaVerificacion + INTERVAL TIMESTAMPDIFF(MINUTE, UTC_TIMESTAMP(), NOW()) MINUTE
            >= Fecha + INTERVAL 1 DAY) AS Auditado
    FROM SincronizacionDias
   WHERE Fecha BETWEEN '1900-01-01' AND CURRENT_DATE + INTERVAL 2 DAY;

-- The calendar of the last 400 days, from the first day that a branch ever sent.
--   auditado   proven equal; of today: as far as it has gone
--   retenido   the POS has lost sales of it and somebody has to decide; before all others, for what
--              is here was audited once, and an error on the way to it is the smaller trouble
--   fallido    in ERROR in the branch until somebody acts
--   pendiente  the branch knows that it has to send it, or to audit it once more
--   ausente    never sent
CREATE OR REPLACE SQL SECURITY INVOKER VIEW FlotaDias AS
  SELECT b.IdSucursal, b.Nombre, d.Fecha, l.Filas, l.TotalVenta,
         CASE WHEN FIND_IN_SET(d.Fecha, e.DiasRetenidos) THEN 'retenido'
              WHEN FIND_IN_SET(d.Fecha, e.DiasFallidos) THEN 'fallido'
              WHEN l.Auditado THEN 'auditado'
              WHEN l.Auditado IS NOT NULL OR d.Fecha = CURRENT_DATE
                OR d.Fecha >= e.DiaPendienteMasAntiguo THEN 'pendiente'
              ELSE 'ausente' END AS Estado
    FROM FlotaEsperadas AS b
    JOIN (SELECT CURRENT_DATE - INTERVAL seq DAY AS Fecha FROM seq_0_to_399) AS d
    LEFT JOIN EstadoSucursales AS e ON e.IdSucursal = b.IdSucursal
    LEFT JOIN FlotaLibro AS l ON l.IdSucursal = b.IdSucursal AND l.Fecha = d.Fecha
   WHERE d.Fecha >= COALESCE((SELECT MIN(p.Fecha) FROM FlotaLibro AS p
                               WHERE p.IdSucursal = b.IdSucursal), b.Alta, CURRENT_DATE);

-- The gaps: ended days that a branch never sent, from its first day on, however long ago.
CREATE OR REPLACE SQL SECURITY INVOKER VIEW FlotaHuecos AS
  SELECT b.IdSucursal, b.Nombre, g.Desde, g.Hasta, DATEDIFF(g.Hasta, g.Desde) + 1 AS Dias
    FROM FlotaEsperadas AS b
    JOIN (SELECT IdSucursal, Fecha + INTERVAL 1 DAY AS Desde,
                 COALESCE(LEAD(Fecha) OVER (PARTITION BY IdSucursal ORDER BY Fecha), CURRENT_DATE)
                   - INTERVAL 1 DAY AS Hasta
            FROM FlotaLibro
           UNION ALL
          SELECT s.IdSucursal, s.Alta, CURRENT_DATE - INTERVAL 1 DAY
            FROM Sucursales AS s
           WHERE s.IdSucursal NOT IN (SELECT IdSucursal FROM FlotaLibro)) AS g
      ON g.IdSucursal = b.IdSucursal AND g.Desde <= g.Hasta;

-- One row a branch; Puesto 1 needs attention most. UltimoDiaAuditado is the last ended day that is
-- proven equal and before which none is missing, held, in ERROR or pending. The usual is the mean of the same weekday in the
-- last eight weeks. Causas are the reasons for the light: sin_contacto (24 hours: rojo, one:
-- amarillo), fallando and degradada (the branch's own verdict), retiene (sales that the POS has
-- lost), dias_fallidos, pendientes, huecos, filas_rechazadas (rows of the POS that cannot be taken),
-- datos_invalidos (days or times that cannot be: somebody has written by hand, or a clock is wrong).
CREATE OR REPLACE SQL SECURITY INVOKER VIEW FlotaSucursales AS
  WITH libro AS (
    SELECT IdSucursal, MIN(Fecha) AS PrimerDia, SUM(Fecha < CURRENT_DATE) AS Dias
      FROM FlotaLibro GROUP BY IdSucursal
  ), usual AS (
    SELECT IdSucursal, AVG(Filas) AS Filas, AVG(TotalVenta) AS Venta
      FROM FlotaLibro
     WHERE Fecha BETWEEN CURRENT_DATE - INTERVAL 56 DAY AND CURRENT_DATE - INTERVAL 1 DAY
       AND WEEKDAY(Fecha) = WEEKDAY(CURRENT_DATE)
     GROUP BY IdSucursal
  ), sin_probar AS (  -- ended days that are not proven, the first of each kind among them
    SELECT IdSucursal, Fecha FROM FlotaLibro WHERE NOT Auditado
     UNION ALL
    SELECT IdSucursal, Desde FROM FlotaHuecos
     UNION ALL
    SELECT IdSucursal, NULLIF(DiaPendienteMasAntiguo, '0000-00-00') FROM EstadoSucursales
     UNION ALL
    SELECT IdSucursal, CAST(NULLIF(SUBSTRING_INDEX(DiasFallidos, ',', 1), '') AS DATE)
      FROM EstadoSucursales
     UNION ALL
    SELECT IdSucursal, CAST(NULLIF(SUBSTRING_INDEX(DiasRetenidos, ',', 1), '') AS DATE)
      FROM EstadoSucursales
  ), probados AS (
    SELECT l.IdSucursal, MAX(l.Fecha) AS Hasta
      FROM FlotaLibro AS l
      LEFT JOIN (SELECT IdSucursal, MIN(Fecha) AS Primero
                   FROM sin_probar GROUP BY IdSucursal) AS s ON s.IdSucursal = l.IdSucursal
     WHERE l.Auditado AND l.Fecha < LEAST(CURRENT_DATE, COALESCE(s.Primero, CURRENT_DATE))
     GROUP BY l.IdSucursal
  ), rechazadas AS (
    SELECT IdSucursal, COUNT(*) AS Filas FROM FilasRechazadas GROUP BY IdSucursal
  ), invalidos AS (
    SELECT IdSucursal FROM SincronizacionDias
     WHERE NOT COALESCE(Fecha BETWEEN '1900-01-01' AND CURRENT_DATE + INTERVAL 2 DAY, FALSE)
     UNION
    SELECT IdSucursal FROM EstadoSucursales
     WHERE DiaPendienteMasAntiguo NOT BETWEEN '1900-01-01' AND CURRENT_DATE + INTERVAL 2 DAY
        OR UltimoContacto > UTC_TIMESTAMP() + INTERVAL 1 HOUR
        OR NOT CONCAT(DiasFallidos, ',', DiasRetenidos) REGEXP '^[-0-9,]*$'
  ), hechos AS (
    SELECT b.IdSucursal, b.Nombre,
           COALESCE(IF(e.Version = '', NULL, e.UltimoContacto),  -- a mark alone is no heartbeat
                    (SELECT MAX(v.UltimaVerificacion) FROM FlotaLibro AS v
                      WHERE v.IdSucursal = b.IdSucursal)) AS UltimoContacto,
           e.Salud, COALESCE(e.Motivos, '') AS Motivos,
           probados.Hasta AS UltimoDiaAuditado,
           COALESCE(e.DiasPendientes, 0) AS DiasPendientes, e.DiaPendienteMasAntiguo,
           COALESCE(e.DiasFallidos, '') AS DiasFallidos,
           COALESCE(e.DiasRetenidos, '') AS DiasRetenidos,
           GREATEST(0, COALESCE(DATEDIFF(CURRENT_DATE, COALESCE(libro.PrimerDia, b.Alta))
                                  - COALESCE(libro.Dias, 0), 0)) AS DiasHueco,
           COALESCE(e.Version, '') AS Version, hoy.Filas AS FilasHoy, hoy.TotalVenta AS VentaHoy,
           ROUND(usual.Filas) AS FilasUsual, ROUND(usual.Venta, 2) AS VentaUsual,
           COALESCE(rechazadas.Filas, 0) AS FilasRechazadas,
           b.IdSucursal IN (SELECT IdSucursal FROM invalidos) AS Invalidos
      FROM FlotaEsperadas AS b
      LEFT JOIN EstadoSucursales AS e ON e.IdSucursal = b.IdSucursal
      LEFT JOIN libro ON libro.IdSucursal = b.IdSucursal
      LEFT JOIN probados ON probados.IdSucursal = b.IdSucursal
      LEFT JOIN rechazadas ON rechazadas.IdSucursal = b.IdSucursal
      LEFT JOIN usual ON usual.IdSucursal = b.IdSucursal
      LEFT JOIN FlotaLibro AS hoy
        ON hoy.IdSucursal = b.IdSucursal AND hoy.Fecha = CURRENT_DATE
  ), edades AS (
    SELECT hechos.*,
           TIMESTAMPDIFF(MINUTE, UltimoContacto, UTC_TIMESTAMP(3)) AS MinutosSinContacto,
           DATEDIFF(CURRENT_DATE, UltimoDiaAuditado) AS DiasSinAuditar,
           ROUND(100 * VentaHoy / VentaUsual) AS PorcentajeVenta
      FROM hechos
  ), luces AS (
    SELECT edades.*,
           CASE WHEN COALESCE(MinutosSinContacto, 1440) >= 1440 OR Salud = 'fallando' THEN 'rojo'
                WHEN MinutosSinContacto >= 60 OR Salud = 'degradada' OR DiasRetenidos <> ''
                  OR DiasFallidos <> '' OR DiasPendientes > 0 OR DiasHueco > 0
                  OR FilasRechazadas > 0 OR Invalidos THEN 'amarillo'
                ELSE 'verde' END AS Semaforo,
           CONCAT_WS(',', IF(COALESCE(MinutosSinContacto, 60) >= 60, 'sin_contacto', NULL),
                     IF(Salud IN ('fallando', 'degradada'), Salud, NULL),
                     IF(DiasRetenidos <> '', 'retiene', NULL),
                     IF(DiasFallidos <> '', 'dias_fallidos', NULL),
                     IF(DiasPendientes > 0, 'pendientes', NULL),
                     IF(DiasHueco > 0, 'huecos', NULL),
                     IF(FilasRechazadas > 0, 'filas_rechazadas', NULL),
                     IF(Invalidos, 'datos_invalidos', NULL)) AS Causas
      FROM edades
  )
  SELECT ROW_NUMBER() OVER (ORDER BY FIELD(Semaforo, 'rojo', 'amarillo', 'verde'),
                            MinutosSinContacto IS NULL DESC, DiasSinAuditar DESC,
                            DiasPendientes + DiasHueco DESC, MinutosSinContacto DESC,
                            IdSucursal) AS Puesto,
         IdSucursal, Nombre, UltimoContacto, Salud, Motivos, UltimoDiaAuditado, DiasPendientes,
         DiaPendienteMasAntiguo, DiasFallidos, DiasHueco, Version, FilasHoy, VentaHoy, FilasUsual,
         VentaUsual, MinutosSinContacto, DiasSinAuditar, PorcentajeVenta, Semaforo, Causas,
         DiasRetenidos, FilasRechazadas
    FROM luces;

-- Who needs attention.
CREATE OR REPLACE SQL SECURITY INVOKER VIEW FlotaAtencion AS
  SELECT * FROM FlotaSucursales WHERE Semaforo <> 'verde';
