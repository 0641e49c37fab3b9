-- SPDX-License-Identifier: MIT
-- Since when this database remembers what becomes of its days, UTC.
SELECT MIN(Aplicada) FROM Esquema WHERE Version >= 3
