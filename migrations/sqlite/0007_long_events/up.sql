-- The end of an event that lasts longer than 14 days, and NULL for all others. Such events are searched for by
-- this column, the others by their start (storage/spans).
ALTER TABLE events ADD COLUMN long_until TIMESTAMP;
UPDATE events SET long_until = ends_at WHERE julianday(ends_at) - julianday(starts_at) > 14;
CREATE INDEX events_by_long_until ON events (long_until, starts_at) WHERE long_until IS NOT NULL;
