-- SPDX-License-Identifier: MIT
-- Says that the transaction is the first look at a day since it ended, for sp_registrar_dia.
SET @consolidador_cierra = 1
