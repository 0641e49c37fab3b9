-- SPDX-License-Identifier: MIT
-- A POS like SuperPOS, as far as the procedures read it: till lines and products. The codes' collation
-- ignores letter case, as that of most installations does, although 84997d and 84997D are two products.

CREATE TABLE ventasdiarias (
  IdVentasDiarias BIGINT        NOT NULL AUTO_INCREMENT,
  Fecha           DATE          NOT NULL,
  Upc             VARCHAR(20)   CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci NOT NULL,
  IdDepartamentos INT           NULL,
  IdCategorias    INT           NULL,
  IdSubcategorias INT           NULL,
  Cantidad        DECIMAL(12,3) NOT NULL,
  MontoTotal      DECIMAL(12,2) NOT NULL,
  CostoTotal      DECIMAL(14,4) NOT NULL,
  PRIMARY KEY (IdVentasDiarias),
  KEY ix_fecha (Fecha)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;

CREATE TABLE productos (
  IdProductos     INT           NOT NULL,
  Upc             VARCHAR(20)   CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci NOT NULL,
  Descripcion     VARCHAR(60)   NOT NULL,
  IdProveedores   INT           NULL,
  IdDepartamentos INT           NULL,
  IdCategorias    INT           NULL,
  IdSubcategorias INT           NULL,
  Granel          BOOLEAN       NOT NULL DEFAULT FALSE COMMENT 'se vende por kilo',
  Precio          DECIMAL(10,2) NOT NULL,
  Costo           DECIMAL(10,4) NOT NULL,
  PRIMARY KEY (IdProductos),
  KEY ix_upc (Upc)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
