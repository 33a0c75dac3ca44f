-- Payments of contracts; a refund has a negative amount. Of each contract the amount due is the total minus the
-- payments that are not cancelled. state, reference_key, client_key, search and client_search are derived columns
-- (storage/payments, storage/denormalized). Each statement can run twice, as in the first migration. After
-- this the program writes what was paid before as one payment of each contract (storage/opening).
CREATE TABLE IF NOT EXISTS payments (
    id BIGINT AUTO_INCREMENT PRIMARY KEY NOT NULL,
    version INTEGER NOT NULL DEFAULT 1,
    contract_id BIGINT NOT NULL,
    amount_cents BIGINT NOT NULL,
    paid_on DATE NOT NULL,
    method VARCHAR(20) NOT NULL,
    reference VARCHAR(400) NOT NULL DEFAULT '',
    notes MEDIUMTEXT NOT NULL,
    cancelled_at DATETIME(6),
    cancel_reason VARCHAR(800) NOT NULL DEFAULT '',
    state VARCHAR(20) NOT NULL DEFAULT 'payment',
    reference_key VARCHAR(500) NOT NULL DEFAULT '',
    client_key VARCHAR(500) NOT NULL DEFAULT '',
    search TEXT NOT NULL,
    client_search TEXT NOT NULL,
    created_at DATETIME(6) NOT NULL,
    updated_at DATETIME(6) NOT NULL,
    CONSTRAINT payments_contract FOREIGN KEY (contract_id) REFERENCES contracts (id) ON DELETE RESTRICT ON UPDATE RESTRICT,
    CONSTRAINT payments_amount CHECK (amount_cents <> 0),
    CONSTRAINT payments_method CHECK (method IN ('transfer', 'card', 'cheque', 'cash', 'other', 'opening')),
    CONSTRAINT payments_cancelled CHECK ((cancelled_at IS NULL) = (cancel_reason = '')),
    CONSTRAINT payments_state CHECK (state = CASE WHEN cancelled_at IS NOT NULL THEN 'cancelled' WHEN amount_cents < 0 THEN 'refund' ELSE 'payment' END),
    INDEX payments_by_contract (contract_id, id),
    INDEX payments_by_day (paid_on, id),
    INDEX payments_by_amount (amount_cents, id),
    INDEX payments_by_method (method, id),
    INDEX payments_by_method_and_day (method, paid_on, id),
    INDEX payments_by_client_name (client_key, id),
    INDEX payments_by_reference (reference_key, id),
    INDEX payments_by_state (state, id),
    INDEX payments_by_state_and_day (state, paid_on, id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

SET @add = (SELECT IF(COUNT(*) = 0, 'ALTER TABLE payments ADD FULLTEXT INDEX payments_words (search, client_search)', 'DO 0')
    FROM information_schema.statistics
    WHERE table_schema = DATABASE() AND table_name = 'payments' AND index_name = 'payments_words');
PREPARE add_index FROM @add;
EXECUTE add_index;
DEALLOCATE PREPARE add_index;
