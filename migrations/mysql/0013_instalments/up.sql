-- Plans: named templates of the company for instalments. `parts` is JSON; name_key is the folded name. Each statement
-- can run twice, as in the first migration.
CREATE TABLE IF NOT EXISTS plans (
    id BIGINT AUTO_INCREMENT PRIMARY KEY NOT NULL,
    version INTEGER NOT NULL DEFAULT 1,
    name VARCHAR(240) NOT NULL,
    name_key VARCHAR(500) NOT NULL,
    parts MEDIUMTEXT NOT NULL,
    created_at DATETIME(6) NOT NULL,
    updated_at DATETIME(6) NOT NULL,
    CONSTRAINT plans_name UNIQUE (name_key),
    CONSTRAINT plans_name_length CHECK (CHAR_LENGTH(name) >= 1)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- Instalments of contracts: those that were agreed, or those of the company's default plan, whose plan_id is set. Of
-- each contract with instalments the amounts sum to the total. Payments fill them in the order of their due days;
-- upto_cents is the sum of the amounts up to an instalment in that order, so that payments change open_cents without
-- reading. Of an archived contract nothing is open. open_on is the due day while something is open (storage/instalments).
CREATE TABLE IF NOT EXISTS instalments (
    id BIGINT AUTO_INCREMENT PRIMARY KEY NOT NULL,
    version INTEGER NOT NULL DEFAULT 1,
    contract_id BIGINT NOT NULL,
    position INTEGER NOT NULL,
    label VARCHAR(240) NOT NULL DEFAULT '',
    amount_cents BIGINT NOT NULL,
    anchor VARCHAR(20) NOT NULL,
    offset_days INTEGER NOT NULL DEFAULT 0,
    due_on DATE,
    upto_cents BIGINT NOT NULL,
    open_cents BIGINT NOT NULL,
    open_on DATE,
    plan_id BIGINT,
    created_at DATETIME(6) NOT NULL,
    updated_at DATETIME(6) NOT NULL,
    CONSTRAINT instalments_contract FOREIGN KEY (contract_id) REFERENCES contracts (id) ON DELETE RESTRICT ON UPDATE RESTRICT,
    CONSTRAINT instalments_plan FOREIGN KEY (plan_id) REFERENCES plans (id) ON DELETE RESTRICT ON UPDATE RESTRICT,
    CONSTRAINT instalments_place UNIQUE (contract_id, position),
    CONSTRAINT instalments_position CHECK (position >= 1),
    CONSTRAINT instalments_amount CHECK (amount_cents > 0),
    CONSTRAINT instalments_anchor CHECK (anchor IN ('date', 'signature', 'event')),
    CONSTRAINT instalments_upto CHECK (upto_cents >= amount_cents),
    CONSTRAINT instalments_open_cents CHECK (open_cents BETWEEN 0 AND amount_cents),
    CONSTRAINT instalments_date CHECK (anchor <> 'date' OR (due_on IS NOT NULL AND offset_days = 0)),
    CONSTRAINT instalments_open_on CHECK (open_on <=> CASE WHEN open_cents > 0 THEN due_on ELSE NULL END),
    INDEX instalments_open (open_on, open_cents),
    INDEX instalments_of_plan (plan_id, contract_id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- The earliest due day of an instalment that is not paid completely.
SET @add = (SELECT IF(COUNT(*) = 0, 'ALTER TABLE contracts ADD COLUMN next_due_on DATE', 'DO 0')
    FROM information_schema.columns
    WHERE table_schema = DATABASE() AND table_name = 'contracts' AND column_name = 'next_due_on');
PREPARE add_column FROM @add;
EXECUTE add_column;
DEALLOCATE PREPARE add_column;

SET @add = (SELECT IF(COUNT(*) = 0, 'ALTER TABLE contracts ADD INDEX contracts_by_next_due (next_due_on, id)', 'DO 0')
    FROM information_schema.statistics
    WHERE table_schema = DATABASE() AND table_name = 'contracts' AND index_name = 'contracts_by_next_due');
PREPARE add_index FROM @add;
EXECUTE add_index;
DEALLOCATE PREPARE add_index;
