-- Plans: named templates of the company for instalments. `parts` is JSON; name_key is the folded name.
CREATE TABLE plans (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    version INTEGER NOT NULL DEFAULT 1,
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 240),
    name_key TEXT NOT NULL UNIQUE,
    parts TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);

-- Instalments of contracts: those that were agreed, or those of the company's default plan, whose plan_id is set. Of
-- each contract with instalments the amounts sum to the total. Payments fill them in the order of their due days;
-- upto_cents is the sum of the amounts up to an instalment in that order, so that payments change open_cents without
-- reading. Of an archived contract nothing is open. open_on is the due day while something is open (storage/instalments).
CREATE TABLE instalments (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    version INTEGER NOT NULL DEFAULT 1,
    contract_id BIGINT NOT NULL REFERENCES contracts (id) ON DELETE RESTRICT ON UPDATE RESTRICT,
    position INTEGER NOT NULL CHECK (position >= 1),
    label TEXT NOT NULL DEFAULT '' CHECK (length(label) <= 240),
    amount_cents BIGINT NOT NULL CHECK (amount_cents > 0),
    anchor TEXT NOT NULL CHECK (anchor IN ('date', 'signature', 'event')),
    offset_days INTEGER NOT NULL DEFAULT 0,
    due_on DATE,
    upto_cents BIGINT NOT NULL,
    open_cents BIGINT NOT NULL,
    open_on DATE,
    plan_id BIGINT REFERENCES plans (id) ON DELETE RESTRICT ON UPDATE RESTRICT,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    UNIQUE (contract_id, position),
    CHECK (upto_cents >= amount_cents),
    CHECK (open_cents BETWEEN 0 AND amount_cents),
    CHECK (anchor <> 'date' OR (due_on IS NOT NULL AND offset_days = 0)),
    CHECK (open_on IS CASE WHEN open_cents > 0 THEN due_on ELSE NULL END)
);

CREATE INDEX instalments_open ON instalments (open_on, open_cents);
CREATE INDEX instalments_of_plan ON instalments (plan_id, contract_id);

-- The earliest due day of an instalment that is not paid completely.
ALTER TABLE contracts ADD COLUMN next_due_on DATE;
CREATE INDEX contracts_by_next_due ON contracts (next_due_on, id);
