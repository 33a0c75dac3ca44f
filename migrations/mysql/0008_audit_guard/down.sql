ALTER TABLE audit_log MODIFY seq BIGINT;
ALTER TABLE audit_log DROP CONSTRAINT audit_log_seq;
DELETE FROM settings WHERE `key` = 'audit_before';
