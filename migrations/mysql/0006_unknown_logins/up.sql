-- The table contained names as they were typed, and some of these may be passwords. It is recreated and accepts
-- only keyed hashes. Grants on the table stay. Each statement can run twice, as in the first migration.
DROP TABLE IF EXISTS unknown_logins;
CREATE TABLE IF NOT EXISTS unknown_logins (
    login_key VARCHAR(64) PRIMARY KEY NOT NULL,
    failed_logins INTEGER NOT NULL,
    retry_after DATETIME(6) NOT NULL,
    CONSTRAINT unknown_logins_hashed CHECK (login_key REGEXP '^[0-9a-f]{64}$')
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
-- The secret key of these hashes.
INSERT IGNORE INTO settings (`key`, value, created_at, updated_at)
VALUES ('login_secret', LOWER(HEX(RANDOM_BYTES(32))), '1970-01-01 00:00:00', '1970-01-01 00:00:00');
