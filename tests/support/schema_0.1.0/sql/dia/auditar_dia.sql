-- SPDX-License-Identifier: MIT
-- What the day amounts to in a target, and what its ledger says.
CALL sp_audit_ventas_agrupadas(?, ?)
