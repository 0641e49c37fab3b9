-- SPDX-License-Identifier: MIT
-- What the POS holds, in one sentence.
SELECT CONCAT('POS: ', FORMAT(COUNT(*), 0), ' till lines, ', SUM(Cantidad < 0), ' of them returns, of ',
              COUNT(DISTINCT BINARY Upc), ' products; ',
              SUM(IdCategorias IS NULL), ' lines without category; ',
              (SELECT COUNT(*) FROM (SELECT 1 FROM productos GROUP BY BINARY Upc HAVING COUNT(*) > 1) AS d),
              ' codes twice in productos; 84997d and 84997D are two products')
  FROM ventasdiarias;
