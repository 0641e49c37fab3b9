-- SPDX-License-Identifier: MIT
-- The server's clock: UTC, and as its own sessions see it, NULL where it does not know its zone.
SELECT UTC_TIMESTAMP(3), CONVERT_TZ(UTC_TIMESTAMP(3), '+00:00', @@global.time_zone)
