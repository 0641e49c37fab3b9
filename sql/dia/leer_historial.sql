-- SPDX-License-Identifier: MIT
-- The changes of a range of days, and of what nature they were.
SELECT Fecha, Cambio, Revision, Instante, Motivo, Actor, Nota, Cuenta,
       FilasAntes, UnidadesAntes, VentaAntes, CostoAntes, HuellaAntes,
       Filas, Unidades, Venta, Costo, Huella
FROM HistorialDias
WHERE IdSucursal = ? AND Fecha BETWEEN ? AND ?
ORDER BY Fecha, Cambio
