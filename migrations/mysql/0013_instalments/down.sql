ALTER TABLE contracts DROP INDEX contracts_by_next_due;
ALTER TABLE contracts DROP COLUMN next_due_on;
DROP TABLE IF EXISTS instalments;
DROP TABLE IF EXISTS plans;
