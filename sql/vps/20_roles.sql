-- SPDX-License-Identifier: MIT
-- All rights that branches and analysts have, in one place; can be run twice.

-- The script means the same whatever mode the server has (ORACLE, ANSI_QUOTES).
SET SESSION sql_mode = 'STRICT_TRANS_TABLES,STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION';

CREATE ROLE IF NOT EXISTS consolidador_sucursal;
GRANT SELECT, INSERT, UPDATE, DELETE ON sucursales.VentasAgrupadas TO consolidador_sucursal;
GRANT SELECT ON sucursales.SincronizacionDias TO consolidador_sucursal;
GRANT SELECT, INSERT, UPDATE ON sucursales.EstadoSucursales TO consolidador_sucursal;
GRANT SELECT ON sucursales.HistorialDias TO consolidador_sucursal;
GRANT SELECT ON sucursales.HistorialCambios TO consolidador_sucursal;
GRANT SELECT ON sucursales.HistorialPendiente TO consolidador_sucursal;
GRANT SELECT, INSERT, DELETE ON sucursales.FilasRechazadas TO consolidador_sucursal;
GRANT SELECT ON sucursales.Esquema TO consolidador_sucursal;
GRANT EXECUTE ON PROCEDURE sucursales.sp_audit_ventas_agrupadas TO consolidador_sucursal;
GRANT EXECUTE ON PROCEDURE sucursales.sp_registrar_dia TO consolidador_sucursal;
GRANT EXECUTE ON PROCEDURE sucursales.sp_delete_ventas_agrupadas TO consolidador_sucursal;
GRANT EXECUTE ON PROCEDURE sucursales.sp_revisar_tablas TO consolidador_sucursal;

-- Given to an account of head office with
--   GRANT consolidador_analista TO ana@'%'; SET DEFAULT ROLE consolidador_analista FOR ana@'%';
CREATE ROLE IF NOT EXISTS consolidador_analista;
GRANT SELECT, SHOW VIEW ON central.* TO consolidador_analista;
