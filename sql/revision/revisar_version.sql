-- SPDX-License-Identifier: MIT
-- The version of the schema.
SELECT COALESCE(MAX(Version), 0) FROM Esquema
