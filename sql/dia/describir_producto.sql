-- SPDX-License-Identifier: MIT
-- What the POS calls a product; for people, where it can tell.
CALL sp_descripcion_producto(?)
