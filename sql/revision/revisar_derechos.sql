-- SPDX-License-Identifier: MIT
-- The account's rights, its role's included. The first lines hold a hash of the password.
SHOW GRANTS
