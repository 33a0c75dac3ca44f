-- The full-text indexes find words by their first letters. They are created after the program has filled the texts.
CREATE VIRTUAL TABLE clients_words USING fts5(search, content = 'clients', content_rowid = 'id', detail = 'none', tokenize = 'unicode61 remove_diacritics 0');
CREATE VIRTUAL TABLE contracts_words USING fts5(search, content = 'contracts', content_rowid = 'id', detail = 'none', tokenize = 'unicode61 remove_diacritics 0');
CREATE VIRTUAL TABLE events_words USING fts5(search, client_search, content = 'events', content_rowid = 'id', detail = 'none', tokenize = 'unicode61 remove_diacritics 0');

CREATE TRIGGER clients_words_on_insert AFTER INSERT ON clients
BEGIN INSERT INTO clients_words (rowid, search) VALUES (NEW.id, NEW.search); END;
CREATE TRIGGER clients_words_on_update AFTER UPDATE OF search ON clients WHEN OLD.search <> NEW.search
BEGIN
    INSERT INTO clients_words (clients_words, rowid, search) VALUES ('delete', OLD.id, OLD.search);
    INSERT INTO clients_words (rowid, search) VALUES (NEW.id, NEW.search);
END;

CREATE TRIGGER contracts_words_on_insert AFTER INSERT ON contracts
BEGIN INSERT INTO contracts_words (rowid, search) VALUES (NEW.id, NEW.search); END;
CREATE TRIGGER contracts_words_on_update AFTER UPDATE OF search ON contracts WHEN OLD.search <> NEW.search
BEGIN
    INSERT INTO contracts_words (contracts_words, rowid, search) VALUES ('delete', OLD.id, OLD.search);
    INSERT INTO contracts_words (rowid, search) VALUES (NEW.id, NEW.search);
END;

CREATE TRIGGER events_words_on_insert AFTER INSERT ON events
BEGIN INSERT INTO events_words (rowid, search, client_search) VALUES (NEW.id, NEW.search, NEW.client_search); END;
CREATE TRIGGER events_words_on_update AFTER UPDATE OF search, client_search ON events
WHEN OLD.search <> NEW.search OR OLD.client_search <> NEW.client_search
BEGIN
    INSERT INTO events_words (events_words, rowid, search, client_search) VALUES ('delete', OLD.id, OLD.search, OLD.client_search);
    INSERT INTO events_words (rowid, search, client_search) VALUES (NEW.id, NEW.search, NEW.client_search);
END;

INSERT INTO clients_words (clients_words) VALUES ('rebuild');
INSERT INTO contracts_words (contracts_words) VALUES ('rebuild');
INSERT INTO events_words (events_words) VALUES ('rebuild');

CREATE INDEX clients_by_sales_name ON clients (sales_key, id);
CREATE INDEX clients_by_phone ON clients (phone, id);
CREATE INDEX contracts_by_client_name ON contracts (client_key, id);
CREATE INDEX contracts_by_company ON contracts (company_key, id);
CREATE INDEX contracts_by_sales_name ON contracts (sales_key, id);
CREATE INDEX events_by_client_name ON events (client_key, id);
CREATE INDEX events_by_support_name ON events (support_key, id);
CREATE INDEX audit_by_name ON audit_log (actor_name, id);
CREATE INDEX audit_by_action ON audit_log (action, id);
CREATE INDEX audit_by_record_name ON audit_log (record_name, id);
-- These indexes contain all columns of the sums and workloads on the home screen.
CREATE INDEX contracts_sums ON contracts (signed_at, archived_at, total_cents, due_cents);
CREATE INDEX events_loads ON events (starts_at, archived_at, status, support_id, ends_at);
DROP INDEX contracts_by_signature;
CREATE INDEX contracts_by_signature ON contracts (signed_at, id);
DROP INDEX events_by_status;
CREATE INDEX events_by_status ON events (status, id);
