-- SPDX-License-Identifier: MIT
-- The daemon's account in the POS: three procedures, and no table. @clave is its password.
EXECUTE IMMEDIATE CONCAT('CREATE USER bot@''127.0.0.1'' IDENTIFIED BY ', QUOTE(@clave));
GRANT EXECUTE ON PROCEDURE superpos.sp_select_ventas_diarias TO bot@'127.0.0.1';
GRANT EXECUTE ON PROCEDURE superpos.sp_audit_operativa       TO bot@'127.0.0.1';
GRANT EXECUTE ON PROCEDURE superpos.sp_ultima_venta          TO bot@'127.0.0.1';
GRANT EXECUTE ON PROCEDURE superpos.sp_descripcion_producto  TO bot@'127.0.0.1';
