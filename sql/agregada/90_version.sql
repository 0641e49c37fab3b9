-- SPDX-License-Identifier: MIT
-- The last of the scripts: what came before it is all there. Can be run twice.
INSERT IGNORE INTO Esquema (Version, Aplicada) VALUES (3, UTC_TIMESTAMP(3));
