-- SPDX-License-Identifier: MIT
-- Fills the POS with the sales of one branch from @desde on, @dias days; always the same ones. Chance comes
-- from the digits of an MD5: a slice of six is a number from 0 to 16777215.

-- 600 products. Low numbers sell best; prices end in .50 or .90.
INSERT INTO productos
SELECT seq,
       CONCAT('75010', LPAD(seq * 7919 MOD 100000000, 8, '0')),
       CONCAT('Producto ', seq),
       1 + seq MOD 23,
       1 + seq MOD 8,
       10 * (1 + seq MOD 8) + seq MOD 5,
       100 * (1 + seq MOD 8) + seq MOD 17,
       seq MOD 12 = 0,
       5 + seq * 37 MOD 180 + IF(seq MOD 3 = 0, 0.90, 0.50),
       0
  FROM seq_1_to_600;

-- Codes that differ in letter case only; a product without any classification; one without category.
UPDATE productos SET Upc = '84997d', Descripcion = 'Cubiertos azules' WHERE IdProductos = 20;
UPDATE productos SET Upc = '84997D', Descripcion = 'Cubiertos rosas'  WHERE IdProductos = 21;
UPDATE productos
   SET Upc = 'BOLSA', Descripcion = 'Bolsa', Precio = 1.50,
       IdProveedores = NULL, IdDepartamentos = NULL, IdCategorias = NULL, IdSubcategorias = NULL
 WHERE IdProductos = 5;
UPDATE productos SET IdCategorias = NULL, IdSubcategorias = NULL WHERE IdProductos IN (33, 150);

UPDATE productos SET Costo = ROUND(Precio * (0.62 + IdProductos MOD 20 / 100), 4);

-- The same code a second time, from another supplier.
INSERT INTO productos
SELECT IdProductos + 1000, Upc, Descripcion, IdProveedores + 40, IdDepartamentos, IdCategorias,
       IdSubcategorias, Granel, Precio, Costo
  FROM productos
 WHERE IdProductos IN (3, 11, 47);

-- How many till lines each day has: the week's rhythm and the year's. Closed on 25 December and 1 January.
CREATE TEMPORARY TABLE dias
SELECT Fecha,
       CASE WHEN DATE_FORMAT(Fecha, '%m-%d') IN ('12-25', '01-01') THEN 0
            ELSE ROUND(900
                 * ELT(WEEKDAY(Fecha) + 1, 0.85, 0.80, 0.85, 0.95, 1.20, 1.50, 1.30)
                 * CASE WHEN DATE_FORMAT(Fecha, '%m-%d') BETWEEN '11-13' AND '11-17' THEN 1.5
                        WHEN DATE_FORMAT(Fecha, '%m-%d') BETWEEN '12-12' AND '12-24' THEN 1.7
                        WHEN DATE_FORMAT(Fecha, '%m-%d') = '12-31' THEN 1.6
                        ELSE 1.0 + 0.1 * COS(2 * PI() * DAYOFYEAR(Fecha) / 365) END
                 * (0.93 + CONV(LEFT(MD5(Fecha), 6), 16, 10) / 16777216 * 0.14)) END AS Lineas
  FROM (SELECT @desde + INTERVAL seq DAY AS Fecha FROM seq_0_to_3999 WHERE seq < @dias) AS calendario;

-- Each line: which product, how much of it, and one in sixty is a return. Product 8 moves from category 13
-- to 19 at midday of the 21st of each month, and back on the 7th; on those days it has both.
INSERT INTO ventasdiarias
  (Fecha, Upc, IdDepartamentos, IdCategorias, IdSubcategorias, Cantidad, MontoTotal, CostoTotal)
SELECT Fecha, Upc, IdDepartamentos,
       CASE WHEN IdProductos <> 8 THEN IdCategorias
            WHEN DAY(Fecha) IN (7, 21) THEN IF((DAY(Fecha) = 21) = (seq > Lineas / 2), 19, 13)
            ELSE IF(DAY(Fecha) > 21 OR DAY(Fecha) < 7, 19, 13) END,
       IdSubcategorias, Cantidad,
       ROUND(Cantidad * Precio, 2),
       ROUND(Cantidad * Costo, 4)
  FROM (SELECT azar.Fecha, azar.seq, azar.Lineas, p.*,
               IF(CONV(SUBSTR(azar.h, 7, 6), 16, 10) MOD 60 = 0, -1, 1)
               * IF(p.Granel, 0.100 + CONV(SUBSTR(azar.h, 13, 6), 16, 10) MOD 2400 / 1000,
                    1 + FLOOR(POW(CONV(SUBSTR(azar.h, 13, 6), 16, 10) / 16777216, 4) * 6)) AS Cantidad
          FROM (SELECT dias.Fecha, dias.Lineas, linea.seq, MD5(CONCAT(dias.Fecha, '/', linea.seq)) AS h
                  FROM dias JOIN seq_1_to_4000 AS linea ON linea.seq <= dias.Lineas) AS azar
          JOIN productos AS p
            ON p.IdProductos = 1 + FLOOR(POW(CONV(LEFT(azar.h, 6), 16, 10) / 16777216, 1.6) * 600)
       ) AS venta
 ORDER BY Fecha, seq;
