-- Imports of spreadsheets. What an import has written stands in the audit log under its operation. `headings` is a hash
-- of the headings of the file and `fields` what its columns were matched with, so that the next file with the same
-- headings is read the same way.
CREATE TABLE imports (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    version INTEGER NOT NULL DEFAULT 1,
    file_name TEXT NOT NULL CHECK (length(file_name) <= 1020),
    kind TEXT NOT NULL CHECK (kind IN ('client', 'contract', 'event', 'payment', 'user')),
    created_by BIGINT NOT NULL REFERENCES users (id) ON DELETE RESTRICT ON UPDATE RESTRICT,
    operation_id TEXT NOT NULL,
    headings TEXT NOT NULL,
    fields TEXT NOT NULL,
    created_rows INTEGER NOT NULL CHECK (created_rows >= 0),
    changed_rows INTEGER NOT NULL CHECK (changed_rows >= 0),
    unchanged_rows INTEGER NOT NULL CHECK (unchanged_rows >= 0),
    refused_rows INTEGER NOT NULL CHECK (refused_rows >= 0),
    skipped_rows INTEGER NOT NULL CHECK (skipped_rows >= 0),
    reverted_at TIMESTAMP,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);

CREATE INDEX imports_by_headings ON imports (headings, id);
CREATE INDEX imports_by_user ON imports (created_by);
