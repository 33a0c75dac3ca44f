-- Copies of what a list is sorted and searched by, in the list's own table, so that one index is enough: the
-- names of the client, the sales contact and the support person, and the search words of the client. The
-- program writes them (storage/denormalized). Each statement can run twice, as in the first migration.
SET @add = (SELECT IF(COUNT(*) = 0,
    'ALTER TABLE clients ADD COLUMN sales_key VARCHAR(500) NOT NULL DEFAULT ''''', 'DO 0')
    FROM information_schema.columns
    WHERE table_schema = DATABASE() AND table_name = 'clients' AND column_name = 'sales_key');
PREPARE add_columns FROM @add;
EXECUTE add_columns;

SET @add = (SELECT IF(COUNT(*) = 0,
    'ALTER TABLE contracts ADD COLUMN client_key VARCHAR(500) NOT NULL DEFAULT '''', ADD COLUMN company_key VARCHAR(500) NOT NULL DEFAULT '''', ADD COLUMN sales_key VARCHAR(500) NOT NULL DEFAULT '''', ADD COLUMN search TEXT', 'DO 0')
    FROM information_schema.columns
    WHERE table_schema = DATABASE() AND table_name = 'contracts' AND column_name = 'search');
PREPARE add_columns FROM @add;
EXECUTE add_columns;

SET @add = (SELECT IF(COUNT(*) = 0,
    'ALTER TABLE events ADD COLUMN client_key VARCHAR(500) NOT NULL DEFAULT '''', ADD COLUMN support_key VARCHAR(500), ADD COLUMN client_search TEXT', 'DO 0')
    FROM information_schema.columns
    WHERE table_schema = DATABASE() AND table_name = 'events' AND column_name = 'client_search');
PREPARE add_columns FROM @add;
EXECUTE add_columns;
DEALLOCATE PREPARE add_columns;
