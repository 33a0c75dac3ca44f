DROP INDEX contracts_by_next_due;
ALTER TABLE contracts DROP COLUMN next_due_on;
DROP TABLE instalments;
DROP TABLE plans;
