DROP TRIGGER audit_is_numbered;
DELETE FROM settings WHERE "key" = 'audit_before';
