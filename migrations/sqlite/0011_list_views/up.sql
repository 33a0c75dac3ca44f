-- Views of lists that users have saved, their own and those that management shares. `content` is JSON: the query
-- and the columns. name_key is the folded name.
CREATE TABLE list_views (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    version INTEGER NOT NULL DEFAULT 1,
    owner_id BIGINT NOT NULL REFERENCES users (id) ON DELETE RESTRICT,
    kind TEXT NOT NULL,
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 240),
    name_key TEXT NOT NULL,
    shared BOOLEAN NOT NULL DEFAULT 0 CHECK (shared IN (0, 1)),
    content TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    UNIQUE (owner_id, kind, name_key)
);
CREATE INDEX list_views_shared ON list_views (shared);

-- The columns that a user has chosen for a kind of list.
CREATE TABLE list_columns (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    version INTEGER NOT NULL DEFAULT 1,
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE RESTRICT,
    kind TEXT NOT NULL,
    content TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    UNIQUE (user_id, kind)
);
