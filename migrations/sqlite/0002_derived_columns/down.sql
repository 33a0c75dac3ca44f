ALTER TABLE events DROP COLUMN client_search;
ALTER TABLE events DROP COLUMN support_key;
ALTER TABLE events DROP COLUMN client_key;
ALTER TABLE contracts DROP COLUMN search;
ALTER TABLE contracts DROP COLUMN sales_key;
ALTER TABLE contracts DROP COLUMN company_key;
ALTER TABLE contracts DROP COLUMN client_key;
ALTER TABLE clients DROP COLUMN sales_key;
