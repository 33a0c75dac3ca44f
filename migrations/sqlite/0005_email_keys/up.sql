-- This key makes e-mail addresses unique regardless of upper and lower case. The program writes it
-- (storage/denormalized), because SQLite knows the case of ASCII letters only.
ALTER TABLE users ADD COLUMN email_key TEXT;
CREATE UNIQUE INDEX users_by_email_key ON users (email_key);
ALTER TABLE clients ADD COLUMN email_key TEXT;
CREATE UNIQUE INDEX clients_by_email_key ON clients (email_key);

-- Sort keys are cut to the same length as on a server.
UPDATE users SET name_key = substr(name_key, 1, 500) WHERE length(name_key) > 500;
UPDATE clients SET name_key = substr(name_key, 1, 500) WHERE length(name_key) > 500;
UPDATE clients SET company_key = substr(company_key, 1, 500) WHERE length(company_key) > 500;
UPDATE clients SET sales_key = substr(sales_key, 1, 500) WHERE length(sales_key) > 500;
UPDATE contracts SET client_key = substr(client_key, 1, 500) WHERE length(client_key) > 500;
UPDATE contracts SET company_key = substr(company_key, 1, 500) WHERE length(company_key) > 500;
UPDATE contracts SET sales_key = substr(sales_key, 1, 500) WHERE length(sales_key) > 500;
UPDATE events SET title_key = substr(title_key, 1, 500) WHERE length(title_key) > 500;
UPDATE events SET location_key = substr(location_key, 1, 500) WHERE length(location_key) > 500;
UPDATE events SET client_key = substr(client_key, 1, 500) WHERE length(client_key) > 500;
UPDATE events SET support_key = substr(support_key, 1, 500) WHERE length(support_key) > 500;
