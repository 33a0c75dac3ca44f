-- By this key an e-mail address is the same in any case. The server made it by its own idea of
-- capital letters; now the program writes it (storage/derived), so that all engines agree. It can
-- be longer than the address. Each statement can be run again, as in the first migration.
ALTER TABLE users MODIFY COLUMN email_key VARCHAR(400) COLLATE utf8mb4_bin;
ALTER TABLE clients MODIFY COLUMN email_key VARCHAR(400) COLLATE utf8mb4_bin;
