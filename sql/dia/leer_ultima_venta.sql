-- SPDX-License-Identifier: MIT
-- The POS's newest day with sales, where it can tell.
CALL sp_ultima_venta()
