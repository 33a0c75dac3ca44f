//! What the database itself refuses of payments and of what is due.

use diesel::{connection::SimpleConnection, prelude::*};
use epic_events::{
    domain::payments::Method,
    schema::{contracts, payments},
};

use super::{
    payments::{balance, cancel, contract, paid},
    *,
};

/// The database itself keeps payments as they are.
#[rstest]
fn the_database_refuses_what_the_program_never_does(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let id = contract(&mut world, 100_000, 100_000);
    let payment = paid(&mut world, id, 30_000);
    world.save(&cancel(payment, 1));
    let db = &mut world.connection();
    let of = || payments::table.find(payment);
    assert!(diesel::update(of()).set(payments::amount_cents.eq(Cents(1))).execute(db).is_err());
    assert!(diesel::update(of()).set(payments::method.eq(Method::Cash)).execute(db).is_err());
    assert!(
        diesel::update(of())
            .set((
                payments::cancelled_at.eq(None::<chrono::NaiveDateTime>),
                payments::cancel_reason.eq(""),
                payments::state.eq("payment")
            ))
            .execute(db)
            .is_err()
    );
    let contract = contracts::table.find(id);
    assert!(diesel::update(contract).set(contracts::due_cents.eq(Cents(100_001))).execute(db).is_err());
    assert!(diesel::delete(contracts::table.find(id)).execute(db).is_err());
    // Reference and notes can be corrected.
    assert!(diesel::update(of()).set(payments::notes.eq("Noted.")).execute(db).is_ok());
}

/// Whoever writes past the program, such as an older one that is still open, cannot take what is due and the payments
/// apart.
#[rstest]
fn the_database_holds_what_is_due_against_the_payments(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let id = contract(&mut world, 100_000, 60_000);
    paid(&mut world, id, 10_000);
    let before = world.state();
    let db = &mut world.connection();
    let columns = "client_id, notes, client_key, company_key, sales_key, search, created_at, updated_at";
    let new = |due: i64| {
        let values = columns.replace("client_id", &format!("100000, {due}, client_id"));
        let columns = columns.replace("client_id", "total_cents, due_cents, client_id");
        format!("INSERT INTO contracts ({columns}) SELECT {values} FROM contracts WHERE id = {id}", id = id.0)
    };
    for write in [
        format!("UPDATE contracts SET due_cents = 0 WHERE id = {}", id.0),
        format!("UPDATE contracts SET total_cents = 110000 WHERE id = {}", id.0),
        format!("UPDATE contracts SET total_cents = 110000, due_cents = 50000 WHERE id = {}", id.0),
        new(60_000),
        "DELETE FROM payments".to_owned(),
        "REPLACE INTO payments SELECT * FROM payments".to_owned(),
        "UPDATE payments SET id = id + 100".to_owned(),
    ] {
        assert!(db.batch_execute(&write).is_err(), "{write}");
        assert_eq!(world.state(), before, "{write}");
        assert_eq!(balance(&world, id), (100_000, 50_000), "{write}");
    }
    let retotalled = format!("UPDATE contracts SET total_cents = 110000, due_cents = 60000 WHERE id = {}", id.0);
    db.batch_execute(&retotalled).unwrap();
    db.batch_execute(&new(100_000)).unwrap();
    assert_eq!(balance(&world, id), (110_000, 60_000));
}
