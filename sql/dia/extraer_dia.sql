-- SPDX-License-Identifier: MIT
-- The day's grouped sales from the POS.
CALL sp_select_ventas_diarias(?)
