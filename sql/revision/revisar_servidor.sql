-- SPDX-License-Identifier: MIT
-- How the server is set up, for `check --connect`; MariaDB and MySQL.
SHOW GLOBAL VARIABLES
WHERE Variable_name IN ('version', 'log_bin', 'binlog_format', 'event_scheduler')
