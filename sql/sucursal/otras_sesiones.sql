-- SPDX-License-Identifier: MIT
-- The other sessions of this account, for who waits for a lock: every account may see its own. Only
-- an administrator may see whether one that sleeps is in a transaction.
SELECT ID, SUBSTRING_INDEX(HOST, ':', 1),
       IF(COMMAND = 'Sleep', 'Sleep: idle, or in a transaction that holds it', COMMAND), TIME
  FROM information_schema.PROCESSLIST
 WHERE ID <> CONNECTION_ID() AND USER = SUBSTRING_INDEX(USER(), '@', 1)
 ORDER BY TIME DESC
 LIMIT 5
