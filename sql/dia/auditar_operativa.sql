-- SPDX-License-Identifier: MIT
-- What the POS says the day adds up to.
CALL sp_audit_operativa(?)
