-- SPDX-License-Identifier: MIT
-- Types and collations of the aggregate tables, or of the views in their place.
SELECT TABLE_NAME, COLUMN_NAME, COLUMN_TYPE, COALESCE(COLLATION_NAME, '')
  FROM information_schema.COLUMNS
 WHERE TABLE_SCHEMA = DATABASE()
   AND TABLE_NAME IN ('VentasAgrupadas', 'SincronizacionDias', 'EstadoSucursales', 'HistorialDias',
                      'HistorialCambios', 'HistorialPendiente', 'FilasRechazadas', 'Vigilancia', 'Esquema')
