-- SPDX-License-Identifier: MIT
-- What our own session has become, for `check --connect`; MySQL calls the isolation otherwise.
SHOW SESSION VARIABLES
WHERE Variable_name IN ('sql_mode', 'tx_isolation', 'transaction_isolation', 'max_allowed_packet')
