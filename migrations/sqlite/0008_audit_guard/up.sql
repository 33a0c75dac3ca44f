-- The number of rows that older versions wrote before the chain began. Only these rows have no number in it.
INSERT OR IGNORE INTO settings ("key", value, created_at, updated_at)
SELECT 'audit_before', COUNT(*), '1970-01-01 00:00:00', '1970-01-01 00:00:00' FROM audit_log
WHERE seq IS NULL AND id > 0
 AND id < COALESCE((SELECT id FROM audit_log WHERE seq > 0 ORDER BY seq LIMIT 1), 9223372036854775807);
-- Each new row must have a number.
CREATE TRIGGER audit_is_numbered BEFORE INSERT ON audit_log
WHEN NEW.seq IS NULL OR NEW.seq < 1
BEGIN SELECT RAISE(ABORT, 'an audit row has its number'); END;
