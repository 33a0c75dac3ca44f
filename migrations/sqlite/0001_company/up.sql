-- The columns search and *_key hold folded text (lower case, no accents). The program writes them, so that all
-- engines sort and search alike.

CREATE TABLE users (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    version INTEGER NOT NULL DEFAULT 1,
    username TEXT NOT NULL COLLATE NOCASE UNIQUE CHECK (length(username) BETWEEN 3 AND 30),
    full_name TEXT NOT NULL CHECK (length(full_name) BETWEEN 1 AND 400),
    email TEXT COLLATE NOCASE UNIQUE CHECK (email <> ''),
    phone TEXT CHECK (phone <> ''),
    employee_number TEXT UNIQUE CHECK (length(employee_number) BETWEEN 1 AND 6 AND employee_number NOT GLOB '*[^0-9]*'),
    role TEXT NOT NULL CHECK (role IN ('management', 'sales', 'support')),
    active BOOLEAN NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
    password_hash TEXT NOT NULL,
    must_change_password BOOLEAN NOT NULL DEFAULT 0 CHECK (must_change_password IN (0, 1)),
    failed_logins INTEGER NOT NULL DEFAULT 0 CHECK (failed_logins >= 0),
    retry_after TIMESTAMP,
    auth_epoch INTEGER NOT NULL DEFAULT 0,
    last_login_at TIMESTAMP,
    name_key TEXT NOT NULL DEFAULT '',
    search TEXT NOT NULL DEFAULT '',
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);
CREATE INDEX users_by_role ON users (active, role, name_key, id);
CREATE INDEX users_by_name ON users (name_key, id);

-- Failed sign-ins with unknown names, so that they are delayed like those with known names.
CREATE TABLE unknown_logins (
    login_key TEXT PRIMARY KEY NOT NULL,
    failed_logins INTEGER NOT NULL,
    retry_after TIMESTAMP NOT NULL
);

CREATE TABLE clients (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    version INTEGER NOT NULL DEFAULT 1,
    full_name TEXT NOT NULL CHECK (length(full_name) BETWEEN 1 AND 400),
    company_name TEXT NOT NULL CHECK (length(company_name) BETWEEN 1 AND 400),
    email TEXT COLLATE NOCASE UNIQUE CHECK (email <> ''),
    phone TEXT NOT NULL CHECK (phone <> ''),
    sales_contact_id BIGINT NOT NULL REFERENCES users (id) ON DELETE RESTRICT ON UPDATE RESTRICT,
    last_contact_at DATE,
    notes TEXT NOT NULL DEFAULT '',
    name_key TEXT NOT NULL DEFAULT '',
    company_key TEXT NOT NULL DEFAULT '',
    search TEXT NOT NULL DEFAULT '',
    archived_at TIMESTAMP,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);
CREATE INDEX clients_by_name ON clients (name_key, id);
CREATE INDEX clients_by_company ON clients (company_key, id);
CREATE INDEX clients_by_sales_contact ON clients (sales_contact_id, name_key, id);
CREATE INDEX clients_by_last_contact ON clients (last_contact_at, id);
CREATE INDEX clients_by_update ON clients (updated_at, id);

CREATE TABLE contracts (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    version INTEGER NOT NULL DEFAULT 1,
    client_id BIGINT NOT NULL REFERENCES clients (id) ON DELETE RESTRICT ON UPDATE RESTRICT,
    total_cents BIGINT NOT NULL CHECK (total_cents > 0),
    due_cents BIGINT NOT NULL,
    signed_at TIMESTAMP,
    notes TEXT NOT NULL DEFAULT '',
    archived_at TIMESTAMP,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    CHECK (due_cents BETWEEN 0 AND total_cents)
);
CREATE INDEX contracts_by_client ON contracts (client_id, created_at, id);
CREATE INDEX contracts_by_creation ON contracts (created_at, id);
CREATE INDEX contracts_by_total ON contracts (total_cents, id);
CREATE INDEX contracts_by_due ON contracts (due_cents, id);
CREATE INDEX contracts_by_signature ON contracts (signed_at, created_at, id);

