-- SPDX-License-Identifier: MIT
-- How this connection is encrypted, and until when the server's certificate is valid.
SHOW SESSION STATUS
WHERE Variable_name IN ('Ssl_version', 'Ssl_cipher', 'Ssl_server_not_after')
