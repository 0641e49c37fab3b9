-- SPDX-License-Identifier: MIT
-- A lock that only this session holds, in its server, until it ends. NULL or 0 where it gets none.
SELECT GET_LOCK(?, 0)
