-- SPDX-License-Identifier: MIT
-- The tables' kind, engine, primary key, and the day from which rows fall into the last, unbounded
-- partition. A view shows none of it; in a guarded VPS revisar_tablas_centrales does.
SELECT t.TABLE_NAME, t.TABLE_TYPE, COALESCE(t.ENGINE, ''),
       COALESCE((SELECT GROUP_CONCAT(s.COLUMN_NAME ORDER BY s.SEQ_IN_INDEX)
                   FROM information_schema.STATISTICS AS s
                  WHERE s.TABLE_SCHEMA = t.TABLE_SCHEMA AND s.TABLE_NAME = t.TABLE_NAME
                    AND s.INDEX_NAME = 'PRIMARY'), ''),
       COALESCE((SELECT MAX(REPLACE(p.PARTITION_DESCRIPTION, '''', ''))
                   FROM information_schema.PARTITIONS AS p
                  WHERE p.TABLE_SCHEMA = t.TABLE_SCHEMA AND p.TABLE_NAME = t.TABLE_NAME
                    AND p.PARTITION_DESCRIPTION <> 'MAXVALUE'), '')
  FROM information_schema.TABLES AS t
 WHERE t.TABLE_SCHEMA = DATABASE()
   AND t.TABLE_NAME IN ('VentasAgrupadas', 'SincronizacionDias', 'EstadoSucursales', 'HistorialDias',
                        'HistorialCambios', 'FilasRechazadas')
