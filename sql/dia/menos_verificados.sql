-- SPDX-License-Identifier: MIT
-- The days whose last audit lies furthest back, for the rotating verification.
SELECT Fecha
FROM SincronizacionDias
WHERE IdSucursal = ? AND Fecha >= ? AND Fecha < ?
ORDER BY UltimaVerificacion, Fecha
LIMIT ?
