-- SPDX-License-Identifier: MIT
-- The calendar since this day.
SELECT IdSucursal, Fecha, Estado FROM FlotaDias WHERE Fecha >= ? ORDER BY IdSucursal, Fecha
