-- SPDX-License-Identifier: MIT
-- What revisar_tablas says, of the tables behind the views of a guarded VPS.
CALL sp_revisar_tablas()
