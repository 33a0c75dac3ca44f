-- The table contained names as they were typed, and some of these may be passwords. It is recreated and accepts
-- only keyed hashes. The old content is overwritten in the file.
PRAGMA secure_delete = ON;
DROP TABLE unknown_logins;
PRAGMA secure_delete = OFF;
CREATE TABLE unknown_logins (
    login_key TEXT PRIMARY KEY NOT NULL CHECK (length(login_key) = 64 AND login_key NOT GLOB '*[^0-9a-f]*'),
    failed_logins INTEGER NOT NULL,
    retry_after TIMESTAMP NOT NULL
);
-- The secret key of these hashes.
INSERT OR IGNORE INTO settings ("key", value, created_at, updated_at)
VALUES ('login_secret', lower(hex(randomblob(32))), '1970-01-01 00:00:00', '1970-01-01 00:00:00');
