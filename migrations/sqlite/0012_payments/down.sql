DROP TRIGGER all_is_due_at_first;
DROP TRIGGER due_follows_payments;
DROP TABLE payments_words;
DROP TABLE payments;
