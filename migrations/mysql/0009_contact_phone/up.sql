-- The telephone number of the person to call on the day of an event. Each statement can run twice, as in the first
-- migration.
SET @add = (SELECT IF(COUNT(*) = 0, 'ALTER TABLE events ADD COLUMN contact_phone VARCHAR(160) NOT NULL DEFAULT ''''', 'DO 0')
    FROM information_schema.columns
    WHERE table_schema = DATABASE() AND table_name = 'events' AND column_name = 'contact_phone');
PREPARE add_column FROM @add;
EXECUTE add_column;
DEALLOCATE PREPARE add_column;

-- A private person has no company.
SET @allow = (SELECT IF(COUNT(*) = 1, 'ALTER TABLE clients DROP CONSTRAINT clients_company_name_length', 'DO 0')
    FROM information_schema.table_constraints
    WHERE constraint_schema = DATABASE() AND table_name = 'clients' AND constraint_name = 'clients_company_name_length');
PREPARE allow_none FROM @allow;
EXECUTE allow_none;
DEALLOCATE PREPARE allow_none;
