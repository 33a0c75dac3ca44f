-- The number of each row in the chain, and the hash of this row and all rows before it.
ALTER TABLE audit_log ADD COLUMN seq BIGINT;
ALTER TABLE audit_log ADD COLUMN hash TEXT NOT NULL DEFAULT '';
CREATE UNIQUE INDEX audit_by_seq ON audit_log (seq);
-- The number and hash of the last row. Each transaction that adds rows updates them.
INSERT OR IGNORE INTO settings ("key", value, created_at, updated_at)
VALUES ('audit_head', '', '1970-01-01 00:00:00', '1970-01-01 00:00:00');
