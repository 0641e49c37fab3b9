-- SPDX-License-Identifier: MIT
-- The branch's heartbeat, from the machine that writes its days, which the session has said. Where another one has left its mark
-- nothing is changed. Answers whose mark is there, and what the ledger's days from a date on come to, so that the
-- branch sees when somebody else has written them. INSERT ... SELECT, for with VALUES the ledger would be read under locks, and a
-- heartbeat would wait for whoever holds a day's row. Who holds the branch's own row is not waited for: days are to be brought.
SET STATEMENT innodb_lock_wait_timeout = 2 FOR
INSERT INTO EstadoSucursales
  (IdSucursal, UltimoContacto, Salud, Motivos, DiasPendientes, DiaPendienteMasAntiguo,
   DiasFallidos, UltimoDiaAuditado, Version, DiasRetenidos, DiasArchivados, Maquina)
SELECT ?, UTC_TIMESTAMP(3), ?, ?, ?, NULLIF(?, ''), ?, NULLIF(?, ''), ?, ?, ?, COALESCE(@consolidador_maquina, '')
  FROM DUAL
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
RETURNING Maquina,
  (SELECT CONCAT_WS('|', COUNT(*), MOD(COALESCE(SUM(CAST(CONV(LEFT(SHA2(
            CONCAT_WS('|', l.Fecha, l.Revision, l.Filas, l.TotalUnidades, l.TotalVenta, l.TotalCosto, l.Huella),
            256), 16), 16, 10) AS UNSIGNED)), 0), 18446744073709551616),
          COALESCE(SUM(l.UltimaVerificacion NOT BETWEEN '2000-01-01' AND UTC_TIMESTAMP() + INTERVAL 1 DAY), 0))
     FROM SincronizacionDias AS l WHERE l.IdSucursal = ? AND l.Fecha >= ?)
