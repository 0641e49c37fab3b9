-- SPDX-License-Identifier: MIT
-- How busy the POS's server is: every account may ask; MariaDB and MySQL.
SHOW GLOBAL STATUS LIKE 'Threads_running'
