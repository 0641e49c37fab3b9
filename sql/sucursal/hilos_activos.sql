-- SPDX-License-Identifier: MIT
-- How busy the POS's server is: every account may ask.
SELECT CAST(VARIABLE_VALUE AS UNSIGNED) AS Activos
  FROM information_schema.GLOBAL_STATUS WHERE VARIABLE_NAME = 'THREADS_RUNNING'
