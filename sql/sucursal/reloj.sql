-- SPDX-License-Identifier: MIT
-- The server's clock, whatever the session says of the time.
SELECT DATE_FORMAT(CONVERT_TZ(SYSDATE(), @@SESSION.time_zone, '+00:00'), '%Y-%m-%d %H:%i:%s')
