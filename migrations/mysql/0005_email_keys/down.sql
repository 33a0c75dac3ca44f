ALTER TABLE users DROP INDEX users_email, DROP COLUMN email_key;
ALTER TABLE users ADD COLUMN email_key VARCHAR(254) COLLATE utf8mb4_bin GENERATED ALWAYS AS (LOWER(email)) STORED,
    ADD CONSTRAINT users_email UNIQUE (email_key);
ALTER TABLE clients DROP INDEX clients_email, DROP COLUMN email_key;
ALTER TABLE clients ADD COLUMN email_key VARCHAR(254) COLLATE utf8mb4_bin GENERATED ALWAYS AS (LOWER(email)) STORED,
    ADD CONSTRAINT clients_email UNIQUE (email_key);
