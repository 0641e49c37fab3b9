-- SPDX-License-Identifier: MIT
-- Says why the transaction changes a proven day, for the history and for sp_registrar_dia.
SET @consolidador_motivo = ?, @consolidador_actor = ?, @consolidador_nota = ?,
    @consolidador_aprobado = IF(?, 1, NULL), @consolidador_cerrado = IF(?, 1, NULL)
