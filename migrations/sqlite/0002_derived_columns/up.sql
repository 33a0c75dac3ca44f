-- Copies of what a list is sorted and searched by, in the list's own table, so that one index is enough: the
-- names of the client, the sales contact and the support person, and the search words of the client. The
-- program writes them (storage/denormalized).
ALTER TABLE clients ADD COLUMN sales_key TEXT NOT NULL DEFAULT '';
ALTER TABLE contracts ADD COLUMN client_key TEXT NOT NULL DEFAULT '';
ALTER TABLE contracts ADD COLUMN company_key TEXT NOT NULL DEFAULT '';
ALTER TABLE contracts ADD COLUMN sales_key TEXT NOT NULL DEFAULT '';
ALTER TABLE contracts ADD COLUMN search TEXT NOT NULL DEFAULT '';
ALTER TABLE events ADD COLUMN client_key TEXT NOT NULL DEFAULT '';
ALTER TABLE events ADD COLUMN support_key TEXT;
ALTER TABLE events ADD COLUMN client_search TEXT NOT NULL DEFAULT '';
