-- Views of lists that users have saved, their own and those that management shares. `content` is JSON: the query
-- and the columns. name_key is the folded name. Each statement can run twice, as in the first migration.
CREATE TABLE IF NOT EXISTS list_views (
    id BIGINT AUTO_INCREMENT PRIMARY KEY NOT NULL,
    version INTEGER NOT NULL DEFAULT 1,
    owner_id BIGINT NOT NULL,
    kind VARCHAR(20) NOT NULL,
    name VARCHAR(240) NOT NULL,
    name_key VARCHAR(500) NOT NULL,
    shared BOOLEAN NOT NULL DEFAULT FALSE,
    content TEXT NOT NULL,
    created_at DATETIME(6) NOT NULL,
    updated_at DATETIME(6) NOT NULL,
    CONSTRAINT list_views_name UNIQUE (owner_id, kind, name_key),
    CONSTRAINT list_views_name_length CHECK (CHAR_LENGTH(name) >= 1),
    CONSTRAINT list_views_owner FOREIGN KEY (owner_id) REFERENCES users (id) ON DELETE RESTRICT,
    INDEX list_views_shared (shared)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- The columns that a user has chosen for a kind of list.
CREATE TABLE IF NOT EXISTS list_columns (
    id BIGINT AUTO_INCREMENT PRIMARY KEY NOT NULL,
    version INTEGER NOT NULL DEFAULT 1,
    user_id BIGINT NOT NULL,
    kind VARCHAR(20) NOT NULL,
    content TEXT NOT NULL,
    created_at DATETIME(6) NOT NULL,
    updated_at DATETIME(6) NOT NULL,
    CONSTRAINT list_columns_kind UNIQUE (user_id, kind),
    CONSTRAINT list_columns_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE RESTRICT
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
