-- SPDX-License-Identifier: MIT
-- Whether a session moves the clock by which a target decides that a day has closed.
SET STATEMENT timestamp = 1 FOR SELECT SYSDATE() < '2000-01-01'
