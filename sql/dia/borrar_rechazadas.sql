-- SPDX-License-Identifier: MIT
-- Forgets the lines that were set aside, before those of the newest look take their place.
DELETE FROM FilasRechazadas WHERE IdSucursal = ? AND Fecha = ?
