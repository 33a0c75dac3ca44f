-- This key makes e-mail addresses unique regardless of upper and lower case. So far the server generated it
-- with its own rules for letter case. From now on the program writes it (storage/denormalized), so that all engines
-- agree. It can be longer than the address. Each statement can run twice, as in the first migration.
ALTER TABLE users MODIFY COLUMN email_key VARCHAR(400) COLLATE utf8mb4_bin;
ALTER TABLE clients MODIFY COLUMN email_key VARCHAR(400) COLLATE utf8mb4_bin;
