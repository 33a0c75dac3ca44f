//! The migration that adds payments: what was paid before, by the company's day, and older programs that are still
//! open.

use std::fmt::Write;

use diesel::{connection::SimpleConnection, migration::CREATE_MIGRATIONS_TABLE, prelude::*};
use epic_events::{
    domain::{payments::Payment, settings::Settings},
    schema::{contracts, payments},
    storage::{Db, Target, migrate},
};
use rstest::rstest;

use crate::{
    migrations::migrations,
    support::{Engine, TestDb},
};

/// A company in Auckland, as a program stored it that knew no payments yet.
const COMPANY: &str = "UPDATE settings SET value = '2026-01-01 00:00:00' WHERE `key` = 'initialised_at'; \
     REPLACE INTO settings (`key`, value, created_at, updated_at) \
     VALUES ('time_zone', 'Pacific/Auckland', '2026-01-01 00:00:00', '2026-01-01 00:00:00'); \
     INSERT INTO users (id, username, full_name, name_key, role, password_hash, search, created_at, updated_at) \
     VALUES (7, 'bill', 'Bill Boquet', 'bill boquet', 'sales', 'x', '', '2026-01-01 00:00:00', '2026-01-01 00:00:00'); \
     INSERT INTO clients (id, full_name, company_name, phone, sales_contact_id, notes, search, created_at, updated_at) \
     VALUES (1, 'Kevin Casey', '', '+678', 7, '', '', '2026-01-01 00:00:00', '2026-01-01 00:00:00'); \
     INSERT INTO contracts (id, client_id, total_cents, due_cents, signed_at, notes, archived_at, created_at, updated_at) \
     VALUES (1, 1, 1000, 400, '2026-02-03 12:30:00', '', NULL, '2026-01-01 00:00:00', '2026-03-01 00:00:00'), \
            (2, 1, 1000, 1000, NULL, '', NULL, '2026-01-01 00:00:00', '2026-01-01 00:00:00'), \
            (3, 1, 1000, 0, NULL, '', NULL, '2026-01-02 11:30:00', '2026-03-01 00:00:00'), \
            (4, 1, 1000, 300, '2199-01-01 00:00:00', '', NULL, '2199-01-01 00:00:00', '2199-01-01 00:00:00');";

/// What an older program sends when its form of a contract is saved.
const EDIT: &str =
    "UPDATE contracts SET total_cents = 1000, due_cents = 100, notes = '', version = version + 1 WHERE id = 1";
const CREATE: &str = "INSERT INTO contracts (client_id, total_cents, due_cents, notes, search, created_at, updated_at) \
     VALUES (1, 1000, 400, '', '', '2026-03-01 00:00:00', '2026-03-01 00:00:00')";

fn open(db: &TestDb) -> Db {
    Db::open(&Target::parse(&db.url).unwrap()).unwrap()
}

fn before_payments(engine: Engine) -> TestDb {
    let db = TestDb::new(engine);
    let mut old = Db::create(&Target::parse(&db.url).unwrap()).unwrap();
    old.batch_execute(CREATE_MIGRATIONS_TABLE).unwrap();
    let folder = if engine == Engine::Sqlite { "sqlite" } else { "mysql" };
    for (version, statements) in migrations(folder).into_iter().take_while(|(version, _)| version != "0012") {
        let mut sql = statements.join("\n");
        write!(sql, "INSERT INTO __diesel_schema_migrations (version) VALUES ('{version}');").unwrap();
        old.batch_execute(&sql).unwrap();
    }
    old.batch_execute(COMPANY).unwrap();
    old.batch_execute("UPDATE contracts SET client_key = 'kevin casey', search = ' kevin casey'").unwrap();
    db
}

/// The stored payments, each with its contract; every contract's amount due follows from them.
fn stored(db: &mut Db) -> Vec<Payment> {
    let all: Vec<Payment> = payments::table.order(payments::contract_id).select(Payment::as_select()).load(db).unwrap();
    let amounts = contracts::table.select((contracts::id, contracts::total_cents, contracts::due_cents));
    for (id, total, due) in amounts.load::<(i64, i64, i64)>(db).unwrap() {
        let paid: i64 = all.iter().filter(|one| one.contract_id.0 == id).map(|one| one.amount_cents.0).sum();
        assert_eq!(due, total - paid, "contract {id}");
    }
    all
}

fn check(db: &mut Db) {
    let zone = Settings { time_zone: chrono_tz::Pacific::Auckland, ..Settings::default() };
    let today = zone.wall_clock(chrono::Utc::now().naive_utc()).date();
    let all = stored(db);
    let found: Vec<_> =
        all.iter().map(|one| (one.contract_id.0, one.amount_cents.0, one.paid_on.to_string())).collect();
    let wanted = [(1, 600, "2026-02-04".to_owned()), (3, 1000, "2026-01-03".to_owned()), (4, 700, today.to_string())];
    assert_eq!(found, wanted);
    // Nobody has recorded them today.
    assert!(all.iter().all(|one| zone.wall_clock(one.created_at).date() < today), "{all:?}");
}

/// Whatever an older program has open when the tables are migrated, it cannot change what is due past the payments.
#[rstest]
fn an_older_program_cannot_change_what_is_due(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let company = before_payments(engine);
    let mut older = open(&company);
    migrate::migrate(&mut open(&company)).unwrap();
    let mut db = open(&company);
    check(&mut db);
    for write in [EDIT, CREATE] {
        let refused = older.batch_execute(write).unwrap_err().to_string();
        assert!(refused.contains("what is due follows from the payments"), "{refused}");
    }
    // What it may still change is what stays true.
    older.batch_execute("UPDATE contracts SET total_cents = 1200, due_cents = 600 WHERE id = 1").unwrap();
    assert_eq!(stored(&mut db).len(), 3);
}

/// On a server the migration takes its time, and can be killed: from the first payment on, no older program changes
/// what is due.
#[rstest]
fn no_amount_due_changes_while_the_payments_are_written(#[values(Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let company = before_payments(engine);
    let mut older = open(&company);
    let (_, statements) = migrations("mysql").into_iter().find(|(version, _)| version == "0012").unwrap();
    older.batch_execute(&statements.join("\n")).unwrap();
    let stop = "CREATE TRIGGER stop BEFORE INSERT ON payments FOR EACH ROW \
         IF NEW.contract_id = 3 THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'stop'; END IF";
    older.batch_execute(stop).unwrap();
    assert!(migrate::migrate(&mut open(&company)).is_err());
    for write in [EDIT, CREATE] {
        assert!(older.batch_execute(write).is_err(), "{write}");
    }
    older.batch_execute("DROP TRIGGER stop").unwrap();
    // Killed after some of them.
    let one = "INSERT INTO payments (contract_id, amount_cents, paid_on, method, notes, client_key, search, client_search, \
         created_at, updated_at) SELECT id, 600, '2026-02-04', 'opening', '', client_key, '', search, created_at, created_at \
         FROM contracts WHERE id = 1";
    older.batch_execute(one).unwrap();
    migrate::migrate(&mut open(&company)).unwrap();
    check(&mut open(&company));
}
