-- SPDX-License-Identifier: MIT
-- The machine that writes the branch's days.
SELECT Maquina, Equipo, DATE_FORMAT(UltimoContacto, '%Y-%m-%d %H:%i:%s')
  FROM EstadoSucursales
 WHERE IdSucursal = ?
