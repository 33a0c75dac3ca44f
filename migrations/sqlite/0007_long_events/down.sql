DROP INDEX events_by_long_until;
ALTER TABLE events DROP COLUMN long_until;
