DELETE FROM settings WHERE "key" = 'audit_head';
DROP INDEX audit_by_seq;
ALTER TABLE audit_log DROP COLUMN hash;
ALTER TABLE audit_log DROP COLUMN seq;