CREATE TABLE events (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    version INTEGER NOT NULL DEFAULT 1,
    contract_id BIGINT NOT NULL REFERENCES contracts (id) ON DELETE RESTRICT ON UPDATE RESTRICT,
    title TEXT NOT NULL CHECK (length(title) BETWEEN 1 AND 400),
    client_contact TEXT NOT NULL DEFAULT '',
    starts_at TIMESTAMP,
    ends_at TIMESTAMP,
    location TEXT NOT NULL DEFAULT '',
    attendees INTEGER NOT NULL DEFAULT 0 CHECK (attendees BETWEEN 0 AND 1000000),
    notes TEXT NOT NULL DEFAULT '',
    status TEXT NOT NULL DEFAULT 'planned' CHECK (status IN ('planned', 'confirmed', 'done', 'cancelled')),
    support_id BIGINT REFERENCES users (id) ON DELETE RESTRICT ON UPDATE RESTRICT,
    title_key TEXT NOT NULL DEFAULT '',
    location_key TEXT NOT NULL DEFAULT '',
    search TEXT NOT NULL DEFAULT '',
    archived_at TIMESTAMP,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    CHECK (ends_at IS NULL OR (starts_at IS NOT NULL AND ends_at >= starts_at))
);
CREATE INDEX events_by_start ON events (starts_at, id);
CREATE INDEX events_by_support ON events (support_id, starts_at, id);
CREATE INDEX events_by_contract ON events (contract_id, starts_at, id);
CREATE INDEX events_by_title ON events (title_key, id);
CREATE INDEX events_by_location ON events (location_key, id);
CREATE INDEX events_by_attendees ON events (attendees, id);
CREATE INDEX events_by_status ON events (status, starts_at, id);

CREATE TABLE settings (
    "key" TEXT PRIMARY KEY NOT NULL,
    value TEXT NOT NULL,
    version INTEGER NOT NULL DEFAULT 1,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);
-- Empty until the first manager exists. The set-up that fills it creates that manager.
INSERT INTO settings ("key", value, created_at, updated_at)
VALUES ('initialised_at', '', '1970-01-01 00:00:00', '1970-01-01 00:00:00');

CREATE TABLE audit_log (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    at TIMESTAMP NOT NULL,
    actor_id BIGINT REFERENCES users (id) ON DELETE RESTRICT ON UPDATE RESTRICT,
    actor_name TEXT NOT NULL,
    actor_role TEXT,
    action TEXT NOT NULL,
    record_type TEXT NOT NULL,
    record_id BIGINT,
    record_name TEXT NOT NULL DEFAULT '',
    changes TEXT NOT NULL DEFAULT '{}',
    host TEXT NOT NULL,
    session_id TEXT NOT NULL,
    operation_id TEXT NOT NULL,
    search TEXT NOT NULL DEFAULT ''
);
CREATE INDEX audit_by_time ON audit_log (at, id);
CREATE INDEX audit_by_record ON audit_log (record_type, record_id, at, id);
CREATE INDEX audit_by_actor ON audit_log (actor_id, at, id);
CREATE INDEX audit_by_operation ON audit_log (operation_id);

CREATE TRIGGER contracts_stay_signed BEFORE UPDATE OF signed_at ON contracts
WHEN OLD.signed_at IS NOT NULL AND NEW.signed_at IS NOT OLD.signed_at
BEGIN SELECT RAISE(ABORT, 'a signature is final'); END;

CREATE TRIGGER events_need_signature BEFORE INSERT ON events
WHEN NOT EXISTS (SELECT 1 FROM contracts WHERE id = NEW.contract_id AND signed_at IS NOT NULL AND archived_at IS NULL)
BEGIN SELECT RAISE(ABORT, 'an event needs a signed contract'); END;

CREATE TRIGGER events_keep_contract BEFORE UPDATE OF contract_id ON events
WHEN NEW.contract_id <> OLD.contract_id
BEGIN SELECT RAISE(ABORT, 'an event stays with its contract'); END;

CREATE TRIGGER support_is_active_on_insert BEFORE INSERT ON events
WHEN NEW.support_id IS NOT NULL
 AND NOT EXISTS (SELECT 1 FROM users WHERE id = NEW.support_id AND role = 'support' AND active = 1)
BEGIN SELECT RAISE(ABORT, 'only active support can be assigned'); END;

CREATE TRIGGER support_is_active_on_update BEFORE UPDATE OF support_id ON events
WHEN NEW.support_id IS NOT NULL AND NEW.support_id IS NOT OLD.support_id
 AND NOT EXISTS (SELECT 1 FROM users WHERE id = NEW.support_id AND role = 'support' AND active = 1)
BEGIN SELECT RAISE(ABORT, 'only active support can be assigned'); END;

CREATE TRIGGER owner_is_active_on_insert BEFORE INSERT ON clients
WHEN NOT EXISTS (SELECT 1 FROM users WHERE id = NEW.sales_contact_id AND role = 'sales' AND active = 1)
BEGIN SELECT RAISE(ABORT, 'only active sales can own a client'); END;

CREATE TRIGGER owner_is_active_on_update BEFORE UPDATE OF sales_contact_id ON clients
WHEN NEW.sales_contact_id <> OLD.sales_contact_id
 AND NOT EXISTS (SELECT 1 FROM users WHERE id = NEW.sales_contact_id AND role = 'sales' AND active = 1)
BEGIN SELECT RAISE(ABORT, 'only active sales can own a client'); END;

CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit_log
BEGIN SELECT RAISE(ABORT, 'the audit log is not changed'); END;

CREATE TRIGGER audit_is_not_removed BEFORE DELETE ON audit_log
BEGIN SELECT RAISE(ABORT, 'the audit log is not removed'); END;
