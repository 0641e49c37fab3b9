-- SPDX-License-Identifier: MIT
-- Empties a day before it is written again.
CALL sp_delete_ventas_agrupadas(?, ?)
