ALTER TABLE events DROP INDEX events_by_long_until, DROP COLUMN long_until;
