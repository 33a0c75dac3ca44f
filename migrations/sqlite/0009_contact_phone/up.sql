-- The telephone number of the person to call on the day of an event.
ALTER TABLE events ADD COLUMN contact_phone TEXT NOT NULL DEFAULT '';

-- A private person has no company. SQLite cannot change a CHECK, so the column is replaced.
ALTER TABLE clients ADD COLUMN company TEXT NOT NULL DEFAULT '' CHECK (length(company) <= 400);
UPDATE clients SET company = company_name;
ALTER TABLE clients DROP COLUMN company_name;
ALTER TABLE clients RENAME COLUMN company TO company_name;
