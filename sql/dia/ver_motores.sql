-- SPDX-License-Identifier: MIT
-- The POS's tables that the account sees, how many, and which of them know no transactions: those
-- give no snapshot. An account that may only call the procedures sees none.
SELECT COUNT(*) AS Tablas,
       COALESCE(GROUP_CONCAT(IF(e.TRANSACTIONS = 'YES', NULL, CONCAT(t.TABLE_NAME, ' (', t.ENGINE, ')'))
                             ORDER BY t.TABLE_NAME SEPARATOR ', '), '') AS SinTransacciones
  FROM information_schema.TABLES AS t
  LEFT JOIN information_schema.ENGINES AS e ON e.ENGINE = t.ENGINE
 WHERE t.TABLE_SCHEMA = DATABASE() AND t.TABLE_TYPE = 'BASE TABLE'
