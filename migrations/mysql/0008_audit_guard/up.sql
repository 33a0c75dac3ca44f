-- The number of rows that older versions wrote before the chain began. Only these rows have no number in it.
-- Each statement can run twice, as in the first migration.
INSERT IGNORE INTO settings (`key`, value, created_at, updated_at)
SELECT 'audit_before', COUNT(*), '1970-01-01 00:00:00', '1970-01-01 00:00:00' FROM audit_log
WHERE seq IS NULL AND id > 0
 AND id < COALESCE((SELECT MAX(id) FROM audit_log WHERE seq = 1), 9223372036854775807);

-- Each new row must have a number. A trigger in storage/migrate enforces this; a CHECK and a NOT NULL enforce it
-- also where the server refuses triggers. Each of the two is left out if existing rows do not satisfy it.
-- `audit verify` reports what is wrong with such rows.
SET @add = (SELECT IF(COUNT(*) = 0 AND NOT EXISTS (SELECT 1 FROM audit_log WHERE seq < 1),
    'ALTER TABLE audit_log ADD CONSTRAINT audit_log_seq CHECK (seq > 0)', 'DO 0')
    FROM information_schema.table_constraints
    WHERE constraint_schema = DATABASE() AND table_name = 'audit_log' AND constraint_name = 'audit_log_seq');
PREPARE add_check FROM @add;
EXECUTE add_check;
DEALLOCATE PREPARE add_check;

SET @add = (SELECT IF(COUNT(*) = 1 AND NOT EXISTS (SELECT 1 FROM audit_log WHERE seq IS NULL),
    'ALTER TABLE audit_log MODIFY seq BIGINT NOT NULL', 'DO 0')
    FROM information_schema.columns
    WHERE table_schema = DATABASE() AND table_name = 'audit_log' AND column_name = 'seq' AND LOWER(is_nullable) = 'yes');
PREPARE fill_always FROM @add;
EXECUTE fill_always;
DEALLOCATE PREPARE fill_always;
