-- SPDX-License-Identifier: MIT
-- Units, sales, cost.
SELECT FORMAT(SUM(Unidades), 4), FORMAT(SUM(VentaTotal), 4), FORMAT(SUM(CostoTotal), 4)
  FROM VentasAgrupadas;
