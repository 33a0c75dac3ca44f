-- The number of each row in the chain, and the hash of this row and all rows before it. Each statement can run
-- twice, as in the first migration.
SET @add = (SELECT IF(COUNT(*) = 0,
    'ALTER TABLE audit_log ADD COLUMN seq BIGINT, ADD COLUMN hash VARCHAR(64) NOT NULL DEFAULT '''', ADD UNIQUE INDEX audit_by_seq (seq)', 'DO 0')
    FROM information_schema.columns
    WHERE table_schema = DATABASE() AND table_name = 'audit_log' AND column_name = 'seq');
PREPARE add_columns FROM @add;
EXECUTE add_columns;
DEALLOCATE PREPARE add_columns;

-- The number and hash of the last row. Each transaction that adds rows updates them.
INSERT IGNORE INTO settings (`key`, value, created_at, updated_at)
VALUES ('audit_head', '', '1970-01-01 00:00:00', '1970-01-01 00:00:00');
