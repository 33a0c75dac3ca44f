ALTER TABLE events DROP COLUMN contact_phone;
UPDATE clients SET company_name = '-' WHERE company_name = '';
ALTER TABLE clients ADD CONSTRAINT clients_company_name_length CHECK (CHAR_LENGTH(company_name) >= 1);
