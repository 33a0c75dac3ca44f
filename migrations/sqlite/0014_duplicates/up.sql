-- Clients that may be entered twice, and clients that were merged. phone_key and person_key are the telephone number and
-- the name with the company as clients are compared; the program writes them (domain/known), and after this for all
-- clients that are there. twin_key is one of the two if another client that is not archived has the same, NULL
-- otherwise and for archived clients (storage/twins).
ALTER TABLE clients ADD COLUMN phone_key TEXT;
ALTER TABLE clients ADD COLUMN person_key TEXT;
ALTER TABLE clients ADD COLUMN twin_key TEXT;
ALTER TABLE clients ADD COLUMN merged_into_id BIGINT REFERENCES clients (id) ON DELETE RESTRICT ON UPDATE RESTRICT
    CHECK (merged_into_id IS NULL OR archived_at IS NOT NULL);

CREATE INDEX clients_by_phone_key ON clients (phone_key, archived_at);
CREATE INDEX clients_by_person_key ON clients (person_key, archived_at);
CREATE INDEX clients_by_twin_key ON clients (twin_key, id);
CREATE INDEX clients_by_merged_into ON clients (merged_into_id);
