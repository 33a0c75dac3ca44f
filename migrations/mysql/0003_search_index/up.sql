-- The full-text indexes find words by their first letters. They are created after the program has filled the texts.
-- MySQL has no CREATE INDEX IF NOT EXISTS, so each statement checks first whether the index exists.

SET @add = (SELECT IF(COUNT(*) = 0, 'ALTER TABLE clients ADD FULLTEXT INDEX clients_words (search)', 'DO 0')
    FROM information_schema.statistics
    WHERE table_schema = DATABASE() AND table_name = 'clients' AND index_name = 'clients_words');
PREPARE add_index FROM @add;
EXECUTE add_index;

SET @add = (SELECT IF(COUNT(*) = 0, 'ALTER TABLE contracts ADD FULLTEXT INDEX contracts_words (search)', 'DO 0')
    FROM information_schema.statistics
    WHERE table_schema = DATABASE() AND table_name = 'contracts' AND index_name = 'contracts_words');
PREPARE add_index FROM @add;
EXECUTE add_index;

SET @add = (SELECT IF(COUNT(*) = 0, 'ALTER TABLE events ADD FULLTEXT INDEX events_words (search, client_search)', 'DO 0')
    FROM information_schema.statistics
    WHERE table_schema = DATABASE() AND table_name = 'events' AND index_name = 'events_words');
PREPARE add_index FROM @add;
EXECUTE add_index;

SET @add = (SELECT IF(COUNT(*) = 0, 'ALTER TABLE clients ADD INDEX clients_by_sales_name (sales_key, id)', 'DO 0')
    FROM information_schema.statistics
    WHERE table_schema = DATABASE() AND table_name = 'clients' AND index_name = 'clients_by_sales_name');
PREPARE add_index FROM @add;
EXECUTE add_index;

SET @add = (SELECT IF(COUNT(*) = 0, 'ALTER TABLE clients ADD INDEX clients_by_phone (phone, id)', 'DO 0')
    FROM information_schema.statistics
    WHERE table_schema = DATABASE() AND table_name = 'clients' AND index_name = 'clients_by_phone');
PREPARE add_index FROM @add;
EXECUTE add_index;

SET @add = (SELECT IF(COUNT(*) = 0, 'ALTER TABLE contracts ADD INDEX contracts_by_client_name (client_key, id)', 'DO 0')
    FROM information_schema.statistics
    WHERE table_schema = DATABASE() AND table_name = 'contracts' AND index_name = 'contracts_by_client_name');
PREPARE add_index FROM @add;
EXECUTE add_index;

SET @add = (SELECT IF(COUNT(*) = 0, 'ALTER TABLE contracts ADD INDEX contracts_by_company (company_key, id)', 'DO 0')
    FROM information_schema.statistics
    WHERE table_schema = DATABASE() AND table_name = 'contracts' AND index_name = 'contracts_by_company');
PREPARE add_index FROM @add;
EXECUTE add_index;

SET @add = (SELECT IF(COUNT(*) = 0, 'ALTER TABLE contracts ADD INDEX contracts_by_sales_name (sales_key, id)', 'DO 0')
    FROM information_schema.statistics
    WHERE table_schema = DATABASE() AND table_name = 'contracts' AND index_name = 'contracts_by_sales_name');
PREPARE add_index FROM @add;
EXECUTE add_index;

SET @add = (SELECT IF(COUNT(*) = 0, 'ALTER TABLE contracts ADD INDEX contracts_signed (signed_at, id)', 'DO 0')
    FROM information_schema.statistics
    WHERE table_schema = DATABASE() AND table_name = 'contracts' AND index_name = 'contracts_signed');
PREPARE add_index FROM @add;
EXECUTE add_index;

SET @add = (SELECT IF(COUNT(*) = 0, 'ALTER TABLE events ADD INDEX events_by_client_name (client_key, id)', 'DO 0')
    FROM information_schema.statistics
    WHERE table_schema = DATABASE() AND table_name = 'events' AND index_name = 'events_by_client_name');
PREPARE add_index FROM @add;
EXECUTE add_index;

SET @add = (SELECT IF(COUNT(*) = 0, 'ALTER TABLE events ADD INDEX events_by_support_name (support_key, id)', 'DO 0')
    FROM information_schema.statistics
    WHERE table_schema = DATABASE() AND table_name = 'events' AND index_name = 'events_by_support_name');
PREPARE add_index FROM @add;
EXECUTE add_index;

SET @add = (SELECT IF(COUNT(*) = 0, 'ALTER TABLE events ADD INDEX events_status (status, id)', 'DO 0')
    FROM information_schema.statistics
    WHERE table_schema = DATABASE() AND table_name = 'events' AND index_name = 'events_status');
PREPARE add_index FROM @add;
EXECUTE add_index;

SET @add = (SELECT IF(COUNT(*) = 0, 'ALTER TABLE audit_log ADD INDEX audit_by_name (actor_name, id)', 'DO 0')
    FROM information_schema.statistics
    WHERE table_schema = DATABASE() AND table_name = 'audit_log' AND index_name = 'audit_by_name');
PREPARE add_index FROM @add;
EXECUTE add_index;

SET @add = (SELECT IF(COUNT(*) = 0, 'ALTER TABLE audit_log ADD INDEX audit_by_action (action, id)', 'DO 0')
    FROM information_schema.statistics
    WHERE table_schema = DATABASE() AND table_name = 'audit_log' AND index_name = 'audit_by_action');
PREPARE add_index FROM @add;
EXECUTE add_index;

SET @add = (SELECT IF(COUNT(*) = 0, 'ALTER TABLE audit_log ADD INDEX audit_by_record_name (record_name, id)', 'DO 0')
    FROM information_schema.statistics
    WHERE table_schema = DATABASE() AND table_name = 'audit_log' AND index_name = 'audit_by_record_name');
PREPARE add_index FROM @add;
EXECUTE add_index;
-- The unique index is on another column, email_key, so sorting by email needs an index of its own.
SET @add = (SELECT IF(COUNT(*) = 0, 'ALTER TABLE clients ADD INDEX clients_by_email (email, id)', 'DO 0')
    FROM information_schema.statistics
    WHERE table_schema = DATABASE() AND table_name = 'clients' AND index_name = 'clients_by_email');
PREPARE add_index FROM @add;
EXECUTE add_index;

-- These indexes contain all columns of the sums and workloads on the home screen.
SET @add = (SELECT IF(COUNT(*) = 0, 'ALTER TABLE contracts ADD INDEX contracts_sums (signed_at, archived_at, total_cents, due_cents)', 'DO 0')
    FROM information_schema.statistics
    WHERE table_schema = DATABASE() AND table_name = 'contracts' AND index_name = 'contracts_sums');
PREPARE add_index FROM @add;
EXECUTE add_index;

SET @add = (SELECT IF(COUNT(*) = 0, 'ALTER TABLE events ADD INDEX events_loads (starts_at, archived_at, status, support_id, ends_at)', 'DO 0')
    FROM information_schema.statistics
    WHERE table_schema = DATABASE() AND table_name = 'events' AND index_name = 'events_loads');
PREPARE add_index FROM @add;
EXECUTE add_index;
DEALLOCATE PREPARE add_index;
