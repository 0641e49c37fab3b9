-- SPDX-License-Identifier: MIT
-- The last of the scripts: what came before it is all there. Can be run twice.

-- The script means the same whatever mode the server has (ORACLE, ANSI_QUOTES).
SET SESSION sql_mode = 'STRICT_TRANS_TABLES,STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION';

INSERT IGNORE INTO Esquema (Version, Aplicada) VALUES (4, UTC_TIMESTAMP(3));
