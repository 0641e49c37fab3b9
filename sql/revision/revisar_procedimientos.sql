-- SPDX-License-Identifier: MIT
-- The procedures that the account may call: their parameters, and the sql_mode that they run with.
SELECT r.ROUTINE_NAME, r.SQL_MODE,
       COALESCE((SELECT GROUP_CONCAT(p.PARAMETER_MODE, ' ', p.DTD_IDENTIFIER
                                     ORDER BY p.ORDINAL_POSITION SEPARATOR ', ')
                   FROM information_schema.PARAMETERS AS p
                  WHERE p.SPECIFIC_SCHEMA = r.ROUTINE_SCHEMA
                    AND p.SPECIFIC_NAME = r.SPECIFIC_NAME), '')
  FROM information_schema.ROUTINES AS r
 WHERE r.ROUTINE_SCHEMA = DATABASE() AND r.ROUTINE_TYPE = 'PROCEDURE'
