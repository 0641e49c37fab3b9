-- SPDX-License-Identifier: MIT
-- Who has kept this account waiting for rows in the last minute, as the watch of a guarded VPS has seen it.
SELECT Cuenta, Segundos, Cortada
  FROM Vigilancia
 WHERE Instante > UTC_TIMESTAMP() - INTERVAL 1 MINUTE
 ORDER BY Instante DESC
 LIMIT 3
