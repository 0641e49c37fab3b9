-- SPDX-License-Identifier: MIT
-- Which session of this server holds the lock; NULL where none does.
SELECT IS_USED_LOCK(?)
