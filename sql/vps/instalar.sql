-- SPDX-License-Identifier: MIT
-- The guarded VPS, from the folder that holds sql/; can be run twice, also over tables in use:
--   mariadb < sql/vps/instalar.sql
-- central: the tables, for head office. sucursales: what the branches' accounts see instead.

CREATE DATABASE IF NOT EXISTS central CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
USE central
SOURCE sql/agregada/10_tablas.sql
SOURCE sql/agregada/20_procedimientos.sql
SOURCE sql/agregada/25_disparadores.sql
SOURCE sql/agregada/30_particiones.sql
SOURCE sql/agregada/35_recorte.sql
SOURCE sql/vps/30_cuentas.sql
SOURCE sql/vps/40_flota.sql
SOURCE sql/vps/50_cambios.sql

CREATE DATABASE IF NOT EXISTS sucursales CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
USE sucursales
SOURCE sql/vps/10_vistas.sql
-- The same procedures: here their tables are the views, so they reach no further than these.
SOURCE sql/agregada/20_procedimientos.sql
SOURCE sql/vps/15_revision.sql
SOURCE sql/vps/20_roles.sql
USE central
-- The watch is of the accounts that have the roles.
SOURCE sql/vps/60_vigilancia.sql
SOURCE sql/agregada/90_version.sql
