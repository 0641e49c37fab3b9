-- SPDX-License-Identifier: MIT
-- Each day as the till lines have it: day, its name, lines, grouped rows, sales.
SELECT Fecha, DATE_FORMAT(Fecha, '%a'), COUNT(Upc),
       COUNT(DISTINCT BINARY Upc, COALESCE(IdDepartamentos, 0), COALESCE(IdCategorias, 0),
                      COALESCE(IdSubcategorias, 0)),
       FORMAT(COALESCE(SUM(MontoTotal), 0), 2)
  FROM (SELECT @desde + INTERVAL seq DAY AS Fecha FROM seq_0_to_3999 WHERE seq < @dias) AS calendario
  LEFT JOIN ventasdiarias USING (Fecha)
 GROUP BY Fecha
 ORDER BY Fecha;
