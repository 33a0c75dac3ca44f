-- Clients that may be entered twice, and clients that were merged. phone_key and person_key are the telephone number and
-- the name with the company as clients are compared; the program writes them (domain/known), and after this for all
-- clients that are there. twin_key is one of the two if another client that is not archived has the same, NULL
-- otherwise and for archived clients (storage/twins). Each statement can run twice, as in the first migration.

SET @add = (SELECT IF(COUNT(*) = 0, 'ALTER TABLE clients ADD COLUMN phone_key VARCHAR(60)', 'DO 0')
    FROM information_schema.columns
    WHERE table_schema = DATABASE() AND table_name = 'clients' AND column_name = 'phone_key');
PREPARE add_column FROM @add;
EXECUTE add_column;
DEALLOCATE PREPARE add_column;

SET @add = (SELECT IF(COUNT(*) = 0, 'ALTER TABLE clients ADD COLUMN person_key VARCHAR(500)', 'DO 0')
    FROM information_schema.columns
    WHERE table_schema = DATABASE() AND table_name = 'clients' AND column_name = 'person_key');
PREPARE add_column FROM @add;
EXECUTE add_column;
DEALLOCATE PREPARE add_column;

SET @add = (SELECT IF(COUNT(*) = 0, 'ALTER TABLE clients ADD COLUMN twin_key VARCHAR(500)', 'DO 0')
    FROM information_schema.columns
    WHERE table_schema = DATABASE() AND table_name = 'clients' AND column_name = 'twin_key');
PREPARE add_column FROM @add;
EXECUTE add_column;
DEALLOCATE PREPARE add_column;

SET @add = (SELECT IF(COUNT(*) = 0, 'ALTER TABLE clients ADD COLUMN merged_into_id BIGINT', 'DO 0')
    FROM information_schema.columns
    WHERE table_schema = DATABASE() AND table_name = 'clients' AND column_name = 'merged_into_id');
PREPARE add_column FROM @add;
EXECUTE add_column;
DEALLOCATE PREPARE add_column;

SET @add = (SELECT IF(COUNT(*) = 0, 'ALTER TABLE clients ADD INDEX clients_by_phone_key (phone_key, archived_at)', 'DO 0')
    FROM information_schema.statistics
    WHERE table_schema = DATABASE() AND table_name = 'clients' AND index_name = 'clients_by_phone_key');
PREPARE add_index FROM @add;
EXECUTE add_index;
DEALLOCATE PREPARE add_index;

SET @add = (SELECT IF(COUNT(*) = 0, 'ALTER TABLE clients ADD INDEX clients_by_person_key (person_key, archived_at)', 'DO 0')
    FROM information_schema.statistics
    WHERE table_schema = DATABASE() AND table_name = 'clients' AND index_name = 'clients_by_person_key');
PREPARE add_index FROM @add;
EXECUTE add_index;
DEALLOCATE PREPARE add_index;

SET @add = (SELECT IF(COUNT(*) = 0, 'ALTER TABLE clients ADD INDEX clients_by_twin_key (twin_key, id)', 'DO 0')
    FROM information_schema.statistics
    WHERE table_schema = DATABASE() AND table_name = 'clients' AND index_name = 'clients_by_twin_key');
PREPARE add_index FROM @add;
EXECUTE add_index;
DEALLOCATE PREPARE add_index;

SET @add = (SELECT IF(COUNT(*) = 0, 'ALTER TABLE clients ADD INDEX clients_by_merged_into (merged_into_id)', 'DO 0')
    FROM information_schema.statistics
    WHERE table_schema = DATABASE() AND table_name = 'clients' AND index_name = 'clients_by_merged_into');
PREPARE add_index FROM @add;
EXECUTE add_index;
DEALLOCATE PREPARE add_index;

SET @add = (SELECT IF(COUNT(*) = 0, 'ALTER TABLE clients ADD CONSTRAINT clients_merged_into FOREIGN KEY (merged_into_id) REFERENCES clients (id) ON DELETE RESTRICT ON UPDATE RESTRICT', 'DO 0')
    FROM information_schema.table_constraints
    WHERE table_schema = DATABASE() AND table_name = 'clients' AND constraint_name = 'clients_merged_into');
PREPARE add_reference FROM @add;
EXECUTE add_reference;
DEALLOCATE PREPARE add_reference;

SET @add = (SELECT IF(COUNT(*) = 0, 'ALTER TABLE clients ADD CONSTRAINT clients_merged_are_archived CHECK ((merged_into_id IS NULL) >= (archived_at IS NULL))', 'DO 0')
    FROM information_schema.table_constraints
    WHERE table_schema = DATABASE() AND table_name = 'clients' AND constraint_name = 'clients_merged_are_archived');
PREPARE add_check FROM @add;
EXECUTE add_check;
DEALLOCATE PREPARE add_check;
