-- SPDX-License-Identifier: MIT
-- The days that branches never sent: of each the newest 400 gaps. FlotaSucursales counts the days of all.
SELECT IdSucursal, Desde, Hasta
  FROM (SELECT IdSucursal, Desde, Hasta,
               ROW_NUMBER() OVER (PARTITION BY IdSucursal ORDER BY Desde DESC) AS Puesto
          FROM FlotaHuecos) AS huecos
 WHERE Puesto <= 400
 ORDER BY IdSucursal, Desde
