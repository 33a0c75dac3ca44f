-- Each row's number in the chain, and the hash of it and of all rows before it. Each
-- statement can be run again, as in the first migration.
SET @add = (SELECT IF(COUNT(*) = 0,
    'ALTER TABLE audit_log ADD COLUMN seq BIGINT, ADD COLUMN hash VARCHAR(64) NOT NULL DEFAULT '''', ADD UNIQUE INDEX audit_by_seq (seq)', 'DO 0')
    FROM information_schema.columns
    WHERE table_schema = DATABASE() AND table_name = 'audit_log' AND column_name = 'seq');
PREPARE add_columns FROM @add;
EXECUTE add_columns;
DEALLOCATE PREPARE add_columns;

-- The last number and hash; written by whoever adds rows, in the same transaction.
INSERT IGNORE INTO settings (`key`, value, created_at, updated_at)
VALUES ('audit_head', '', '1970-01-01 00:00:00', '1970-01-01 00:00:00');
