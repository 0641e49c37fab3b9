-- SPDX-License-Identifier: MIT
-- The branches, those that need attention first.
SELECT IdSucursal, Nombre, Semaforo, Causas, Motivos, MinutosSinContacto, UltimoDiaAuditado,
       DiasPendientes, DiasFallidos, DiasHueco, Version, FilasHoy, ROUND(VentaHoy, 2), FilasUsual,
       VentaUsual, PorcentajeVenta, DiasRetenidos
  FROM FlotaSucursales ORDER BY Puesto
