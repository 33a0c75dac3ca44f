DELETE FROM settings WHERE "key" = 'login_secret';
DROP TABLE unknown_logins;
CREATE TABLE unknown_logins (
    login_key TEXT PRIMARY KEY NOT NULL,
    failed_logins INTEGER NOT NULL,
    retry_after TIMESTAMP NOT NULL
);
