-- SPDX-License-Identifier: MIT
-- Straight from the till lines, without grouping: units, sales, cost.
SELECT FORMAT(SUM(Cantidad), 4), FORMAT(SUM(MontoTotal), 4), FORMAT(SUM(CostoTotal), 4)
  FROM ventasdiarias;
