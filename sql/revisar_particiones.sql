-- SPDX-License-Identifier: MIT
-- The day from which rows fall into the last, unbounded partition; NULL without partitions.
SELECT MAX(REPLACE(PARTITION_DESCRIPTION, '''', ''))
  FROM information_schema.PARTITIONS
 WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'VentasAgrupadas'
   AND PARTITION_DESCRIPTION <> 'MAXVALUE'
