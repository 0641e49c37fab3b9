-- SPDX-License-Identifier: MIT
-- The branch's heartbeat into a schema of version 0.1.0: latido.sql without the columns that came later.
INSERT INTO EstadoSucursales
  (IdSucursal, UltimoContacto, Salud, Motivos, DiasPendientes, DiaPendienteMasAntiguo,
   DiasFallidos, UltimoDiaAuditado, Version)
VALUES (?, UTC_TIMESTAMP(3), ?, ?, ?, NULLIF(?, ''), ?, NULLIF(?, ''), ?)
ON DUPLICATE KEY UPDATE
  UltimoContacto = VALUES(UltimoContacto),
  Salud = VALUES(Salud),
  Motivos = VALUES(Motivos),
  DiasPendientes = VALUES(DiasPendientes),
  DiaPendienteMasAntiguo = VALUES(DiaPendienteMasAntiguo),
  DiasFallidos = VALUES(DiasFallidos),
  UltimoDiaAuditado = VALUES(UltimoDiaAuditado),
  Version = VALUES(Version)
