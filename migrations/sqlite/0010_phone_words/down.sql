-- Older programs find the same words.
SELECT 1;
