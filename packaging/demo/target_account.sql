-- SPDX-License-Identifier: MIT
-- The daemon's account in an aggregate database. @clave is its password.
EXECUTE IMMEDIATE CONCAT('CREATE USER bot@''127.0.0.1'' IDENTIFIED BY ', QUOTE(@clave));
GRANT SELECT, INSERT, UPDATE, DELETE ON central.VentasAgrupadas   TO bot@'127.0.0.1';
GRANT SELECT ON central.SincronizacionDias                        TO bot@'127.0.0.1';
GRANT SELECT ON central.HistorialDias                             TO bot@'127.0.0.1';
GRANT SELECT ON central.HistorialCambios                          TO bot@'127.0.0.1';
GRANT SELECT ON central.HistorialPendiente                        TO bot@'127.0.0.1';
GRANT SELECT ON central.Esquema                                   TO bot@'127.0.0.1';
GRANT SELECT, INSERT, UPDATE ON central.EstadoSucursales          TO bot@'127.0.0.1';
GRANT EXECUTE ON PROCEDURE central.sp_audit_ventas_agrupadas      TO bot@'127.0.0.1';
GRANT EXECUTE ON PROCEDURE central.sp_registrar_dia               TO bot@'127.0.0.1';
GRANT EXECUTE ON PROCEDURE central.sp_delete_ventas_agrupadas     TO bot@'127.0.0.1';
