-- SPDX-License-Identifier: MIT
-- The tables' kind, engine and primary key; a view shows no key.
SELECT t.TABLE_NAME, t.TABLE_TYPE, COALESCE(t.ENGINE, ''),
       COALESCE((SELECT GROUP_CONCAT(s.COLUMN_NAME ORDER BY s.SEQ_IN_INDEX)
                   FROM information_schema.STATISTICS AS s
                  WHERE s.TABLE_SCHEMA = t.TABLE_SCHEMA AND s.TABLE_NAME = t.TABLE_NAME
                    AND s.INDEX_NAME = 'PRIMARY'), '')
  FROM information_schema.TABLES AS t
 WHERE t.TABLE_SCHEMA = DATABASE()
   AND t.TABLE_NAME IN ('VentasAgrupadas', 'SincronizacionDias', 'EstadoSucursales')
