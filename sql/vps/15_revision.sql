-- SPDX-License-Identifier: MIT
-- What `consolidadord check --connect` asks of the tables behind the views, as revisar_tablas.sql
-- does where there are none: their making, and nothing of what they hold.

-- Whatever mode the server has (ORACLE, ANSI_QUOTES): the script means the same, and a procedure keeps the
-- mode that it was made with: none may round or cut what it is given.
SET SESSION sql_mode = 'STRICT_TRANS_TABLES,STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION';

DELIMITER //

CREATE OR REPLACE PROCEDURE sp_revisar_tablas()
  READS SQL DATA
  COMMENT 'Motor, llave y particiones de las tablas centrales'
BEGIN
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
   WHERE t.TABLE_SCHEMA = 'central'
     AND t.TABLE_NAME IN ('VentasAgrupadas', 'SincronizacionDias', 'EstadoSucursales', 'HistorialDias',
                        'HistorialCambios', 'FilasRechazadas');
END //

DELIMITER ;
