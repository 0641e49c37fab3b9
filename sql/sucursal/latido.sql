-- SPDX-License-Identifier: MIT
-- The branch's heartbeat, from the machine that writes its days, which the session has said. Where another one has left its mark
-- nothing is changed, and the count of affected rows is 0: any other heartbeat changes UltimoContacto.
INSERT INTO EstadoSucursales
  (IdSucursal, UltimoContacto, Salud, Motivos, DiasPendientes, DiaPendienteMasAntiguo,
   DiasFallidos, UltimoDiaAuditado, Version, DiasRetenidos, DiasArchivados, Maquina)
VALUES (?, UTC_TIMESTAMP(3), ?, ?, ?, NULLIF(?, ''), ?, NULLIF(?, ''), ?, ?, ?, COALESCE(@consolidador_maquina, ''))
ON DUPLICATE KEY UPDATE
  UltimoContacto = IF(Maquina IN ('', VALUES(Maquina)), VALUES(UltimoContacto), UltimoContacto),
  Salud = IF(Maquina IN ('', VALUES(Maquina)), VALUES(Salud), Salud),
  Motivos = IF(Maquina IN ('', VALUES(Maquina)), VALUES(Motivos), Motivos),
  DiasPendientes = IF(Maquina IN ('', VALUES(Maquina)), VALUES(DiasPendientes), DiasPendientes),
  DiaPendienteMasAntiguo = IF(Maquina IN ('', VALUES(Maquina)), VALUES(DiaPendienteMasAntiguo), DiaPendienteMasAntiguo),
  DiasFallidos = IF(Maquina IN ('', VALUES(Maquina)), VALUES(DiasFallidos), DiasFallidos),
  UltimoDiaAuditado = IF(Maquina IN ('', VALUES(Maquina)), VALUES(UltimoDiaAuditado), UltimoDiaAuditado),
  Version = IF(Maquina IN ('', VALUES(Maquina)), VALUES(Version), Version),
  DiasRetenidos = IF(Maquina IN ('', VALUES(Maquina)), VALUES(DiasRetenidos), DiasRetenidos),
  DiasArchivados = IF(Maquina IN ('', VALUES(Maquina)), VALUES(DiasArchivados), DiasArchivados)
