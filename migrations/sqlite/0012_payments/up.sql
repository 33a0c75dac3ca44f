-- Payments of contracts; a refund has a negative amount. Of each contract the amount due is the total minus the
-- payments that are not cancelled. state, reference_key, client_key, search and client_search are derived columns
-- (storage/payments, storage/denormalized). After this the program writes what was paid before as one payment of each
-- contract (storage/opening).
CREATE TABLE payments (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    version INTEGER NOT NULL DEFAULT 1,
    contract_id BIGINT NOT NULL REFERENCES contracts (id) ON DELETE RESTRICT ON UPDATE RESTRICT,
    amount_cents BIGINT NOT NULL CHECK (amount_cents <> 0),
    paid_on DATE NOT NULL,
    method TEXT NOT NULL CHECK (method IN ('transfer', 'card', 'cheque', 'cash', 'other', 'opening')),
    reference TEXT NOT NULL DEFAULT '' CHECK (length(reference) <= 400),
    notes TEXT NOT NULL DEFAULT '',
    cancelled_at TIMESTAMP,
    cancel_reason TEXT NOT NULL DEFAULT '' CHECK (length(cancel_reason) <= 800),
    state TEXT NOT NULL DEFAULT 'payment',
    reference_key TEXT NOT NULL DEFAULT '',
    client_key TEXT NOT NULL DEFAULT '',
    search TEXT NOT NULL DEFAULT '',
    client_search TEXT NOT NULL DEFAULT '',
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    CHECK ((cancelled_at IS NULL) = (cancel_reason = '')),
    CHECK (state = CASE WHEN cancelled_at IS NOT NULL THEN 'cancelled' WHEN amount_cents < 0 THEN 'refund' ELSE 'payment' END)
);

CREATE INDEX payments_by_contract ON payments (contract_id, id);
CREATE INDEX payments_by_day ON payments (paid_on, id);
CREATE INDEX payments_by_amount ON payments (amount_cents, id);
CREATE INDEX payments_by_method ON payments (method, id);
CREATE INDEX payments_by_method_and_day ON payments (method, paid_on, id);
CREATE INDEX payments_by_client_name ON payments (client_key, id);
CREATE INDEX payments_by_reference ON payments (reference_key, id);
CREATE INDEX payments_by_state ON payments (state, id);
CREATE INDEX payments_by_state_and_day ON payments (state, paid_on, id);

CREATE VIRTUAL TABLE payments_words USING fts5(search, client_search, content = 'payments', content_rowid = 'id', detail = 'none', tokenize = 'unicode61 remove_diacritics 0');

CREATE TRIGGER payments_words_on_insert AFTER INSERT ON payments
BEGIN INSERT INTO payments_words (rowid, search, client_search) VALUES (NEW.id, NEW.search, NEW.client_search); END;
CREATE TRIGGER payments_words_on_update AFTER UPDATE OF search, client_search ON payments
WHEN OLD.search <> NEW.search OR OLD.client_search <> NEW.client_search
BEGIN
    INSERT INTO payments_words (payments_words, rowid, search, client_search) VALUES ('delete', OLD.id, OLD.search, OLD.client_search);
    INSERT INTO payments_words (rowid, search, client_search) VALUES (NEW.id, NEW.search, NEW.client_search);
END;

CREATE TRIGGER payments_are_final BEFORE UPDATE OF id, contract_id, amount_cents, paid_on, method, cancelled_at, cancel_reason ON payments
WHEN NEW.id <> OLD.id OR NEW.contract_id <> OLD.contract_id OR NEW.amount_cents <> OLD.amount_cents OR NEW.paid_on <> OLD.paid_on
 OR NEW.method <> OLD.method
 OR (OLD.cancelled_at IS NOT NULL AND (NEW.cancelled_at IS NOT OLD.cancelled_at OR NEW.cancel_reason <> OLD.cancel_reason))
BEGIN SELECT RAISE(ABORT, 'a payment is cancelled, not changed'); END;
CREATE TRIGGER payments_are_not_removed BEFORE DELETE ON payments
BEGIN SELECT RAISE(ABORT, 'a payment is cancelled, not removed'); END;
-- INSERT OR REPLACE would remove one without that trigger.
CREATE TRIGGER payments_are_not_replaced BEFORE INSERT ON payments
WHEN EXISTS (SELECT 1 FROM payments WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'a payment is cancelled, not replaced'); END;

-- What is due follows from the payments, which are written first.
CREATE TRIGGER due_follows_payments BEFORE UPDATE OF total_cents, due_cents ON contracts
WHEN (NEW.total_cents <> OLD.total_cents OR NEW.due_cents <> OLD.due_cents)
 AND NEW.due_cents <> NEW.total_cents - COALESCE((SELECT SUM(amount_cents) FROM payments WHERE contract_id = NEW.id AND cancelled_at IS NULL), 0)
BEGIN SELECT RAISE(ABORT, 'what is due follows from the payments'); END;
CREATE TRIGGER all_is_due_at_first BEFORE INSERT ON contracts
WHEN NEW.due_cents <> NEW.total_cents - COALESCE((SELECT SUM(amount_cents) FROM payments WHERE contract_id = NEW.id AND cancelled_at IS NULL), 0)
BEGIN SELECT RAISE(ABORT, 'what is due follows from the payments'); END;
