DELETE FROM settings WHERE `key` = 'audit_head';
ALTER TABLE audit_log DROP INDEX audit_by_seq, DROP COLUMN hash, DROP COLUMN seq;
