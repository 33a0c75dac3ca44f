DELETE FROM settings WHERE `key` = 'login_secret';
DROP TABLE IF EXISTS unknown_logins;
CREATE TABLE IF NOT EXISTS unknown_logins (
    login_key VARCHAR(64) PRIMARY KEY NOT NULL,
    failed_logins INTEGER NOT NULL,
    retry_after DATETIME(6) NOT NULL
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
