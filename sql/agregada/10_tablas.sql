-- SPDX-License-Identifier: MIT
-- The aggregate database: the same schema in the branch (local) and at head office (VPS).
-- Run as an administrator, in the order of the files' numbers; can be run twice:
--   cat sql/agregada/*.sql | mariadb central

-- The Python bot's table of the same name has no key: it must be migrated, not silently kept.
DELIMITER //
BEGIN NOT ATOMIC
  IF EXISTS (SELECT 1 FROM information_schema.TABLES
              WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'VentasAgrupadas') AND
     NOT EXISTS (SELECT 1 FROM information_schema.TABLE_CONSTRAINTS
                  WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'VentasAgrupadas'
                    AND CONSTRAINT_TYPE = 'PRIMARY KEY') THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT =
      'VentasAgrupadas exists without a primary key (the bot''s table): rename it first';
  END IF;
END //
DELIMITER ;

-- Grouped sales. The primary key is the whole grain, branch first: branches never share a range of the
-- key, so their transactions do not meet. The collation is binary without padding: 84997d, 84997D and
-- '84997d ' are three codes.
CREATE TABLE IF NOT EXISTS VentasAgrupadas (
  Fecha          DATE          NOT NULL,
  IdSucursal     INT           NOT NULL,
  Upc            VARCHAR(20)   CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  IdProveedor    INT           NOT NULL DEFAULT 0,
  IdDepartamento INT           NOT NULL DEFAULT 0,
  IdCategoria    INT           NOT NULL DEFAULT 0,
  IdSubcategoria INT           NOT NULL DEFAULT 0,
  Unidades       DECIMAL(18,4) NOT NULL DEFAULT 0,
  VentaTotal     DECIMAL(18,4) NOT NULL DEFAULT 0,
  CostoTotal     DECIMAL(18,4) NOT NULL DEFAULT 0,
  UltimaSync     DATETIME(3)   NOT NULL COMMENT 'UTC; cambia solo cuando cambian los valores',
  PRIMARY KEY (IdSucursal, Fecha, Upc, IdProveedor, IdDepartamento, IdCategoria, IdSubcategoria),
  KEY ix_upc (Upc, Fecha),
  KEY ix_proveedor (IdProveedor, Fecha),
  KEY ix_departamento (IdDepartamento, Fecha),
  KEY ix_categoria (IdCategoria, Fecha),
  KEY ix_subcategoria (IdSubcategoria, Fecha)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin
  COMMENT='Ventas por dia, sucursal y producto'
PARTITION BY RANGE COLUMNS (Fecha) (
  PARTITION p_antes  VALUES LESS THAN ('2010-01-01'),
  PARTITION p_futuro VALUES LESS THAN (MAXVALUE)
);

-- The ledger: what this database holds of each day, written in the same transaction as the day's rows.
CREATE TABLE IF NOT EXISTS SincronizacionDias (
  IdSucursal         INT             NOT NULL,
  Fecha              DATE            NOT NULL,
  Filas              INT UNSIGNED    NOT NULL,
  TotalUnidades      DECIMAL(24,4)   NOT NULL,
  TotalVenta         DECIMAL(24,4)   NOT NULL,
  TotalCosto         DECIMAL(24,4)   NOT NULL,
  Huella             BIGINT UNSIGNED NOT NULL COMMENT 'de las filas del dia; 0 sin filas',
  Revision           INT UNSIGNED    NOT NULL COMMENT 'cuantas versiones del dia hubo',
  PrimeraSync        DATETIME(3)     NOT NULL COMMENT 'UTC',
  UltimaSync         DATETIME(3)     NOT NULL COMMENT 'UTC; ultimo cambio del contenido',
  UltimaVerificacion DATETIME(3)     NOT NULL COMMENT 'UTC; ultima auditoria sin diferencias',
  MayorFilas         INT UNSIGNED    INVISIBLE NULL
                     COMMENT 'lo mas que se ha probado desde que el dia cerro; NULL: lo que hay ahora',
  MayorUnidades      DECIMAL(24,4)   INVISIBLE NULL,
  MayorVenta         DECIMAL(24,4)   INVISIBLE NULL,
  MayorCosto         DECIMAL(24,4)   INVISIBLE NULL,
  PRIMARY KEY (IdSucursal, Fecha)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin
  COMMENT='Libro: lo que esta base tiene de cada dia de cada sucursal';

-- The heartbeat: one row per branch, the dashboard of head office.
CREATE TABLE IF NOT EXISTS EstadoSucursales (
  IdSucursal         INT          NOT NULL,
  UltimoContacto     DATETIME(3)  NOT NULL COMMENT 'UTC',
  Salud              ENUM('ok','degradada','fallando') CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  Motivos            VARCHAR(500) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL DEFAULT '',
  DiasPendientes     INT UNSIGNED NOT NULL DEFAULT 0,
  DiaPendienteMasAntiguo DATE     NULL,
  DiasFallidos       VARCHAR(500) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL DEFAULT ''
                     COMMENT 'en ERROR hasta que alguien actue: 2026-01-05,2026-01-07',
  UltimoDiaAuditado  DATE         NULL,
  Version            VARCHAR(40)  CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL DEFAULT '',
  Maquina            CHAR(32)     CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL DEFAULT ''
                     COMMENT 'la que escribe los dias de la sucursal; vacia: ninguna todavia',
  Equipo             VARCHAR(64)  CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL DEFAULT ''
                     COMMENT 'nombre de esa maquina',
  DiasRetenidos      TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL DEFAULT ''
                     COMMENT 'esperan que alguien apruebe lo que perderian: 2026-01-05,2026-01-07',
  DiasArchivados     INT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'que el POS ya no guarda',
  PRIMARY KEY (IdSucursal)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin
  COMMENT='Latido de cada sucursal';

-- Tables of version 0.1.0 get what they lack. Only then: ALTER TABLE waits for every transaction
-- that has the table open, and all others wait behind it.
DELIMITER //
BEGIN NOT ATOMIC
  IF NOT EXISTS (SELECT 1 FROM information_schema.COLUMNS
                  WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'SincronizacionDias'
                    AND COLUMN_NAME = 'MayorCosto') THEN
    ALTER TABLE SincronizacionDias
      ADD COLUMN IF NOT EXISTS MayorFilas INT UNSIGNED INVISIBLE NULL
        COMMENT 'lo mas que se ha probado desde que el dia cerro; NULL: lo que hay ahora',
      ADD COLUMN IF NOT EXISTS MayorUnidades DECIMAL(24,4) INVISIBLE NULL,
      ADD COLUMN IF NOT EXISTS MayorVenta DECIMAL(24,4) INVISIBLE NULL,
      ADD COLUMN IF NOT EXISTS MayorCosto DECIMAL(24,4) INVISIBLE NULL;
  END IF;
  IF (SELECT COUNT(*) FROM information_schema.COLUMNS
       WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'EstadoSucursales'
         AND COLUMN_NAME IN ('Maquina', 'Equipo', 'DiasRetenidos', 'DiasArchivados')) < 4 THEN
    ALTER TABLE EstadoSucursales
      ADD COLUMN IF NOT EXISTS
        Maquina CHAR(32) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL DEFAULT ''
        COMMENT 'la que escribe los dias de la sucursal; vacia: ninguna todavia',
      ADD COLUMN IF NOT EXISTS
        Equipo VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL DEFAULT ''
        COMMENT 'nombre de esa maquina',
      ADD COLUMN IF NOT EXISTS
        DiasRetenidos TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL DEFAULT ''
        COMMENT 'esperan que alguien apruebe lo que perderian: 2026-01-05,2026-01-07',
      ADD COLUMN IF NOT EXISTS
        DiasArchivados INT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'que el POS ya no guarda';
  END IF;
END //
DELIMITER ;
