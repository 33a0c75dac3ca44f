DROP INDEX clients_by_merged_into;
DROP INDEX clients_by_twin_key;
DROP INDEX clients_by_person_key;
DROP INDEX clients_by_phone_key;
ALTER TABLE clients DROP COLUMN merged_into_id;
ALTER TABLE clients DROP COLUMN twin_key;
ALTER TABLE clients DROP COLUMN person_key;
ALTER TABLE clients DROP COLUMN phone_key;
