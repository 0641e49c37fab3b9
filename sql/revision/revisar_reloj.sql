-- SPDX-License-Identifier: MIT
-- The server's clock: UTC, and in the zone of this session, which in the POS is the server's own.
SELECT UTC_TIMESTAMP(3), NOW(3)
