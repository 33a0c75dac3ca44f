ALTER TABLE events DROP COLUMN contact_phone;
ALTER TABLE clients ADD COLUMN company TEXT NOT NULL DEFAULT '-' CHECK (length(company) BETWEEN 1 AND 400);
UPDATE clients SET company = company_name WHERE company_name <> '';
ALTER TABLE clients DROP COLUMN company_name;
ALTER TABLE clients RENAME COLUMN company TO company_name;
