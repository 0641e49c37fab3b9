-- SPDX-License-Identifier: MIT
-- The aggregate database: the same schema in the branch (local) and at head office (VPS).
-- Run as an administrator, in the order of the files' numbers; can be run twice:
--   cat sql/agregada/*.sql | mariadb central

-- The script means the same whatever mode the server has (ORACLE, ANSI_QUOTES).
SET SESSION sql_mode = 'STRICT_TRANS_TABLES,STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION';

-- Behind a statement that waits for whoever has a table open wait all others: so none waits for long, in this script and those
-- that come after it. One that ends by this (error 1205) is run again.
SET SESSION lock_wait_timeout = 5;

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
  Cierre             DATETIME(3)     INVISIBLE NULL
                     COMMENT 'UTC; primera vez que se registro terminado; NULL: todavia no, o no se sabe',
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

-- The memory. Each change of a proven day after it ended, and each damage of any day: what the day
-- amounted to before and after, counted from the rows, not taken from the ledger. A day that was
-- never changed has no row here: its only version is that of the tables. docs/database.md says how
-- an earlier version is shown.
CREATE TABLE IF NOT EXISTS HistorialDias (
  IdSucursal      INT             NOT NULL,
  Fecha           DATE            NOT NULL,
  Cambio          INT UNSIGNED    NOT NULL COMMENT '1, 2, ... de este dia',
  Revision        INT UNSIGNED    NOT NULL COMMENT 'del libro, despues',
  Instante        DATETIME(3)     NOT NULL COMMENT 'UTC',
  Motivo          ENUM('pos','danado','aprobado','reproceso','copiado','reclasificado','migrado',
                       'recortado')
                  CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  Actor           VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL
                  COMMENT 'quien lo pidio, segun el programa; vacio: nadie',
  Cuenta          VARCHAR(384) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL
                  COMMENT 'la del servidor que lo hizo',
  Nota            VARCHAR(500) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  FilasAntes      INT             NULL COMMENT 'NULL: antes no habia nada',
  UnidadesAntes   DECIMAL(24,4)   NULL,
  VentaAntes      DECIMAL(24,4)   NULL,
  CostoAntes      DECIMAL(24,4)   NULL,
  HuellaAntes     BIGINT UNSIGNED NULL,
  Filas           INT             NOT NULL,
  Unidades        DECIMAL(24,4)   NOT NULL,
  Venta           DECIMAL(24,4)   NOT NULL,
  Costo           DECIMAL(24,4)   NOT NULL,
  Huella          BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (IdSucursal, Fecha, Cambio)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin
  COMMENT='Cada cambio de un dia ya probado'
PARTITION BY RANGE COLUMNS (Fecha) (
  PARTITION p_antes  VALUES LESS THAN ('2010-01-01'),
  PARTITION p_futuro VALUES LESS THAN (MAXVALUE)
);

-- The rows that a change altered, added (nothing before) or took away (nothing after).
CREATE TABLE IF NOT EXISTS HistorialCambios (
  IdSucursal      INT           NOT NULL,
  Fecha           DATE          NOT NULL,
  Cambio          INT UNSIGNED  NOT NULL,
  Upc             VARCHAR(20)   CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  IdProveedor     INT           NOT NULL,
  IdDepartamento  INT           NOT NULL,
  IdCategoria     INT           NOT NULL,
  IdSubcategoria  INT           NOT NULL,
  UnidadesAntes   DECIMAL(18,4) NULL,
  VentaAntes      DECIMAL(18,4) NULL,
  CostoAntes      DECIMAL(18,4) NULL,
  UnidadesDespues DECIMAL(18,4) NULL,
  VentaDespues    DECIMAL(18,4) NULL,
  CostoDespues    DECIMAL(18,4) NULL,
  PRIMARY KEY (IdSucursal, Fecha, Cambio, Upc, IdProveedor, IdDepartamento, IdCategoria,
               IdSubcategoria)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin
  COMMENT='Las filas de cada cambio, antes y despues'
PARTITION BY RANGE COLUMNS (Fecha) (
  PARTITION p_antes  VALUES LESS THAN ('2010-01-01'),
  PARTITION p_futuro VALUES LESS THAN (MAXVALUE)
);

-- Lines that the POS gave of a day and that cannot be taken, such as one without a code: the day is
-- proven without them. As the POS gave them last, in its own text; a line that it has mended is gone.
CREATE TABLE IF NOT EXISTS FilasRechazadas (
  IdSucursal     INT          NOT NULL,
  Fecha          DATE         NOT NULL,
  Fila           INT UNSIGNED NOT NULL COMMENT '1, 2, ... de este dia',
  Upc            VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NULL
                 COMMENT 'como lo dio el POS, cortado; 0x... si no es UTF-8; NULL: no dio nada',
  IdProveedor    VARCHAR(40)  CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NULL,
  IdDepartamento VARCHAR(40)  CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NULL,
  IdCategoria    VARCHAR(40)  CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NULL,
  IdSubcategoria VARCHAR(40)  CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NULL,
  Unidades       VARCHAR(40)  CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NULL,
  VentaTotal     VARCHAR(40)  CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NULL,
  CostoTotal     VARCHAR(40)  CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NULL,
  Motivo         VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  Instante       DATETIME(3)  NOT NULL COMMENT 'UTC; cuando se aparto como esta',
  PRIMARY KEY (IdSucursal, Fecha, Fila)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin
  COMMENT='Lineas del POS que no se pueden tomar: el dia se prueba sin ellas'
PARTITION BY RANGE COLUMNS (Fecha) (
  PARTITION p_antes  VALUES LESS THAN ('2010-01-01'),
  PARTITION p_futuro VALUES LESS THAN (MAXVALUE)
);

-- What the triggers have noted of a day and sp_registrar_dia has not put into the history yet: the
-- transaction's own rows, and what was changed by hand since the day was last recorded.
CREATE TABLE IF NOT EXISTS HistorialPendiente (
  IdSucursal      INT             NOT NULL,
  Fecha           DATE            NOT NULL,
  Sesion          BIGINT UNSIGNED NOT NULL COMMENT 'una unidad de trabajo de una conexion',
  Upc             VARCHAR(20)     CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  IdProveedor     INT             NOT NULL,
  IdDepartamento  INT             NOT NULL,
  IdCategoria     INT             NOT NULL,
  IdSubcategoria  INT             NOT NULL,
  UnidadesAntes   DECIMAL(18,4)   NULL,
  VentaAntes      DECIMAL(18,4)   NULL,
  CostoAntes      DECIMAL(18,4)   NULL,
  UnidadesDespues DECIMAL(18,4)   NULL,
  VentaDespues    DECIMAL(18,4)   NULL,
  CostoDespues    DECIMAL(18,4)   NULL,
  Instante        DATETIME(6)     NOT NULL COMMENT 'UTC; del primer cambio de la fila',
  Ultimo          DATETIME(6)     NOT NULL COMMENT 'UTC; del ultimo',
  Cuenta          VARCHAR(384)    CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
  Cambio          INT UNSIGNED    NOT NULL DEFAULT 0 COMMENT 'al que pasa; 0: ninguno todavia',
  Nota            BIGINT UNSIGNED NOT NULL COMMENT '0: la primera de la fila; las demas: Sesion',
  DeTodas         DATETIME(6)     NOT NULL COMMENT 'en la primera de la fila: Ultimo de todas las suyas',
  PRIMARY KEY (IdSucursal, Fecha, Upc, IdProveedor, IdDepartamento, IdCategoria, IdSubcategoria,
               Nota)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin
  COMMENT='Cambios que el historial todavia no tiene';

-- One row for each version that the schema has had here: 1 is that of 0.1.0, which did not say so,
-- 2 has the lock, 3 the memory. 90_version.sql adds it when all that belongs to it is there.
CREATE TABLE IF NOT EXISTS Esquema (
  Version  INT UNSIGNED NOT NULL,
  Aplicada DATETIME(3)  NOT NULL COMMENT 'UTC',
  PRIMARY KEY (Version)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin
  COMMENT='Version del esquema';

-- Tables of version 0.1.0 get what they lack. Only then: ALTER TABLE waits for every transaction
-- that has the table open, and all others wait behind it.
DELIMITER //
BEGIN NOT ATOMIC
  IF NOT EXISTS (SELECT 1 FROM information_schema.COLUMNS
                  WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'SincronizacionDias'
                    AND COLUMN_NAME = 'Cierre') THEN
    ALTER TABLE SincronizacionDias
      ADD COLUMN IF NOT EXISTS MayorFilas INT UNSIGNED INVISIBLE NULL
        COMMENT 'lo mas que se ha probado desde que el dia cerro; NULL: lo que hay ahora',
      ADD COLUMN IF NOT EXISTS MayorUnidades DECIMAL(24,4) INVISIBLE NULL,
      ADD COLUMN IF NOT EXISTS MayorVenta DECIMAL(24,4) INVISIBLE NULL,
      ADD COLUMN IF NOT EXISTS MayorCosto DECIMAL(24,4) INVISIBLE NULL,
      ADD COLUMN IF NOT EXISTS Cierre DATETIME(3) INVISIBLE NULL
        COMMENT 'UTC; primera vez que se registro terminado; NULL: todavia no, o no se sabe';
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
