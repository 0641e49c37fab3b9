-- SPDX-License-Identifier: MIT
-- The days that branches never sent.
SELECT IdSucursal, Desde, Hasta FROM FlotaHuecos ORDER BY IdSucursal, Desde
