DROP TRIGGER IF EXISTS all_is_due_at_first;
DROP TRIGGER IF EXISTS due_follows_payments;
DROP TABLE IF EXISTS payments;
