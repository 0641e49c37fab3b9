-- SPDX-License-Identifier: MIT
-- Leaves the machine's mark where there is none, or in any case. Atomic: of two machines that come at
-- once the second finds the first's. The assignments run from left to right and see the earlier ones.
INSERT INTO EstadoSucursales (IdSucursal, UltimoContacto, Salud, Maquina, Equipo)
VALUES (?, UTC_TIMESTAMP(3), 'ok', ?, LEFT(?, 64))
ON DUPLICATE KEY UPDATE
  Maquina = IF(? OR Maquina = '', VALUES(Maquina), Maquina),
  Equipo = IF(Maquina = VALUES(Maquina), VALUES(Equipo), Equipo)
