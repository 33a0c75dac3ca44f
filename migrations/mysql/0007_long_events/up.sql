-- The end of an event that lasts longer than 14 days, and NULL for all others. Such events are searched for by
-- this column, the others by their start (storage/spans). Each statement can run twice, as in the first migration.
SET @add = (SELECT IF(COUNT(*) = 0, 'ALTER TABLE events ADD COLUMN long_until DATETIME(6)', 'DO 0')
    FROM information_schema.columns
    WHERE table_schema = DATABASE() AND table_name = 'events' AND column_name = 'long_until');
PREPARE add_column FROM @add;
EXECUTE add_column;
DEALLOCATE PREPARE add_column;

UPDATE events SET long_until = ends_at WHERE ends_at > starts_at + INTERVAL 14 DAY;

SET @add = (SELECT IF(COUNT(*) = 0, 'ALTER TABLE events ADD INDEX events_by_long_until (long_until, starts_at)', 'DO 0')
    FROM information_schema.statistics
    WHERE table_schema = DATABASE() AND table_name = 'events' AND index_name = 'events_by_long_until');
PREPARE add_index FROM @add;
EXECUTE add_index;
DEALLOCATE PREPARE add_index;
