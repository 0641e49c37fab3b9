-- SPDX-License-Identifier: MIT
-- Corrects one sale of an earlier day in the POS: one unit more. Says what it did.
SELECT MIN(IdVentasDiarias) INTO @linea
  FROM ventasdiarias
 WHERE IdVentasDiarias >= (SELECT MAX(IdVentasDiarias) / 2 FROM ventasdiarias);

SELECT Cantidad, MontoTotal INTO @cantidad, @monto FROM ventasdiarias WHERE IdVentasDiarias = @linea;

UPDATE ventasdiarias
   SET MontoTotal = ROUND(MontoTotal * (@cantidad + 1) / @cantidad, 2),
       CostoTotal = ROUND(CostoTotal * (@cantidad + 1) / @cantidad, 4),
       Cantidad   = @cantidad + 1
 WHERE IdVentasDiarias = @linea;

SELECT CONCAT(Fecha, ', code ', Upc, ': ', @cantidad, ' for ', @monto, ' becomes ', Cantidad, ' for ', MontoTotal)
  FROM ventasdiarias
 WHERE IdVentasDiarias = @linea;
