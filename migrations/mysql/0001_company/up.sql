-- Every statement must be able to run twice: MySQL does not roll back DDL, so an interrupted migration is run
-- again from its first line. The triggers are in storage/migrate: a server with binary logging does not let
-- accounts without a special privilege create them, and the program has to run there too.
-- The columns search and *_key hold folded text (lower case, no accents). The program writes them, so that all
-- engines sort and search alike.

CREATE TABLE IF NOT EXISTS users (
    id BIGINT AUTO_INCREMENT PRIMARY KEY NOT NULL,
    version INTEGER NOT NULL DEFAULT 1,
    username VARCHAR(30) COLLATE utf8mb4_general_ci NOT NULL,
    full_name VARCHAR(400) NOT NULL,
    email VARCHAR(254) COLLATE utf8mb4_general_ci,
    email_key VARCHAR(254) COLLATE utf8mb4_bin GENERATED ALWAYS AS (LOWER(email)) STORED,
    phone VARCHAR(60),
    employee_number VARCHAR(6),
    role VARCHAR(20) COLLATE utf8mb4_bin NOT NULL,
    active BOOLEAN NOT NULL DEFAULT TRUE,
    password_hash VARCHAR(100) COLLATE utf8mb4_bin NOT NULL,
    must_change_password BOOLEAN NOT NULL DEFAULT FALSE,
    failed_logins INTEGER NOT NULL DEFAULT 0,
    retry_after DATETIME(6),
    auth_epoch INTEGER NOT NULL DEFAULT 0,
    last_login_at DATETIME(6),
    name_key VARCHAR(500) COLLATE utf8mb4_bin NOT NULL DEFAULT '',
    search TEXT COLLATE utf8mb4_bin NOT NULL,
    created_at DATETIME(6) NOT NULL,
    updated_at DATETIME(6) NOT NULL,
    CONSTRAINT users_username UNIQUE (username),
    CONSTRAINT users_email UNIQUE (email_key),
    CONSTRAINT users_employee_number UNIQUE (employee_number),
    CONSTRAINT users_username_length CHECK (CHAR_LENGTH(username) BETWEEN 3 AND 30),
    CONSTRAINT users_full_name_length CHECK (CHAR_LENGTH(full_name) >= 1),
    CONSTRAINT users_email_not_empty CHECK (email <> ''),
    CONSTRAINT users_phone_not_empty CHECK (phone <> ''),
    CONSTRAINT users_number_digits CHECK (employee_number REGEXP '^[0-9]{1,6}$'),
    CONSTRAINT users_role CHECK (role IN ('management', 'sales', 'support')),
    CONSTRAINT users_failed_logins CHECK (failed_logins >= 0),
    INDEX users_by_role (active, role, name_key, id),
    INDEX users_by_name (name_key, id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- Failed sign-ins with unknown names, so that they are delayed like those with known names.
CREATE TABLE IF NOT EXISTS unknown_logins (
    login_key VARCHAR(64) PRIMARY KEY NOT NULL,
    failed_logins INTEGER NOT NULL,
    retry_after DATETIME(6) NOT NULL
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE IF NOT EXISTS clients (
    id BIGINT AUTO_INCREMENT PRIMARY KEY NOT NULL,
    version INTEGER NOT NULL DEFAULT 1,
    full_name VARCHAR(400) NOT NULL,
    company_name VARCHAR(400) NOT NULL,
    email VARCHAR(254) COLLATE utf8mb4_general_ci,
    email_key VARCHAR(254) COLLATE utf8mb4_bin GENERATED ALWAYS AS (LOWER(email)) STORED,
    phone VARCHAR(60) NOT NULL,
    sales_contact_id BIGINT NOT NULL,
    last_contact_at DATE,
    notes MEDIUMTEXT NOT NULL,
    name_key VARCHAR(500) NOT NULL DEFAULT '',
    company_key VARCHAR(500) NOT NULL DEFAULT '',
    search TEXT NOT NULL,
    archived_at DATETIME(6),
    created_at DATETIME(6) NOT NULL,
    updated_at DATETIME(6) NOT NULL,
    CONSTRAINT clients_email UNIQUE (email_key),
    CONSTRAINT clients_sales_contact FOREIGN KEY (sales_contact_id) REFERENCES users (id) ON DELETE RESTRICT ON UPDATE RESTRICT,
    CONSTRAINT clients_full_name_length CHECK (CHAR_LENGTH(full_name) >= 1),
    CONSTRAINT clients_company_name_length CHECK (CHAR_LENGTH(company_name) >= 1),
    CONSTRAINT clients_email_not_empty CHECK (email <> ''),
    CONSTRAINT clients_phone_not_empty CHECK (phone <> ''),
    INDEX clients_by_name (name_key, id),
    INDEX clients_by_company (company_key, id),
    INDEX clients_by_sales_contact (sales_contact_id, name_key, id),
    INDEX clients_by_last_contact (last_contact_at, id),
    INDEX clients_by_update (updated_at, id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE IF NOT EXISTS contracts (
    id BIGINT AUTO_INCREMENT PRIMARY KEY NOT NULL,
    version INTEGER NOT NULL DEFAULT 1,
    client_id BIGINT NOT NULL,
    total_cents BIGINT NOT NULL,
    due_cents BIGINT NOT NULL,
    signed_at DATETIME(6),
    notes MEDIUMTEXT NOT NULL,
    archived_at DATETIME(6),
    created_at DATETIME(6) NOT NULL,
    updated_at DATETIME(6) NOT NULL,
    CONSTRAINT contracts_client FOREIGN KEY (client_id) REFERENCES clients (id) ON DELETE RESTRICT ON UPDATE RESTRICT,
    CONSTRAINT contracts_total CHECK (total_cents > 0),
    CONSTRAINT contracts_due CHECK (due_cents BETWEEN 0 AND total_cents),
    INDEX contracts_by_client (client_id, created_at, id),
    INDEX contracts_by_creation (created_at, id),
    INDEX contracts_by_total (total_cents, id),
    INDEX contracts_by_due (due_cents, id),
    INDEX contracts_by_signature (signed_at, created_at, id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE IF NOT EXISTS events (
    id BIGINT AUTO_INCREMENT PRIMARY KEY NOT NULL,
    version INTEGER NOT NULL DEFAULT 1,
    contract_id BIGINT NOT NULL,
    title VARCHAR(400) NOT NULL,
    client_contact VARCHAR(800) NOT NULL DEFAULT '',
    starts_at DATETIME(6),
    ends_at DATETIME(6),
    location VARCHAR(800) NOT NULL DEFAULT '',
    attendees INTEGER NOT NULL DEFAULT 0,
    notes MEDIUMTEXT NOT NULL,
    status VARCHAR(20) NOT NULL DEFAULT 'planned',
    support_id BIGINT,
    title_key VARCHAR(500) NOT NULL DEFAULT '',
    location_key VARCHAR(500) NOT NULL DEFAULT '',
    search TEXT NOT NULL,
    archived_at DATETIME(6),
    created_at DATETIME(6) NOT NULL,
    updated_at DATETIME(6) NOT NULL,
    CONSTRAINT events_contract FOREIGN KEY (contract_id) REFERENCES contracts (id) ON DELETE RESTRICT ON UPDATE RESTRICT,
    CONSTRAINT events_support FOREIGN KEY (support_id) REFERENCES users (id) ON DELETE RESTRICT ON UPDATE RESTRICT,
    CONSTRAINT events_title_length CHECK (CHAR_LENGTH(title) >= 1),
    CONSTRAINT events_attendees CHECK (attendees BETWEEN 0 AND 1000000),
    CONSTRAINT events_status CHECK (status IN ('planned', 'confirmed', 'done', 'cancelled')),
    CONSTRAINT events_end CHECK (ends_at IS NULL OR (starts_at IS NOT NULL AND ends_at >= starts_at)),
    INDEX events_by_start (starts_at, id),
    INDEX events_by_support (support_id, starts_at, id),
    INDEX events_by_contract (contract_id, starts_at, id),
    INDEX events_by_title (title_key, id),
    INDEX events_by_location (location_key, id),
    INDEX events_by_attendees (attendees, id),
    INDEX events_by_status (status, starts_at, id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE IF NOT EXISTS settings (
    `key` VARCHAR(60) PRIMARY KEY NOT NULL,
    value VARCHAR(400) NOT NULL,
    version INTEGER NOT NULL DEFAULT 1,
    created_at DATETIME(6) NOT NULL,
    updated_at DATETIME(6) NOT NULL
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- Empty until the first manager exists. The set-up that fills it creates that manager.
INSERT IGNORE INTO settings (`key`, value, created_at, updated_at)
VALUES ('initialised_at', '', '1970-01-01 00:00:00', '1970-01-01 00:00:00');

CREATE TABLE IF NOT EXISTS audit_log (
    id BIGINT AUTO_INCREMENT PRIMARY KEY NOT NULL,
    at DATETIME(6) NOT NULL,
    actor_id BIGINT,
    actor_name VARCHAR(400) NOT NULL,
    actor_role VARCHAR(20),
    action VARCHAR(60) NOT NULL,
    record_type VARCHAR(20) NOT NULL,
    record_id BIGINT,
    record_name VARCHAR(400) NOT NULL DEFAULT '',
    changes MEDIUMTEXT NOT NULL,
    host VARCHAR(255) NOT NULL,
    session_id VARCHAR(64) NOT NULL,
    operation_id VARCHAR(64) NOT NULL,
    search TEXT NOT NULL,
    CONSTRAINT audit_log_actor FOREIGN KEY (actor_id) REFERENCES users (id) ON DELETE RESTRICT ON UPDATE RESTRICT,
    INDEX audit_by_time (at, id),
    INDEX audit_by_record (record_type, record_id, at, id),
    INDEX audit_by_actor (actor_id, at, id),
    INDEX audit_by_operation (operation_id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
