-- Imports of spreadsheets. What an import has written stands in the audit log under its operation. `headings` is a hash
-- of the headings of the file and `fields` what its columns were matched with, so that the next file with the same
-- headings is read the same way. The statement can run twice, as in the first migration.
CREATE TABLE IF NOT EXISTS imports (
    id BIGINT AUTO_INCREMENT PRIMARY KEY NOT NULL,
    version INTEGER NOT NULL DEFAULT 1,
    file_name VARCHAR(1020) NOT NULL,
    kind VARCHAR(20) NOT NULL,
    created_by BIGINT NOT NULL,
    operation_id VARCHAR(64) NOT NULL,
    headings VARCHAR(64) NOT NULL,
    fields MEDIUMTEXT NOT NULL,
    created_rows INTEGER NOT NULL,
    changed_rows INTEGER NOT NULL,
    unchanged_rows INTEGER NOT NULL,
    refused_rows INTEGER NOT NULL,
    skipped_rows INTEGER NOT NULL,
    reverted_at DATETIME(6),
    created_at DATETIME(6) NOT NULL,
    updated_at DATETIME(6) NOT NULL,
    CONSTRAINT imports_created_by FOREIGN KEY (created_by) REFERENCES users (id) ON DELETE RESTRICT ON UPDATE RESTRICT,
    CONSTRAINT imports_kind CHECK (kind IN ('client', 'contract', 'event', 'payment', 'user')),
    CONSTRAINT imports_created_rows CHECK (created_rows >= 0),
    CONSTRAINT imports_changed CHECK (changed_rows >= 0),
    CONSTRAINT imports_unchanged CHECK (unchanged_rows >= 0),
    CONSTRAINT imports_refused CHECK (refused_rows >= 0),
    CONSTRAINT imports_skipped CHECK (skipped_rows >= 0),
    INDEX imports_by_headings (headings, id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
