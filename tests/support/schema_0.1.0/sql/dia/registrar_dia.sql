-- SPDX-License-Identifier: MIT
-- Writes the ledger row of a day and returns the audit.
CALL sp_registrar_dia(?, ?, ?, ?, ?, ?, ?)
